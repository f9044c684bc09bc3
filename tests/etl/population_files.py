"""Population files in the five published forms, rebuilt from the tables that ship with the project."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from etl.reference import read_table
from geo.areas import load_areas

NAMES = {area.borough: area.area_name for area in load_areas() if area.borough is not None}
Rows = list[list[Any]]


def write_rows(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    return text.getvalue().encode()


def code_of(borough: int) -> str:
    return f"E090000{borough:02d}"


def mid_years(
    changed: Mapping[tuple[int, int], int] | None = None,
    *,
    years: Iterable[int] = range(2019, 2025),
    more: Rows | None = None,
) -> bytes:
    """`borough,year,population`; `changed` by (borough, year); a year that does not ship has the latest figure."""
    shipped = {row["borough"]: row for row in read_table("residents.csv")}
    rows = [
        [NAMES[borough], year, (changed or {}).get((borough, year), row.get(str(year), row["2024"]))]
        for borough, row in shipped.items()
        for year in years
    ]
    return write_rows(("borough", "year", "population"), [*rows, *(more or [])])


def sexes(total: int = 0) -> bytes:
    """Census 2021 by sex; `total` is added to the total of the first borough."""
    header = ("ltla21_code", "total_population", "total_females", "total_males", "younger_females")
    rows: Rows = []
    for row in read_table("gender.csv"):
        whole = row["female"] + row["male"] + (0 if rows else total)
        rows.append([code_of(row["borough"]), f"{whole}.0", f"{row['female']}.0", f"{row['male']}.0", "1.0"])
    return write_rows(header, rows)


def single_years(year: int, more_at: Mapping[str, int] | None = None, *, total: int = 0) -> bytes:
    """One column a year of age; all persons of an age range stand at its first age, of 5 to 9 at 5.

    `more_at` adds persons at an age.
    """
    ages = [*map(str, range(90)), "90+"]
    rows: Rows = []
    for row in read_table("age.csv"):
        if row["year"] == year:
            persons = dict.fromkeys(ages, 0) | {"0": 5}
            for age, name in (("10", "10_17"), ("18", "18_24"), ("25", "25_34"), ("90+", "over_34")):
                persons[age] = row[name]
            persons["5"] = row["5-17"] - row["10_17"]
            for age, more in (more_at or {}).items():
                persons[age] += more
            whole = sum(persons.values()) + (0 if rows else total)
            rows.append([code_of(row["borough"]), NAMES[row["borough"]], whole, *persons.values()])
    return write_rows((f"ltla{year % 100}_code", f"ltla{year % 100}_name", "total_population", *ages), rows)


def detailed(years: Iterable[int], *, without: tuple[int, str, int] | None = None) -> bytes:
    """Series MYEB1: of each sex and age borough n has n persons and one more for each year since 2000; one area of Wales."""
    held = list(years)
    header = ["ladcode21", "laname21", "country", "sex", "age", *(f"population_{year}" for year in held)]
    rows: Rows = [["W06000020", "Torfaen", "W", "1", 0, *([1] * len(held))]]
    for borough in range(1, 34):
        rows += [
            [code_of(borough), NAMES[borough], "E", sex, age, *(borough + year - 2000 for year in held)]
            for sex in ("1", "2")
            for age in range(91)
            if (borough, sex, age) != without
        ]
    return write_rows(header, rows)


GROUPS: dict[str, Callable[[dict[str, int]], int]] = {
    "Asian, Asian British or Asian Welsh: Chinese": lambda row: row["chinese"],
    "Asian, Asian British or Asian Welsh: Indian": lambda row: row["asian"] - row["chinese"],
    "Black, Black British, Black Welsh, Caribbean or African: African": lambda row: row["black"],
    "Mixed or Multiple ethnic groups: White and Black African": lambda row: row["mixed_white_black"],
    "Mixed or Multiple ethnic groups: White and Asian": lambda row: row["mixed"] - row["mixed_white_black"],
    "White: Irish": lambda row: row["white"],
    "Other ethnic group: Arab": lambda row: row["other"],
}


def ethnic_groups(percent: float = 0.0, outside: str = "") -> bytes:
    """Census 2021, each group twice. `percent` is added to the first percentage."""
    rows: Rows = [["E08000001", outside, "White: Irish (number)", "1.0"]] if outside else []
    for row in read_table("ethnicity.csv"):
        persons = {group: count(row) for group, count in GROUPS.items()}
        whole = sum(persons.values())
        place = [code_of(row["borough"]), NAMES[row["borough"]]]
        rows += [[*place, f"{group} (number)", f"{count}.0"] for group, count in persons.items()]
        rows += [
            [*place, f"{group}  (percent)", round(100 * count / whole + percent, 1)]
            for group, count in persons.items()
        ]
    return write_rows(("ltla21_code", "ltla21_name", "ethnic_group", "value"), rows)


PARTS_2011 = {
    "White": (
        "White",
        ("English/Welsh/Scottish/Northern Irish/British", "Irish", "Gypsy or Irish Traveller", "Other White"),
    ),
    "Mixed": (
        "Mixed/multiple ethnic group",
        ("White and Black Caribbean", "White and Black African", "White and Asian", "Other Mixed"),
    ),
    "Asian": ("Asian/Asian British", ("Indian", "Pakistani", "Bangladeshi", "Chinese", "Other Asian")),
    "Black": ("Black/African/Caribbean/Black British", ("African", "Caribbean", "Other Black")),
    "Other": ("Other ethnic group", ("Arab", "Any other ethnic group")),
}


def census_2011(*, total: int = 0, without: int | None = None) -> bytes:
    """Table QS201EW: in borough n each group has n persons more than its place; and an area of Wales."""
    names = ["All categories: Ethnic group"]
    for main, (head, parts) in PARTS_2011.items():
        names += [main, *(f"{head}: {part}" for part in parts)]
    header = ["date", "geography", "geography code", "Rural Urban"]
    header += [f"Ethnic Group: {name}; measures: Value" for name in names]
    rows: Rows = []
    for borough in (n for n in range(1, 34) if n != without):
        counts: list[int] = []
        place = whole = 0
        for _, parts in PARTS_2011.values():
            persons = [borough + place + step for step in range(len(parts))]
            place += len(parts)
            whole += sum(persons)
            counts += [sum(persons), *persons]
        rows.append(
            [2011, NAMES[borough], code_of(borough), "Total", whole + (0 if rows else total), *counts]
        )
    rows.append([2011, "Torfaen", "W06000020", "Total", *([0] * len(names))])
    return write_rows(header, rows)
