"""Workbooks (.xlsx) built by hand, the least of what the form asks for (ECMA-376): sheets of text cells."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_workbook(sheets: Sequence[str], moved: Mapping[str, str] | None = None) -> bytes:
    """A workbook with a sheet for each CSV text; every cell is text, a blank one is left out.

    `moved`: cells that stand elsewhere than their text says, such as A2 in XFD9.
    """
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET}.worksheet+xml"/>'
            for n in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        + "".join(f'<sheet name="Sheet {n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }
    for number, text in zip(numbers, sheets, strict=True):
        rows = "".join(
            f'<row r="{line}">{"".join(_cell(name_column(at), line, value) for at, value in enumerate(row))}</row>'
            for line, row in enumerate(csv.reader(io.StringIO(text)), 1)
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
        for cell, place in (moved or {}).items():
            name = f"xl/worksheets/sheet{number}.xml"
            parts[name] = parts[name].replace(f'r="{cell}"', f'r="{place}"')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return stream.getvalue()


def name_column(at: int) -> str:
    """A, B, … Z, AA, … for 0, 1, …"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _cell(column: str, line: int, value: str) -> str:
    if not value:
        return ""
    return f'<c r="{column}{line}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
