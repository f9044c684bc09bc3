"""Sample returns of the councils to government departments: budgets (RA), outturn (RO5) and services for young people
(section 251), in the departments' layouts, one file a financial year.

Oddities, each seen in the real files: titles, codes and numbers of lines above the header; totals of classes below; thousands
with commas; a council whose budget is dots because it did not return it, one that returned zero; section 251 in pounds,
with memoranda that have no net expenditure. The files are small, and the same whatever the scale.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from etl.returns.councils import DFE_NUMBERS, E_CODES
from etl.sample.draws import Draws
from etl.sample.profile import BOROUGHS
from etl.sample_marks import SAMPLE_WORDS
from geo.areas import load_boroughs

__all__ = ["write_returns"]

Row = list[str]
_BUDGET, _OUTTURN, _YOUTH = 21, 22, 23
# £ a thousand residents: about what the budgets of 2021-22 come to
_COMMUNITY = (
    ("Community safety (Crime reduction)", 3_000),
    ("Community safety (Safety services)", 3_600),
    ("Community safety (CCTV)", 1_600),
)
_TOTAL_SERVICE = 1_700_000
_YOUNG = (
    ("28 Universal services for young people", 6_000),
    ("29 Targeted services for young people ", 4_500),
)
# as Hillingdon's budget of 2023-24 is in the published file; and the council that returned zero
_SILENT, _ZERO = 17, 4
_NET, _EARLIER = "Net Current Expenditure", ("Employees", "Running Expenses", "Total Income")
_LEAD = ("E-code", "ONS Code", "Local authority")


def write_returns(folder: Path, months: Sequence[date], seed: int) -> Iterator[Path]:
    """Write the budgets of the financial years that hold these months, and the outturn of those that have ended by the last.

    Files of an earlier run with other months go.
    """
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for year in sorted({month.year - (month.month < 4) for month in months}):
        name = f"{year}-{(year + 1) % 100:02d}"
        files = {f"RA_{name}_data_by_LA.csv": _make_budget(year, name, seed)}
        if months[-1] >= date(year + 1, 3, 1):
            files[f"RO5_{name}_data_by_LA.csv"] = _make_outturn(year, name, seed)
            files[f"section-251-outturn-{name}.csv"] = _make_youth(year, seed)
        for file, rows in files.items():
            path = folder / file
            path.write_bytes(_write(rows))
            yield path


def _make_budget(year: int, name: str, seed: int) -> list[Row]:
    labels = [label for label, _ in _COMMUNITY]
    rows = [
        [f"Worksheet 2: Revenue Account Budget (RA) {name}: Revenue Account data"],
        [SAMPLE_WORDS],
        ["Data are reported in £ thousand. "],
        [f"Last updated: 22 June {year}"],
        ["This row contains the 'line number'", "", "", "", "", "", "531", "532", "533", "799"],
        [*_LEAD, "Class", "Subclass", "Notes", *labels, "TOTAL SERVICE EXPENDITURE"],
    ]
    draws = Draws(seed, _BUDGET, year)
    sums = [0] * 4
    for borough, lead, people in _councils():
        amounts = [draws.near(people * rate // 1000, 60) for _, rate in _COMMUNITY]
        amounts.append(draws.near(people * _TOTAL_SERVICE // 1000, 15))
        if borough == _ZERO:
            amounts[2] = 0
        if borough == _SILENT:
            rows.append([*lead, "LB", "London", "M", *["..."] * 4])
            continue
        sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
        rows.append([*lead, "LB", "London", "", *(f"{amount:,}" for amount in amounts)])
    rows.append(["", "E09", "London Boroughs", "LB", "London", "", *(f"{total:,}" for total in sums)])
    return rows


def _make_outturn(year: int, name: str, seed: int) -> list[Row]:
    draws = Draws(seed, _OUTTURN, year)
    columns = (*_EARLIER, _NET)
    rows = [
        [f"Revenue Outturn (RO5) {name}: Cultural, Environmental, Regulatory and Planning Services data"],
        [SAMPLE_WORDS],
        ["Data is reported in £ thousand. "],
        [*[""] * 4, *(cell for label, _ in _COMMUNITY for cell in (label, "", "", ""))],
        [*_LEAD, "Class", *(columns * len(_COMMUNITY))],
    ]
    for _, lead, people in _councils():
        cells: Row = []
        for _, rate in _COMMUNITY:
            net = draws.near(people * rate // 1000, 60)
            staff, income = net * 7 // 10, net // 5
            cells += [f"{amount:,}" for amount in (staff, net + income - staff, income, net)]
        rows.append([*lead, "LB", *cells])
    return rows


def _make_youth(year: int, seed: int) -> list[Row]:
    draws = Draws(seed, _YOUTH, year)
    header = [
        "LA",
        "LA Name",
        "LineNumber",
        "CYPServiceDescription",
        "TotalExpenditure",
        "Income",
        "NetCurrentExpenditure",
    ]
    rows = [header, ["999", SAMPLE_WORDS, "0", "", "", "", ""]]
    numbers = {borough: number for number, borough in DFE_NUMBERS.items()}
    for borough, lead, people in _councils():
        of_council = [numbers[borough], lead[2]]
        total = 0
        for place, (line, rate) in enumerate(_YOUNG, 28):
            net = draws.near(people * rate, 60) + draws.one(100) / 100
            total += round(net * 100)
            rows.append([*of_council, str(place), line, f"{net:.2f}", "0", f"{net:.2f}"])
        plain = f"{total / 100:.2f}"
        rows.append([*of_council, "30", "30 Total Services for Young People ", plain, "0", plain])
        memorandum = "36 Teenage pregnancy services(included in lines 27 and 28 above)"
        rows.append([*of_council, "36", memorandum, "1000", "", ""])
    return rows


def _councils() -> Iterator[tuple[int, Row, int]]:
    """Of each council its borough, its codes and name, and its residents in thousands; by their codes."""
    people = {borough.code: borough.people for borough in BOROUGHS}
    areas = {area.borough: area for area in load_boroughs()}
    for e_code, borough in sorted(E_CODES.items()):
        area = areas[borough]
        yield borough, [e_code, area.area_code, area.area_name], people[area.area_code]


def _write(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")
