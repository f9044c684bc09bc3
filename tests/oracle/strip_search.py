"""The strip search metrics (methods.md, section 5), row by row from the published words.

A row is a dict with the words of the files: `age_group`, `sex`, `ethnic_appearance`, `outcome` ("Yes", "No", ""), and
`month` (its first day) and `borough` (1 to 33; 0 none named, -1 outside London). All are the Met's.

An observation is (group_code, basis, force, borough, month) -> (numerator, reference, unknown, base).
"""

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from tests.oracle.measures import HOME_CELLS, MET, Observations
from tests.oracle.words import Row

BASIS = "officer_defined"
UNDER_18, ADULT = ("Under 18",), ("18 or older", "18 or over")
GROUPS = {"White": "white", "Black": "black", "Asian": "asian", "Other": "other"}
CLASSES = (*GROUPS.values(), "unknown")
AIRPORTS = ("CO18 (Heathrow Airport)", "CO18 (City Airport)")


def received(coverage: Iterable[Row], *fields: str) -> list[date]:
    """The months of the Met whose file is there, whole, and can answer the fields."""
    return [
        row["month"]
        for row in coverage
        if (row["source"], row["force"], row["status"]) == ("thorough_search", MET, "received")
        and not set(fields) & set(row["unusable"])
    ]


def divide(rows: list[Row]) -> Callable[[date], list[tuple[int, list[Row]]]]:
    """For a month, (borough, its rows): the Met's 32, none named, outside London; and any other that a row names."""
    found: dict[date, dict[int, list[Row]]] = {}
    for row in rows:
        found.setdefault(row["month"], {}).setdefault(row["borough"], []).append(row)

    def cells(month: date) -> list[tuple[int, list[Row]]]:
        mine = found.get(month, {})
        return [(borough, mine.get(borough, [])) for borough in sorted({*HOME_CELLS[MET], *mine})]

    return cells


def group(row: Row) -> str:
    """The ethnic group as the officer recorded it."""
    return GROUPS.get(row["ethnic_appearance"], "unknown")


def is_under_18(row: Row) -> bool:
    """Whether the subject was recorded as under 18; not recorded is not under 18."""
    return row["age_group"] in UNDER_18


def is_age_unknown(row: Row) -> bool:
    """Whether nothing can be said of the subject's age."""
    return row["age_group"] not in (*UNDER_18, *ADULT)


def strip_search_rate(rows: list[Row], coverage: list[Row]) -> Observations:
    """All rows."""
    cells = divide(rows)
    return {
        ("total", BASIS, MET, borough, month): (len(found), None, 0, len(found))
        for month in received(coverage)
        for borough, found in cells(month)
    }


def strip_search_under_18_count(rows: list[Row], coverage: list[Row]) -> Observations:
    """Those of under-18s, in total and by ethnic group."""
    out: Observations = {}
    cells = divide(rows)
    with_groups = received(coverage, "ethnicity_officer")
    for month in received(coverage, "thorough_age"):
        for borough, found in cells(month):
            young = [row for row in found if is_under_18(row)]
            unknown = sum(is_age_unknown(row) for row in found)
            out["total", BASIS, MET, borough, month] = (len(young), None, unknown, len(found))
            if month not in with_groups:
                continue
            groups = [group(row) for row in young]
            for class_ in CLASSES:
                key = (f"ethnicity:{class_}", BASIS, MET, borough, month)
                out[key] = (groups.count(class_), None, groups.count("unknown"), len(young))
    return out


def strip_search_rate_ratio(rows: list[Row], coverage: list[Row]) -> Observations:
    """Each group's against White people's."""
    out: Observations = {}
    cells = divide(rows)
    for month in received(coverage, "ethnicity_officer"):
        for borough, found in cells(month):
            groups = [group(row) for row in found]
            white, unknown = groups.count("white"), groups.count("unknown")
            for class_ in ("black", "asian", "other"):
                key = (f"ethnicity:{class_}", BASIS, MET, borough, month)
                out[key] = (groups.count(class_), white, unknown, len(found))
    return out


def strip_search_positive_outcome_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Positive outcomes among those with an answer."""
    out: Observations = {}
    cells = divide(rows)
    for month in received(coverage, "positive"):
        for borough, found in cells(month):
            answers = [row["outcome"] for row in found]
            yes, no = answers.count("Yes"), answers.count("No")
            out["total", BASIS, MET, borough, month] = (yes, None, len(found) - yes - no, yes + no)
    return out


MEASURES: dict[str, Callable[[list[Row], list[Row]], Observations]] = {
    "strip_search_rate": strip_search_rate,
    "strip_search_under_18_count": strip_search_under_18_count,
    "strip_search_rate_ratio": strip_search_rate_ratio,
    "strip_search_positive_outcome_share": strip_search_positive_outcome_share,
}


def read_rows(path: Path, boroughs: dict[str, int]) -> list[Row]:
    """The rows of a whole published file. `boroughs`: names, spelt as in areas.csv, to numbers."""
    numbers = {name.lower(): number for name, number in boroughs.items()}
    numbers |= {"city of westminster": numbers["westminster"], **{name.lower(): 0 for name in AIRPORTS}}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                **row,
                "outcome": row[next(name for name in row if name.startswith("pos") and "outcome" in name)],
                "month": date.fromisoformat(row["stop_date"][:7] + "-01"),
                "borough": numbers[row["borough"].lower()],
            }
            for row in csv.DictReader(file)
        ]
