"""Section 251 outturn of the Department for Education: one row an authority and line, in pounds.

The year stands in the file's name alone. Lines are named and divided differently from year to year: services for young
people are lines from 2010-11 on, youth justice in every year.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from etl.errors import NotRecognised, Refused
from etl.returns.amounts import POUNDS
from etl.returns.councils import find_numbered
from etl.returns.lines import OUTTURN, YOUTH, find_youth_line
from etl.returns.sheets import Sheet
from etl.returns.table import Cells, Return, find_day, find_year, is_marked

TOP_ROWS = 20
NUMBERS = ("la", "lea", "leanumber", "lanumber", "lacode")
NAMES = ("laname", "leaname")
LINES = ("s52linereference", "s251linereference", "cypservicedescription", "linedescription")
NET = "netcurrentexpenditure"


class Header(msgspec.Struct, frozen=True):
    """Where the header of a table stands and which of its columns is what."""

    row: int
    number: int
    name: int
    line: int
    net: int


def read_section_251(sheets: Iterable[Sheet], file_name: str) -> Return:
    """The figures of London councils. Raises NotRecognised where no sheet has the table, Refused."""
    for sheet in sheets:
        if (header := find_header(sheet.rows)) is not None:
            return _read(sheet, header, file_name)
    raise NotRecognised(
        "This is no section 251 table: no row names authorities, lines and net current expenditure."
    )


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header of a table, None where there is none: "NET Current Expenditure (m)" to 2010-11, then one word."""
    for at, row in enumerate(rows[:TOP_ROWS]):
        names = [re.sub(r"\(.*\)|[^a-z0-9]", "", cell.casefold()) for cell in row]
        places = [
            next((place for place, name in enumerate(names) if name in known), None)
            for known in (NUMBERS, NAMES, LINES, (NET,))
        ]
        number, name, line, net = places
        if number is not None and name is not None and line is not None and net is not None:
            return Header(at, number, name, line, net)
    return None


def _read(sheet: Sheet, header: Header, file_name: str) -> Return:
    if "budget" in file_name.casefold():
        raise Refused("This is a section 251 budget. Only outturn is kept: get the outturn of the year.")
    year = find_year(file_name, short=True)
    if year is None:
        raise Refused(
            "This section 251 table does not say of which year it is. Name it as published, with the financial year, such as"
            " outturn_1011.csv or section-251-outturn-2010-11.csv."
        )
    cells = Cells(OUTTURN, POUNDS)
    others: set[str] = set()
    widest = max(header.number, header.name, header.line, header.net)
    for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2):
        if len(row) <= widest:
            continue
        line = find_youth_line(row[header.line])
        try:
            borough = find_numbered(row[header.number], row[header.name])
        except ValueError as error:
            raise Refused(
                f"The columns seem to have shifted: {error}. Get the file again.", line=number
            ) from error
        if borough is None:
            others.add(row[header.number])
        elif line is not None:
            cells.add(borough, line, number, row[header.net])
    return cells.close(
        YOUTH, year, len(others), find_day(file_name.replace("_", " ")), is_sample=is_marked(sheet.rows)
    )
