"""Whether a file is a revenue return or a section 251 table, by its name and its first bytes."""

from etl.errors import NotRecognised
from etl.returns.revenue import TOP_ROWS, is_header
from etl.returns.section_251 import find_header
from etl.returns.sheets import is_book, read_rows

# one of them stands in the header of every return: cheap to look for in the head of any file
MARKS = (b"e-code", b"ecode", b"ons code", b"ons la code", b"currentexpenditure", b"current expenditure")


def is_return(file_name: str, head: bytes) -> bool:
    """Whether the file seems to be a return of many councils. The names of published files say little, the header all."""
    small = head.lower()
    if is_book(head) or not any(mark in small for mark in MARKS):
        return False
    try:
        rows = read_rows(head)
    except NotRecognised:
        return False
    return find_header(rows) is not None or any(map(is_header, rows[:TOP_ROWS]))
