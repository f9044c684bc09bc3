"""The Public Attitude Survey, straight from the published table: shares by borough, and those of several boroughs."""

import csv
import io
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

METRICS = {
    "Trust MPS": "trust_police_share",
    '"Good Job" local': "good_job_local_share",
    "Treat everyone fairly": "treat_everyone_fairly_share",
    "Listen to concerns": "listen_to_concerns_share",
    "Relied on to be there": "relied_on_share",
    "Understand issues": "understand_issues_share",
    "Informed local": "informed_local_share",
    "Contact ward officer": "contact_ward_officer_share",
}
INTERVIEWS, DESIGN_EFFECT = 400, 1.3

# metric, borough in small letters, first day of the rolling year -> share
Shares = dict[tuple[str, str, date], float]
# metric, first day of the rolling year -> the publisher's own share for the Met
MetShares = dict[tuple[str, date], float]


def read_shares(text: str) -> tuple[Shares, MetShares]:
    """The shares of either form of the table; measures without a metric are left out."""
    is_semicolon = text.partition("\n")[0].count(";") > 1
    shares: Shares = {}
    met: MetShares = {}
    for row in csv.DictReader(io.StringIO(text), delimiter=";" if is_semicolon else ","):
        one, two, year = map(int, row["Date"].split("/"))
        month = two if is_semicolon else one
        # the twelve months that end with this month
        start = date(year, 1, 1) if month == 12 else date(year - 1, month + 1, 1)
        metric = METRICS.get(row["Measure"])
        if metric:
            borough = row["Borough"].lower().removeprefix("city of ")
            shares[metric, borough, start] = float(row["Proportion"].replace(",", "."))
            met[metric, start] = float(row["MPS"].replace(",", "."))
    return shares, met


def read_residents(path: Path) -> dict[tuple[str, int], int]:
    """Mid-year residents by borough in small letters and year."""
    with path.open() as stream:
        return {
            (row["borough"].lower(), int(row["year"])): int(row["population"])
            for row in csv.DictReader(stream)
        }


def add_boroughs(shares: Mapping[str, float], residents: Mapping[str, int]) -> tuple[float, float]:
    """The share of several boroughs, and its effective number of interviews, by the words of methods.md section 8."""
    total = sum(residents[borough] for borough in shares)
    share = sum(residents[borough] * one for borough, one in shares.items()) / total
    each = INTERVIEWS / DESIGN_EFFECT
    return share, total**2 / sum(residents[borough] ** 2 / each for borough in shares)


def wilson(share: float, n: float) -> tuple[float, float]:
    """The Wilson interval of a share of n interviews."""
    z = 1.959963984540054
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half
