"""Nomis: population estimates by district, asked page by page, as the files that `borough load` reads.

Somebody without a key is sent 25,000 cells at a time.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import partial
from urllib.parse import urlencode

import msgspec

from etl.fetch.addresses import Nomis
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.step import Plan, Sources, Step
from etl.fetch.wanted import Fetched, Wanted
from etl.fetch.window import Window
from geo.areas import borough_of_gss, load_boroughs

MOST_PAGES = 200
COLUMNS = ("date_name", "geography_code", "c_age", "obs_value", "record_count")
# Nomis numbers the ages 0, 1, … 90 and over from 101 on
FIRST_AGE, LAST_AGE = 101, 90
BOROUGHS = range(1, 34)

# persons by (borough, year, code of age)
Cells = dict[tuple[int, int, str], int]


async def make_plan(sources: Sources, source: str, entry: Nomis, window: Window) -> Plan:
    """Residents over the years; with --all also the latest estimate by single years of age."""
    years = f"latestMINUS{entry.years - 1}-latest"
    residents = Wanted(
        source=source,
        publisher=entry.publisher,
        url=make_url(entry, years, entry.total_age, 0),
        file_name="residents.csv",
        expects="csv",
        key="residents",
    )
    ages = msgspec.structs.replace(
        residents,
        url=make_url(entry, "latest", entry.single_ages, 0),
        file_name="population_single_years.csv",
        key="single-years",
    )
    steps = [
        Step(
            wanted=residents,
            get=partial(get_residents, entry=entry, years=years),
            is_confirmed=entry.is_confirmed,
            parts=f"all ages, the last {entry.years} years",
        )
    ]
    if window.is_all:
        steps.append(
            Step(
                wanted=ages,
                get=partial(get_ages, entry=entry),
                is_confirmed=entry.is_confirmed,
                parts="single years of age, the latest year",
            )
        )
    return Plan(tuple(steps))


def make_url(entry: Nomis, years: str, ages: str, offset: int) -> str:
    """The address of the page that begins at a cell."""
    query = {
        "geography": entry.geography,
        "date": years,
        "gender": "0",
        "c_age": ages,
        "measures": "20100",
        "select": ",".join(COLUMNS),
        "recordoffset": str(offset),
    }
    return f"{entry.api.format(dataset=entry.dataset)}?{urlencode(query, safe=',')}"


async def get_residents(fetcher: Fetcher, wanted: Wanted, *, entry: Nomis, years: str) -> Fetched:
    """Store residents as `borough,year,population`. Raises FetchError."""
    cells = await read_cells(fetcher, entry, years, entry.total_age)
    return await fetcher.keep(wanted, write_residents(cells))


async def get_ages(fetcher: Fetcher, wanted: Wanted, *, entry: Nomis) -> Fetched:
    """Store residents by age, one row a borough; the year stands in the file's name. Raises FetchError."""
    cells = await read_cells(fetcher, entry, "latest", entry.single_ages)
    (year,) = {year for _, year, _ in cells}
    named = msgspec.structs.replace(wanted, file_name=f"population{year}_single_years_london.csv")
    return await fetcher.keep(named, write_ages(cells))


async def read_cells(fetcher: Fetcher, entry: Nomis, years: str, ages: str) -> Cells:
    """The cells of London's boroughs, over all pages. Raises FetchError; FetchFailed where one lacks."""
    cells: Cells = {}
    read = 0
    for _ in range(MOST_PAGES):
        text = await fetcher.read_text(make_url(entry, years, ages, read), entry.publisher)
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        if not rows:
            break
        cells |= read_rows(rows)
        read += len(rows)
        if read >= _count(rows[0]):
            break
    check_cells(cells)
    return cells


def read_rows(rows: Iterable[Mapping[str, str | None]]) -> Cells:
    """The cells of a page; Nomis writes its column names in capitals. Raises FetchFailed."""
    cells: Cells = {}
    for row in rows:
        named = {str(name).lower(): value or "" for name, value in row.items()}
        try:
            borough = borough_of_gss(named["geography_code"])
            if borough is None:
                continue
            year = re.search(r"\d{4}", named["date_name"])
            assert year is not None
            cells[borough, int(year[0]), named["c_age"]] = int(float(named["obs_value"]))
        except (KeyError, ValueError, AssertionError) as error:
            raise FetchFailed(
                f"Nomis answers in another way than it used to ({str(dict(row))[:90]}). Correct its entry among the addresses."
            ) from error
    return cells


def check_cells(cells: Cells) -> None:
    """Raise FetchFailed unless every borough has every year and age that one of them has."""
    kinds = {(year, age) for _, year, age in cells}
    lacking = [
        (borough, year) for borough in BOROUGHS for year, age in kinds if (borough, year, age) not in cells
    ]
    if lacking or not kinds:
        what = (
            f"E090000{lacking[0][0]:02d} of {lacking[0][1]}" if lacking else "every district of London (E09…)"
        )
        raise FetchFailed(f"Nomis sent no residents of {what}. Nothing was stored; try again.")


def write_residents(cells: Cells) -> bytes:
    """`borough,year,population`, in the order of boroughs and years."""
    names = {area.borough: area.area_name for area in load_boroughs()}
    rows = [(names[borough], year, persons) for (borough, year, _), persons in sorted(cells.items())]
    return _write(("borough", "year", "population"), rows)


def write_ages(cells: Cells) -> bytes:
    """One row a borough, one column a year of age to 90 and over."""
    ages = [*map(str, range(LAST_AGE)), f"{LAST_AGE}+"]
    rows = []
    for area in load_boroughs():
        persons = {
            int(age) - FIRST_AGE: count
            for (borough, _, age), count in cells.items()
            if borough == area.borough
        }
        if sorted(persons) != list(range(LAST_AGE + 1)):
            raise FetchFailed(
                f"Nomis sent {len(persons)} ages of {area.area_name}, and 91 were expected. Try again."
            )
        counts = [persons[age] for age in sorted(persons)]
        rows.append((area.area_code, area.area_name, sum(counts), *counts))
    return _write(("ltla21_code", "ltla21_name", "total_population", *ages), rows)


def _count(row: Mapping[str, str | None]) -> int:
    """How many cells there are over all pages."""
    text = next((value for name, value in row.items() if str(name).lower() == "record_count"), None)
    return int(float(text)) if text else 0


def _write(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
