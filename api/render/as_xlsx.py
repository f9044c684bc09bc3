"""Excel workbooks (.xlsx): a cover, notes, and one table with the columns of the CSV."""

from api.errors import TooMuch
from api.render.answer import Answer
from api.render.sheets import write_cover, write_sheet
from api.render.workbook import write_workbook

MOST_ROWS = 20_000


def render_xlsx(answer: Answer) -> bytes:
    """The rows as a workbook. Raises TooMuch above 20,000."""
    if len(answer.rows) > MOST_ROWS:
        raise TooMuch(
            f"That would be {len(answer.rows):,} rows, and a workbook takes {MOST_ROWS:,} at most: ask for fewer, or for "
            "format=csv, which spreadsheets open too."
        )
    return write_workbook(write_cover(answer), [write_sheet(answer)])
