"""From the bytes of a payment file, of whatever form, to a grid of cells as text. Nothing is changed here."""

import re

import msgspec

from etl.errors import NotRecognised, Refused
from etl.payments.book import SheetRows, read_sheets
from etl.payments.charset import find_text
from etl.payments.delimited import HEAD_ROWS, read_delimited
from etl.workbook import OLD_WORKBOOK, WORKBOOK

MARK = b"\xef\xbb\xbf"
FORMS = {",": "csv", "\t": "tsv", ";": "ssv", "|": "psv"}
TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,120}?)\s*</title", re.IGNORECASE)
LOGIN = re.compile(r"type=[\"']?password|user[-_ ]?login|sign[- ]?in|log[- ]?in", re.IGNORECASE)
KINDS = {
    b"%PDF": "The file is a PDF: the figures in it are no table. Ask the council for the CSV or the workbook, or copy the table"
    " into a spreadsheet and load that.",
    b"\x1f\x8b": "The file is packed with gzip. Unpack it (gunzip) and load what is in it.",
    b"{\\rtf": "The file is a text document, not a table. Get the CSV or the workbook from its publisher.",
}


class Grid(msgspec.Struct, frozen=True):
    """Cells as text: `rows[i]` is the row of line `lines[i]` of the file (from 1; of the sheet, for a workbook).

    Cells are as published, not trimmed; rows may differ in length; rows without any filled cell are left out. `form`: csv,
    tsv, ssv (;), psv (|), xlsx, xls or ods, by the bytes and not by the name. `encoding`: of text; '' of a workbook.
    `sheet`: its name, '' for text; sheets with the same header are one grid, their names joined by a comma and their lines
    counted on. `left_out`: of a workbook, the other sheets that have rows.
    """

    rows: list[list[str]]
    lines: list[int]
    form: str
    encoding: str = ""
    sheet: str = ""
    left_out: tuple[str, ...] = ()


def read_grid(data: bytes, file_name: str, most_rows: int | None = None) -> Grid:
    """Read a whole file, or its first `most_rows` rows.

    Raises Refused for a web page, a PDF, a workbook with a password, what is empty, cut short, broken or would burst;
    NotRecognised for bytes that are no text.
    """
    if data.startswith((WORKBOOK, OLD_WORKBOOK)):
        return _read_workbook(data, most_rows)
    _check_kind(data)
    grid = _read_text(data, most_rows)
    if not grid.rows:
        raise _empty()
    return grid


def read_head(head: bytes, file_name: str) -> Grid:
    """The rows that lie whole in the first bytes of a file of text; no rows of a workbook or of no text. Never raises.

    The last line may be cut off by the end of `head`, so it is left out where another stands before it.
    """
    nothing = Grid([], [], "")
    if head.startswith((WORKBOOK, OLD_WORKBOOK)):
        return nothing
    try:
        _check_kind(head)
        # an odd byte of UTF-16, or a part of a letter in UTF-8, is no error here
        grid = _read_text(head, HEAD_ROWS, is_head=True)
    except Refused:
        return nothing
    if len(grid.rows) > 1 and not head.rstrip(b"\0").endswith((b"\n", b"\r")):
        return msgspec.structs.replace(grid, rows=grid.rows[:-1], lines=grid.lines[:-1])
    return grid


def _read_text(data: bytes, most_rows: int | None, *, is_head: bool = False) -> Grid:
    text, encoding = find_text(data, is_head=is_head)
    rows, lines, separator = read_delimited(text, most_rows, is_head=is_head)
    return Grid(rows, lines, FORMS[separator], encoding)


def _read_workbook(data: bytes, most_rows: int | None) -> Grid:
    form, sheets = read_sheets(data, most_rows)
    chosen = max(sheets, key=lambda sheet: (sheet.is_visible, len(sheet.rows)))
    # A quarter may have a sheet a month: those under the same header are one table.
    same = [sheet for sheet in sheets if sheet.is_visible == chosen.is_visible and _is_alike(sheet, chosen)]
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 0
    for sheet in same:
        rows += sheet.rows
        lines += [start + line for line in sheet.lines]
        start = lines[-1]
    left_out = tuple(sheet.name for sheet in sheets if sheet not in same)
    return Grid(rows, lines, form, "", ", ".join(sheet.name for sheet in same), left_out)


def _is_alike(sheet: SheetRows, chosen: SheetRows) -> bool:
    """Whether two sheets have the same header: the same first row in which three cells or more are filled."""
    return sheet is chosen or (bool(header := _find_wide(sheet)) and header == _find_wide(chosen))


def _find_wide(sheet: SheetRows) -> list[str]:
    wide = next((row for row in sheet.rows if sum(bool(cell.strip()) for cell in row) > 2), [])
    return [cell.strip().lower() for cell in wide]


def _check_kind(data: bytes) -> None:
    """Raise where the bytes are plainly not delimited text."""
    if not data.removeprefix(MARK).strip(b' \t\r\n\0,;|"'):
        raise _empty()
    for mark, sentence in KINDS.items():
        if data.startswith(mark):
            raise Refused(sentence)
    start = data.removeprefix(MARK).lstrip()[:64].lower()
    if start.startswith(b"<?xml") and b"<html" not in data[:2000].lower():
        raise Refused("The file is XML, not a table. Get the CSV or the workbook from its publisher.")
    if start.startswith(b"<"):
        raise Refused(_explain_page(data))
    if start.startswith((b"{", b"[{", b"[[")):
        raise NotRecognised("The file is JSON, not a table. Get the CSV from its publisher.")


def _explain_page(data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")
    title = TITLE.search(text)
    called = f" called {' '.join(title[1].split())!r}" if title else ""
    asks = " that asks to log in" if LOGIN.search(text) else ""
    return (
        f"The file is a web page{called}{asks}, not data: the publisher's site gave it in place of the file. Get the file again"
        " from its publisher."
    )


def _empty() -> Refused:
    return Refused("The file is empty. Get it again from its publisher.")
