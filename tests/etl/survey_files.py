"""Tables of the Public Attitude Survey with invented shares, in both published forms."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from geo.areas import load_areas

Form = Literal["semicolon", "month_first"]

MEASURES = (
    '"Good Job" local',
    "Contact ward officer",
    "Informed local",
    "Listen to concerns",
    "Relied on to be there",
    "Treat everyone fairly",
    "Trust MPS",
    "Understand issues",
)
# as the table names them: Westminster in full, and the 32 boroughs of the Met
BOROUGHS = {
    area.borough: "City of Westminster" if area.borough == 33 else area.area_name
    for area in load_areas()
    if area.borough is not None and area.borough > 1
}
HEADER = ("Date", "Survey", "Borough", "Measure", "Proportion", "MPS")
ENDS = (date(2023, 9, 30), date(2023, 12, 31))

Row = dict[str, str]


def share_of(borough: int, measure: str, end: date) -> float:
    """An invented share, another for each borough, measure and end."""
    return (31 + 7 * borough + 11 * MEASURES.index(measure) + end.month) % 90 / 100 + 0.05


def rows_of(
    ends: Iterable[date] = ENDS,
    measures: Iterable[str] = MEASURES,
    *,
    changed: Mapping[tuple[int, str, date], float] | None = None,
) -> list[Row]:
    """Rows with the dates as the first form has them, day first, and decimal points."""
    measures = tuple(measures)
    return [
        {
            "Date": f"{end:%d/%m/%Y}",
            "Survey": "PAS",
            "Borough": name,
            "Measure": measure,
            "Proportion": f"{(changed or {}).get((borough, measure, end), share_of(borough, measure, end)):.2f}",
            "MPS": "0.61",
        }
        for end in ends
        for measure in measures
        for borough, name in BOROUGHS.items()
    ]


def write_table(rows: Iterable[Row], form: Form = "semicolon") -> bytes:
    """The table in one of the published forms."""
    text = io.StringIO()
    rows = list(rows)
    names = [*HEADER, *(name for name in rows[0] if name not in HEADER)]
    if form == "semicolon":
        table = csv.writer(text, delimiter=";", lineterminator="\r\n")
        table.writerow(names)
        for row in rows:
            shares = {name: row[name].replace(".", ",") for name in ("Proportion", "MPS")}
            table.writerow([{**row, **shares}[name] for name in names])
    else:
        table = csv.writer(text, lineterminator="\r\n")
        table.writerow(["", *names])
        for number, row in enumerate(rows):
            day, month, year = row["Date"].split("/")
            dated = {**row, "Date": f"{int(month)}/{int(day)}/{year}"}
            table.writerow([number, *(dated[name] for name in names)])
    return text.getvalue().encode()
