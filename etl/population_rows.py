"""What every population file is made of: rows of the 33 boroughs, numbers of persons, totals that must add up."""

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from etl.errors import Refused
from etl.read import Table

CENSUS = "Census 2021"
CENSUS_2011 = "Census 2011"
MID_YEAR = "ONS mid-year estimates 2019 to 2024 (revised after Census 2021)"
SINGLE_YEARS = "ONS mid-year estimates 2019 and 2020 by single year of age (before Census 2021)"

BOROUGHS = range(1, 34)
LONDON_CODE = re.compile(r"^E090000(0[1-9]|[12]\d|3[0-3])$")


class Population(msgspec.Struct, frozen=True):
    """Persons of one population in one borough and year."""

    population: str
    borough: int
    year: int
    persons: int
    vintage: str


def read_london_rows(
    table: Table, code: str, *, once: bool = True
) -> Iterable[tuple[int, int, dict[str, str | None]]]:
    """(borough, line, row) of the rows of London boroughs; `once`: each must have one. Raises Refused."""
    rows = [row for row in table.frame.iter_rows(named=True) if LONDON_CODE.match(row[code] or "")]
    boroughs = [int(row[code][-2:]) for row in rows]
    if once:
        check_whole((borough, 0) for borough in boroughs)
    return [(borough, row["line"], row) for borough, row in zip(boroughs, rows, strict=True)]


def check_whole(cells: Iterable[tuple[int, int]]) -> None:
    """Raise Refused where a borough is missing, or stands twice, in a year. cells: (borough, year), year 0 unsaid."""
    counted = Counter(cells)
    years = sorted({year for _, year in counted}) or [0]
    for year in years:
        said = f" in {year}" if year else ""
        if missing := [borough for borough in BOROUGHS if (borough, year) not in counted]:
            listed = ", ".join(f"E090000{borough:02d}" for borough in missing[:5])
            raise Refused(
                f"The file lacks {len(missing)} of the 33 boroughs{said} ({listed}). A population is loaded whole or not at all:"
                " get the file again as published."
            )
    if twice := [cell for cell, count in counted.items() if count > 1]:
        raise Refused(f"The borough E090000{twice[0][0]:02d} stands twice for one year. Get the file again.")


def check_total(total: int, parts: Iterable[int], what: str, line: int) -> None:
    added = sum(parts)
    if added != total:
        raise Refused(
            f"The {what} add up to {added:,} persons, and the file says {total:,}. Get the file again as published.",
            line=line,
        )


def read_count(text: str | None, line: int) -> int:
    number = read_number(text, line)
    if number < 0 or number != int(number):
        raise Refused(f"{text!r} is not a number of persons. Get the file again as published.", line=line)
    return int(number)


def read_number(text: str | None, line: int) -> float:
    try:
        return float((text or "").replace(",", ""))
    except ValueError:
        raise Refused(f"{text!r} is not a number. Get the file again as published.", line=line) from None
