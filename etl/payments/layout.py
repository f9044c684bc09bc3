"""Where the header of a payment file stands, what stands above it, and which rows under it are no payments."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import zip_longest

import msgspec
import polars as pl

from etl.errors import NotRecognised, Refused
from etl.payments.cells import clean_cell, clean_columns, clean_name, fold_name
from etl.payments.footers import SQL, Footer, find_footers, is_amount, is_day
from etl.payments.grid import Grid

__all__ = ["Footer", "Layout", "find_layout"]

# A header stands among the first rows: Lambeth's reports have nine lines before it, leaked SQL has some tens.
TOP_ROWS = 80
# how many rows under a candidate are looked at
NEXT_ROWS = 5
# what names of columns are made of, in councils' files
WORD = re.compile(
    r"supplier|vendor|beneficiary|payee|creditor|merchant|customer|date|amount|total|net\b|nett|gross|value|vat|spend|£|"
    r"department|directorate|direct|division|service|portfolio|body|organisation|council|entity|purpose|expens|expenditure|"
    r"description|narrative|category|activity|account|cost|code|number|no\b|ref|id\b|type|unit|transaction|invoice|period|year|"
    r"month|document|subjective|label|uri|currency",
    re.IGNORECASE,
)
LONGEST_NAME = 80
KNOWN, LIKELY, LEAST = 3, 1, 2


class Layout(msgspec.Struct, frozen=True):
    """The header and the rows of a grid.

    `header`: names with spaces folded and quotes and marks of byte order gone; blank and repeated ones are kept as they are.
    `header_line`: None where the file has no header row. `preamble`: the text of the lines above it. `body`: the rows under
    it, blank ones and `footers` left out, all as wide as `header`: a short row is filled up, and where a row is wider
    than the names, blank names follow them (a row that has a cell there may have a comma too many). `frame`: the body by
    columns: `line` (UInt32), then `0`, `1`, … by place, as text; trimmed and mended, blank cells null.
    """

    header: list[str]
    header_line: int | None
    preamble: list[str]
    body: Grid
    footers: list[Footer]
    frame: pl.DataFrame


def find_layout(grid: Grid, names: Collection[str] = (), header: Sequence[str] | None = None) -> Layout:
    """Find the header by its likeness to `names`, and set aside what is no payment.

    `names`: spellings that headers are known to have; `header`: the one to take where the file has none. Raises
    NotRecognised where there is no header, and none is given; Refused where payments stand above it.
    """
    place = find_header(grid.rows, names)
    if place is None and header is None:
        first = ", ".join(cell for cell in map(clean_cell, grid.rows[0]) if cell) if grid.rows else ""
        raise NotRecognised(
            f"No row of names of columns was found; the first row is: {first[:200]}. If the file has none, name the council with"
            " --council, so that its usual columns are taken."
        )
    start = 0 if place is None else place + 1
    rows, lines = grid.rows[start:], grid.lines[start:]
    found = [clean_name(cell) for cell in (grid.rows[place] if place is not None else header or ())]
    width = max(len(found), max(map(len, rows), default=0))
    columns = found + [""] * (width - len(found))
    whole = _cut(grid, rows, lines, width)
    frame = to_frame(whole, width)
    footers, blank = find_footers(frame, columns)
    body, gone = whole, blank | {footer.line for footer in footers}
    if gone:
        kept = [at for at, line in enumerate(lines) if line not in gone]
        body = _cut(whole, [whole.rows[at] for at in kept], [lines[at] for at in kept], width)
        frame = frame[kept]
    top = grid.rows[: place or 0]
    for row, line in zip(top, grid.lines, strict=False):
        if _is_payment(row):
            raise Refused(
                "Above the header stands what seems to be a payment: the file seems to be put together of pages in another order."
                " Get it again as published, or move the header to the top.",
                line=line,
            )
    preamble = [text for row in top if (text := " ".join(filter(None, map(clean_cell, row))))]
    return Layout(columns, None if place is None else grid.lines[place], preamble, body, footers, frame)


def find_header(rows: Sequence[Sequence[str]], names: Collection[str] = ()) -> int | None:
    """The place of the row of names, None where there is none.

    A row of names has no amount and no day, two names or more that are known or likely, and under it rows with an amount
    or a day. Of rows as good the first is taken: the others are the header again, at the top of a printed page.
    """
    known = _fold_names(frozenset(names))
    best, place = 0.0, None
    for at, row in enumerate(rows[:TOP_ROWS]):
        score = _judge(row, known)
        if score > best and score >= LEAST and _has_rows(rows[at + 1 : at + 1 + NEXT_ROWS]):
            best, place = score, at
    return place


@lru_cache(maxsize=4)
def _fold_names(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold_name, names)) - {""}


def _judge(row: Sequence[str], known: Collection[str]) -> float:
    """How much a row looks like names of columns; 0 for a row that is none."""
    cells = [cell for cell in map(clean_name, row) if cell]
    is_none = len(cells) < 2 or SQL.match(cells[0]) or any(is_amount(cell) or is_day(cell) for cell in cells)
    if is_none:
        return 0
    score = 0
    for cell in cells:
        if fold_name(cell) in known:
            score += KNOWN
        elif len(cell) <= LONGEST_NAME and WORD.search(cell):
            score += LIKELY
        else:
            score -= LIKELY
    return score if len(set(cells)) > 1 else 0


def _is_payment(row: Sequence[str]) -> bool:
    """Whether a row above the header has a day, an amount and a text, each in a cell of its own."""
    cells = [cell for cell in map(clean_cell, row) if cell]
    others = [cell for cell in cells if not is_day(cell)]
    has_text = any(sum(map(str.isalpha, cell)) > 2 for cell in others)
    return len(others) < len(cells) and any(map(is_amount, others)) and has_text


def _has_rows(rows: Sequence[Sequence[str]]) -> bool:
    """Whether one of the rows has an amount or a day; a file may also end with its header."""
    return not rows or any(is_amount(cell) or is_day(cell) for row in rows for cell in map(clean_cell, row))


def to_frame(grid: Grid, width: int) -> pl.DataFrame:
    """Rows by columns: `line` and one column of cleaned text for each place."""
    columns = list(zip_longest(*grid.rows, fillvalue="")) if grid.rows else [()] * width
    columns += [("",) * len(grid.rows)] * (width - len(columns))
    cells = pl.DataFrame(
        [pl.Series(str(place), column, dtype=pl.String) for place, column in enumerate(columns)]
    )
    lines = pl.Series("line", grid.lines, dtype=pl.UInt32)
    return pl.DataFrame([lines, *clean_columns(cells).iter_columns()])


def _cut(grid: Grid, rows: list[list[str]], lines: list[int], width: int) -> Grid:
    """The grid with these rows alone, each as wide as the others."""
    even = [row if len(row) == width else row + [""] * (width - len(row)) for row in rows]
    return msgspec.structs.replace(grid, rows=even, lines=lines)
