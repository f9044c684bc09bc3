"""Thorough-search files rebuilt in the shapes in which the Met gives them: real headers, invented rows."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

Row = dict[str, str]

# the file 2019-01 to 2022-08, the file 2019-01 to 2024-01, and the two that were laid on top of each other
FIRST = [
    *(
        "stop_date",
        "area",
        "borough",
        "age_group",
        "sex",
        "ethnic_appearance",
        "stop_reason",
        "outcome_reason",
    ),
    *("approporiate_adult_present_if_required?", "positve_outcome"),
]
SECOND = [*FIRST[:-1], "postive_outcome_of_stop"]
LATER = [
    *("stop_date", "area", "borough", "age_group", "appropriate_adult_present", "sex", "ethnic_appearance"),
    *("stop_reason", "positive_outcome_of_stop", "outcome_reason"),
]
INDEXED = ["col_0", *LATER]
BOROUGHS = ("Hackney", "Bromley", "Camden", "City of Westminster", "Lambeth")


def make_search(**changes: str) -> Row:
    """A search by what its columns mean: date, borough, age, sex, ethnicity, reason, adult, outcome."""
    return {
        "date": "2021-03-10 00:00:00.000000",
        "area": "Central East",
        "borough": "Hackney",
        "age": "18 or older",
        "sex": "M",
        "ethnicity": "White",
        "reason": "B Drugs (s.23 Misuse of Drugs Act)",
        "result": "Not Applicable",
        "adult": "",
        "outcome": "No",
    } | changes


def make_searches(first: date, days: int, **changes: str) -> list[Row]:
    """A search a day, each unlike the one before."""
    return [
        make_search(
            date=f"{first + timedelta(days=day)} 00:00:00.000000", borough=BOROUGHS[day % 5], **changes
        )
        for day in range(days)
    ]


def write_searches(rows: Iterable[Row], header: Sequence[str] = SECOND) -> bytes:
    """The bytes of a file with one of the headers; an index, where it has one, counts the rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for number, row in enumerate(rows):
        writer.writerow(_find(row, name, number) for name in header)
    return text.getvalue().encode()


def _find(row: Row, name: str, number: int) -> str:
    meanings = {
        "col_0": "index",
        "stop_date": "date",
        "age_group": "age",
        "ethnic_appearance": "ethnicity",
        "stop_reason": "reason",
        "outcome_reason": "result",
    }
    if name in meanings:
        return row.get(meanings[name], str(number))
    return row["adult" if "adult" in name else "outcome" if "outcome" in name else name]
