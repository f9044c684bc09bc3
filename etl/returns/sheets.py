"""From the bytes of a file of returns to its sheets, as rows of text. Nothing is changed here."""

import csv
import io
from collections.abc import Iterator

import fastexcel
import msgspec

from etl.errors import NotRecognised, Refused
from etl.workbook import OLD_WORKBOOK, WORKBOOK, check_zip

MOST_SHEETS = 40
# what an .ods begins with, after the head of a zip
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


class Sheet(msgspec.Struct, frozen=True):
    """A sheet of a workbook, or the whole of a text: `rows[i]` is line i + 1."""

    name: str
    rows: list[list[str]]


def is_book(data: bytes) -> bool:
    """Whether the bytes begin as a workbook does: .xlsx, .ods (both zips) or the old .xls."""
    return data.startswith((WORKBOOK, OLD_WORKBOOK))


def read_sheets(data: bytes) -> Iterator[Sheet]:
    """The sheets of a workbook in their order; of a text the one that it is. Raises NotRecognised, Refused."""
    if not is_book(data):
        yield Sheet("", read_rows(data))
        return
    if data.startswith(WORKBOOK):
        check_zip(data, "content.xml" if ODS in data[:200] else "xl/")
    try:
        book = fastexcel.read_excel(data)
        for name in book.sheet_names[:MOST_SHEETS]:
            cells = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
            yield Sheet(name, [[cell or "" for cell in row] for row in cells.iter_rows()])
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0]
        raise Refused(
            f"The workbook is broken, cut short or protected by a password ({reason}). Get it again from its publisher."
        ) from error


def read_rows(data: bytes) -> list[list[str]]:
    """The rows of a comma-separated text. Raises NotRecognised where it is none.

    RA 2023-24 is in cp1252 with a few bytes of an old Macintosh among them: 0xC9 stands for the three dots.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise NotRecognised(f"The lines of the file cannot be read ({error}).") from error
