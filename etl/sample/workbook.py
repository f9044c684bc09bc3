"""A workbook of one sheet, as a spreadsheet program would save it, with the same bytes on every machine."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape

__all__ = ["write_workbook"]

EPOCH = date(1899, 12, 30)
STAMP = (2022, 1, 1, 0, 0, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def write_workbook(sheet: str, rows: Iterable[Sequence[str | int | float | date]]) -> bytes:
    """The bytes of an .xlsx file. Days become the serial numbers that Excel has for them, without a format of a date."""
    lines = (f'<row r="{number}">{_write_row(row)}</row>' for number, row in enumerate(rows, start=1))
    parts = PARTS | {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(zipfile.ZipInfo(name, STAMP), HEAD + text, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _write_row(row: Sequence[str | int | float | date]) -> str:
    cells = []
    for cell in row:
        if isinstance(cell, date):
            cells.append(f"<c><v>{(cell - EPOCH).days}</v></c>")
        elif isinstance(cell, str):
            cells.append(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>')
        else:
            cells.append(f"<c><v>{cell}</v></c>")
    return "".join(cells)
