"""The sheets of a workbook, old or new, as rows of text."""

import io
import re
import zipfile
import zlib

import fastexcel
import msgspec
import polars as pl

from etl.errors import Refused
from etl.workbook import OLD_WORKBOOK, broken, check_zip

# A cell of an old workbook or an .ods takes memory for all before it: no council's month is a tenth of this.
MOST_CELLS = 40_000_000
MOST_XML = 600_000_000
CONTENT = "content.xml"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
REPEATED_ROW = re.compile(
    rb'<table:table-row[^>]*number-rows-repeated="\d{5,}"[^>]*>(?:(?!</table:table-row>).)*?<text:p',
    re.DOTALL,
)
REPEATED_CELL = re.compile(
    rb'<table:table-cell(?=[^>]*number-columns-repeated="\d{4,}")(?=[^>]*office:value)'
)
PASSWORD = "The workbook is protected by a password. Open it, save it without one, and load that."


class SheetRows(msgspec.Struct, frozen=True):
    """A sheet's rows that have a filled cell, and the line of each."""

    name: str
    is_visible: bool
    rows: list[list[str]]
    lines: list[int]


def read_sheets(data: bytes, most_rows: int | None = None) -> tuple[str, list[SheetRows]]:
    """The form (xlsx, xls, ods), by the bytes, and the sheets that have rows. Raises Refused for what cannot be read.

    Dates become `2026-07-21` or `2026-07-21 00:00:00`, numbers the shortest text that names them.
    """
    form = _find_form(data)
    try:
        workbook = fastexcel.read_excel(data)
        names = workbook.sheet_names
        sheets = [_read_sheet(workbook, name, most_rows) for name in names]
    except fastexcel.FastExcelError as error:
        if "password" in str(error).lower():
            raise Refused(PASSWORD) from error
        raise broken(error) from error
    if not (filled := [sheet for sheet in sheets if sheet.rows]):
        raise Refused("The workbook is empty: none of its sheets has rows. Get it again from its publisher.")
    return form, filled


def _read_sheet(workbook: fastexcel.ExcelReader, name: str, most_rows: int | None) -> SheetRows:
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, n_rows=most_rows, dtypes="string")
    if sheet.width * sheet.height > MOST_CELLS:
        raise Refused(
            f"The sheet {name!r} has a cell far below any table. Delete the rows and columns without data, or save the sheet as"
            " CSV, and load that."
        )
    if not sheet.width or not sheet.height:
        return SheetRows(name, sheet.visible == "visible", [], [])
    cells = sheet.to_polars().with_columns(pl.all().fill_null(""))
    filled = cells.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series()
    lines = [int(place) + 1 for place in filled.arg_true()]
    rows = [list(row) for row in cells.filter(filled).iter_rows()]
    return SheetRows(name, sheet.visible == "visible", rows, lines)


def _find_form(data: bytes) -> str:
    if data.startswith(OLD_WORKBOOK):
        if ENCRYPTED in data:
            raise Refused(PASSWORD)
        return "xls"
    if _is_open_document(data):
        check_zip(data, CONTENT)
        _check_open_document(data)
        return "ods"
    check_zip(data)
    return "xlsx"


def _is_open_document(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return CONTENT in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return False


def _check_open_document(data: bytes) -> None:
    """Raise Refused for a password, and for a filled cell or row that says it stands many thousand times."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if CONTENT.encode() in data and b"manifest:encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise Refused(PASSWORD)
            if archive.getinfo(CONTENT).file_size > MOST_XML:
                raise Refused(
                    "The workbook is far larger than any council's. Save the sheet as CSV, and load that."
                )
            content = archive.read(CONTENT)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, EOFError, OSError) as error:
        raise broken(error) from error
    if REPEATED_ROW.search(content) or REPEATED_CELL.search(content):
        raise Refused(
            "The workbook repeats a filled cell thousands of times. Delete the rows and columns without data, or save the sheet"
            " as CSV, and load that."
        )
