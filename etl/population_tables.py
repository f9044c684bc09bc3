"""Population files of the Office for National Statistics, as they are passed on: six forms, recognised by their headers.

Each is read to persons by population, borough and year. Files may hold areas outside London, which are passed over; of
London they must hold every borough, and what they say in parts must add up.
"""

import re
from collections.abc import Callable, Sequence

import msgspec

from etl.errors import Refused
from etl.population_census import TOTAL_2011, read_ethnicity_2011, read_ethnicity_2021, read_sexes
from etl.population_rows import (
    MID_YEAR,
    SINGLE_YEARS,
    Population,
    check_total,
    check_whole,
    read_count,
    read_london_rows,
)
from etl.read import Table, read_any_csv
from geo.names import find_boroughs

SHIPPED_YEARS, SHIPPED_SINGLE_YEARS = range(2019, 2025), (2019, 2020)

NAMED_YEAR = re.compile(r"population[ _-]?(?:20)?(\d\d)(?!\d)", re.IGNORECASE)
SERIES_YEAR = re.compile(r"^population_((?:19|20)\d\d)$")
LAST_AGE = 90
# those that searches are counted by, and those for whom councils run services for young people
AGE_RANGES = {
    "10_17": (10, 17),
    "18_24": (18, 24),
    "25_34": (25, 34),
    "over_34": (35, LAST_AGE),
    "5-17": (5, 17),
}


class Form(msgspec.Struct, frozen=True):
    """One form of file: the names that its header holds, and its reading from (table, file name)."""

    columns: tuple[str, ...]
    read: Callable[[Table, str], list[Population]]


def is_population_header(names: Sequence[str]) -> bool:
    """Whether a first row is that of a population file."""
    return _find_form(names) is not None


def read_population(data: bytes, file_name: str) -> list[Population]:
    """The populations of a file. Raises Refused where a borough is missing, or parts and total contradict each other."""
    table = read_any_csv(data)
    form = _find_form(table.frame.columns)
    if form is None:
        raise Refused(
            "The columns are not those of a population file. Get the file again as published.", line=1
        )
    if table.rejects:
        first = table.rejects[0]
        raise Refused(
            f"A line cannot be read ({first.reason}). Get the file again as published.", line=first.line
        )
    return form.read(table, file_name)


def _find_form(names: Sequence[str]) -> Form | None:
    found = {name.strip() for name in names}
    return next((form for form in FORMS if found >= set(form.columns)), None)


def _read_mid_years(table: Table, _: str) -> list[Population]:
    """`borough,year,population`: boroughs by name, one row a borough and year."""
    rows = table.frame
    boroughs, unknown = find_boroughs(rows["borough"].to_list())
    if unknown:
        raise Refused(f"{unknown[0]!r} is not the name of a London borough. Get the file again as published.")
    years = [read_count(text, line) for text, line in zip(rows["year"], rows["line"], strict=True)]
    persons = [read_count(text, line) for text, line in zip(rows["population"], rows["line"], strict=True)]
    if strange := [year for year in years if not 1981 <= year <= 2100]:
        raise Refused(f"{strange[0]} is not a year of estimates. Get the file again as published.")
    check_whole(zip(boroughs.tolist(), years, strict=True))
    held = sorted(set(years))
    vintage = MID_YEAR if held == list(SHIPPED_YEARS) else f"ONS mid-year estimates {held[0]} to {held[-1]}"
    return [
        Population("residents", borough, year, count, vintage)
        for borough, year, count in zip(boroughs.tolist(), years, persons, strict=True)
    ]


def _read_single_years(table: Table, file_name: str) -> list[Population]:
    """One row an area, one column a year of age to 90 and over. The year of the estimate stands in the file's name alone."""
    named = NAMED_YEAR.search(file_name)
    if named is None:
        raise Refused(
            "This file of residents by year of age does not say of which year it is. Name it as published, with population and"
            " the year, such as population20_ltla21_london.csv."
        )
    year = 2000 + int(named[1])
    vintage = (
        SINGLE_YEARS
        if year in SHIPPED_SINGLE_YEARS
        else f"ONS mid-year estimate {year} by single year of age"
    )
    code = next(name for name in table.frame.columns if name.endswith("_code"))
    ages = [*map(str, range(LAST_AGE)), f"{LAST_AGE}+"]
    found = []
    for borough, line, row in read_london_rows(table, code):
        persons = [read_count(row[age], line) for age in ages]
        check_total(read_count(row["total_population"], line), persons, "ages", line)
        found += [
            Population(f"age:{name}", borough, year, sum(persons[first : last + 1]), vintage)
            for name, (first, last) in AGE_RANGES.items()
        ]
    return found


def _read_detailed(table: Table, _: str) -> list[Population]:
    """ONS detailed series MYEB1: one row an area, sex and year of age to 90 and over, one column a year of estimates."""
    code = next(name for name in table.frame.columns if name.startswith("ladcode"))
    years = {int(match[1]): match[0] for name in table.frame.columns if (match := SERIES_YEAR.match(name))}
    vintage = f"ONS mid-year estimates {min(years)} to {max(years)} by single year of age"
    persons: dict[tuple[int, int, int], int] = {}
    cells: set[tuple[int, str, int]] = set()
    for borough, line, row in read_london_rows(table, code, once=False):
        age = read_count(row["age"], line)
        cell = borough, (row["sex"] or "").strip(), age
        if age > LAST_AGE or cell in cells:
            raise Refused(
                f"An area has the age {age} of one sex twice, or beyond {LAST_AGE}. Get it again.", line=line
            )
        cells.add(cell)
        for year, name in years.items():
            key = borough, year, age
            persons[key] = persons.get(key, 0) + read_count(row[name], line)
    sexes = {sex for _, sex, _ in cells}
    if len(sexes) != 2 or len(cells) != 2 * (LAST_AGE + 1) * len({borough for borough, *_ in cells}):
        raise Refused("Of an area ages or a sex are missing. Get the file again as published.")
    check_whole((borough, year) for borough, year, age in persons if age == 0)
    return [
        Population(
            f"age:{name}",
            borough,
            year,
            sum(persons[borough, year, age] for age in range(first, last + 1)),
            vintage,
        )
        for borough, year in sorted({(borough, year) for borough, year, _ in persons})
        for name, (first, last) in AGE_RANGES.items()
    ]


FORMS = (
    Form(("borough", "year", "population"), _read_mid_years),
    Form(("ltla21_code", "total_females", "total_males", "total_population"), read_sexes),
    Form(("ltla21_code", "ethnic_group", "value"), read_ethnicity_2021),
    Form(("geography code", f"Ethnic Group: {TOTAL_2011}; measures: Value"), read_ethnicity_2011),
    Form(("country", "sex", "age", "population_2012"), _read_detailed),
    Form(("total_population", "0", "1", f"{LAST_AGE}+"), _read_single_years),
)
