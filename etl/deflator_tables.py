"""Tables of GDP deflators, in two forms: HM Treasury's own workbook, and the CSV that is made of it.

The workbook (GDP_Deflators_…xlsx, as HM Treasury lays it out; check with the next one): a title, headings of several rows of
which one says "Financial year" and one "2025-26 = 100", a row a financial year ("2010-11"), and the same by calendar year to the
right. The CSV: `financial_year` ("2010/11") and `fy_index_2025_26_eq_100`. Years that are forecast have a change and no index,
in some editions an index as well.
"""

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from etl.errors import Refused
from etl.returns.sheets import Sheet, read_sheets

# rows above the first year: 6 to 8 in the workbook
TOP_ROWS = 30
YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*[-–/]\s*(?:(?:19|20))?(\d\d)\s*(?:\[\w+\])?\s*$")
FINANCIAL_YEAR = re.compile(r"financial[ _]years?", re.IGNORECASE)
INDEX = re.compile(r"100\b|\bindex\b|_index_", re.IGNORECASE)
CHANGE = re.compile(r"change|per ?cent|%|pct", re.IGNORECASE)
MONTH = re.compile(rf"\b({'|'.join(calendar.month_name[1:])}) (20\d\d)\b")
# a table of a few years would leave the others without real terms
LEAST_YEARS = 10


def is_deflator_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first rows of a text are those of a table of deflators."""
    return _find_columns(rows) is not None


def read_deflators(data: bytes, published: date) -> dict[int, Decimal]:
    """The index by the year in which a financial year begins, in the order of the file. Raises NotRecognised, Refused.

    A year that had not ended when the file was published (or in the month that its title names), or that the file calls a
    forecast, is left out.
    """
    for sheet in read_sheets(data):
        if (columns := _find_columns(sheet.rows)) is not None:
            title = " ".join(cell for row in sheet.rows[:TOP_ROWS] for cell in row if not YEAR.match(cell))
            said = [
                date(int(year), list(calendar.month_name).index(name), 1)
                for name, year in MONTH.findall(title)
            ]
            return _read(sheet, *columns, min([published, *said[:1]]))
    raise Refused(
        "The file has no table of deflators: expected a column of financial years and one of an index (… = 100). Get GDP"
        " deflators at market prices, and money GDP, from HM Treasury."
    )


def _find_columns(rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    """The columns of financial years and of their index: the first to the right whose heading says "= 100" or index."""
    top = rows[:TOP_ROWS]
    places = (place for row in top for place, cell in enumerate(row) if FINANCIAL_YEAR.search(cell))
    for year in sorted(set(places)):
        first = next(
            (at for at, row in enumerate(rows[: TOP_ROWS + 1]) if YEAR.match(_cell(row, year))), None
        )
        if first is None:
            continue
        width = max(map(len, rows[: first + 1]))
        for place in range(year + 1, width):
            heading = " ".join(_cell(row, place) for row in rows[:first])
            if INDEX.search(heading) and not CHANGE.search(heading):
                return year, place
    return None


def _read(sheet: Sheet, year: int, place: int, published: date) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for number, row in enumerate(sheet.rows, 1):
        match, text = YEAR.match(_cell(row, year)), _cell(row, place).strip().replace(",", "")
        if match is None or (int(match[1]) + 1) % 100 != int(match[2]) or not text:
            continue
        if date(int(match[1]) + 1, 4, 1) > published or any("forecast" in cell.casefold() for cell in row):
            continue
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise Refused(f"{text!r} is no index. Get the file again as published.", line=number) from None
        if not (value.is_finite() and value > 0):
            raise Refused(f"{text!r} is no index. Get the file again as published.", line=number)
        if int(match[1]) in found:
            raise Refused(
                f"The year {match[0].strip()} stands twice. Get the file again as published.", line=number
            )
        found[int(match[1])] = value
    _check_whole(found)
    return found


def _check_whole(found: Iterable[int]) -> None:
    """Raise Refused where years are missing between the first and the last, or hardly any are there."""
    years = sorted(found)
    if len(years) < LEAST_YEARS:
        raise Refused(
            f"The file has an index of {len(years)} financial years only. Get the whole table from HM Treasury."
        )
    if missing := sorted(set(range(years[0], years[-1] + 1)) - set(years)):
        raise Refused(
            f"The file has no index of {missing[0]}-{(missing[0] + 1) % 100:02d}, though of years around it. Get it again as"
            " published."
        )


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
