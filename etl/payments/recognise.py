"""Whether a file is one of council payments, by its place, its name and its first bytes."""

import codecs
import re
from collections.abc import Sequence

from etl.errors import EtlError
from etl.payments.cells import clean_name
from etl.payments.formats import forms_of, load_names
from etl.payments.grid import Grid, read_head
from etl.payments.guess import guess_columns
from etl.payments.layout import find_header, find_layout
from etl.payments.match import match_forms
from etl.payments.payer import find_path_payer

# a header and some rows under it, and a page of lines above it
ENOUGH_BYTES = 16_384
# how workbooks begin: .xlsx and .ods, .xls
BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# names that councils give to these files
SAID = re.compile(
    r"payments?|spend(ing)?|expenditure|suppliers?|transparency|(over|above)[ _-]?£?(250|500)|£ ?(250|500)|"
    r"p(urchase|rocurement)?[ _-]?card",
    re.IGNORECASE,
)


def is_payments(path: Sequence[str], head: bytes) -> bool:
    """Whether the file seems to hold payments: in a declared form, or in one that can be guessed.

    `path`: the names of its folders and its own, it last (`etl.payments.payer.split_path`); `head`: its first bytes. Where its
    place names a council, or its name says payments, a guess is enough.
    """
    grid = read_head(head[:ENOUGH_BYTES], path[-1])
    if max((len(row) for row in grid.rows), default=0) < 2:
        return False
    place = find_header(grid.rows, load_names())
    if place is not None and match_forms([clean_name(cell) for cell in grid.rows[place]], forms_of(None)):
        return True
    try:
        layout = find_layout(grid, load_names())
    except EtlError:
        return is_in_place(path) or is_headless(path, grid)
    return guess_columns(layout.header, layout.frame) is not None or is_in_place(path)


def is_headless(path: Sequence[str], grid: Grid) -> bool:
    """Whether rows without a header, in a place that names a council, look like payments (Tower Hamlets 2025-10).

    A day, an amount and the names of firms, each in a column of its own.
    """
    if find_path_payer(path) is None:
        return False
    try:
        layout = find_layout(grid, header=[""] * max(map(len, grid.rows)))
    except EtlError:
        return False
    guess = guess_columns(layout.header, layout.frame)
    return guess is not None and "date" in guess.match.columns


def is_payments_otherwise(path: Sequence[str], head: bytes, *, is_said: bool) -> bool:
    """Whether a file whose bytes are no plain text is one of payments: a workbook under any name, or text in UTF-16.

    `is_said`: a person said that it is of payments. What a workbook holds is seen when it is read.
    """
    if head.startswith(BOOKS):
        return is_said or is_in_place(path)
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:200]
    return is_wide and (is_said or is_payments(path, head))


def is_in_place(path: Sequence[str]) -> bool:
    """Whether the names of a file and its folders say that it holds a council's payments: whose, and what."""
    return find_path_payer(path) is not None and SAID.search(" ".join(path)) is not None
