"""What returns say and what they are in other prices, by hand: published cells at known places, and decimal fractions."""

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from geo.areas import borough_of_gss, resolve_name

#: A metric's numerator is the sum of these lines, all of which must be there.
LINES = {
    "community_safety_spend_per_head": ("crime_reduction", "safety_services", "cctv"),
    "crime_reduction_spend_per_head": ("crime_reduction",),
    "cctv_spend_per_head": ("cctv",),
    "youth_services_spend": ("youth_universal", "youth_targeted"),
    "youth_services_spend_per_head": ("youth_universal", "youth_targeted"),
}
SOURCES = {metric: "section_251" if metric.startswith("youth") else "revenue_return" for metric in LINES}

# (stage, line, year in which the financial year begins, borough) -> pence, None not returned
Returned = Mapping[tuple[str, str, int, int], int | None]


def put_in_prices(pence: int, year: int, index: Mapping[int, Decimal]) -> int | None:
    """An amount of a year in the prices of the last year of an index, to the penny; None where the index lacks the year."""
    if year not in index:
        return None
    return int((pence * index[max(index)] / index[year]).to_integral_value(ROUND_HALF_UP))


def measure(
    metric: str, returned: Returned, index: Mapping[int, Decimal], years: Iterable[int]
) -> dict[tuple[str, int, int], int]:
    """Numerators of a metric by basis, borough and year: nothing where a line was not returned."""
    found: dict[tuple[str, int, int], int] = {}
    stages = ("outturn",) if SOURCES[metric] == "section_251" else ("budget", "outturn")
    for stage in stages:
        for year in years:
            for borough in range(1, 34):
                parts = [returned.get((stage, line, year, borough)) for line in LINES[metric]]
                if any(part is None for part in parts):
                    continue
                pence = sum(part for part in parts if part is not None)
                before = "" if SOURCES[metric] == "section_251" else f"{stage}_"
                found[f"{before}nominal", borough, year] = pence
                real = put_in_prices(pence, year, index)
                if real is not None:
                    found[f"{before}real", borough, year] = real
    return found


def read_treasury(path: Path) -> dict[int, Decimal]:
    """The Treasury's table as it is passed on: the index of each financial year that has one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return {int(row[0][:4]): Decimal(row[1]) for row in rows[1:] if row[1]}


def read_ra_2021(path: Path) -> dict[tuple[int, str], str]:
    """Community safety cells of RA 2021-22, whose columns are the 114th to the 116th."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    return _cells(rows, 113)


def read_ra_2023(path: Path) -> dict[tuple[int, str], str]:
    """Community safety cells of RA 2023-24, whose columns are the 115th to the 117th."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("cp1252"))))
    return _cells(rows, 114)


def _cells(rows: list[list[str]], first: int) -> dict[tuple[int, str], str]:
    names = LINES["community_safety_spend_per_head"]
    boroughs = {number: row for row in rows if len(row) > 1 and (number := borough_of_gss(row[1]))}
    return {
        (number, name): row[first + at] for number, row in boroughs.items() for at, name in enumerate(names)
    }


def read_youth(path: Path) -> dict[int, Decimal]:
    """Universal and targeted services for young people together, in pounds by borough, of a section 251 table from 2010-11 on."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("cp1252"))))
    net = next(
        at for at, name in enumerate(rows[0]) if name.lower().replace(" ", "").startswith("netcurrent")
    )
    line = next(at for at, name in enumerate(rows[0]) if "Description" in name or "S52" in name)
    totals: dict[int, Decimal] = {}
    for row in rows[1:]:
        borough = resolve_name(row[1])
        label = row[line].lstrip("0123456789 ")
        if (
            borough
            and 201 <= int(row[0]) <= 320
            and label.startswith(("Universal services", "Targeted services"))
        ):
            totals[borough] = totals.get(borough, Decimal(0)) + Decimal(row[net])
    return totals
