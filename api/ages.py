"""Directly standardised rates of the areas of a comparison: as if each had the Met area's ages."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from api.circle import MET
from api.errors import BadParameter
from api.figures.intervals import standardised_rate
from api.figures.windows import text_of
from api.model import ValueRow, ValuesRequest
from api.request import Raw, resolve_request
from api.snapshot import Snapshot
from api.values import compute_values
from sql.measure import TOTAL, Measure

AGE = "age"
# Figures of few people are in the ages: rounded, so that no count can be solved from a rate.
DECIMALS = 2


class Standard(msgspec.Struct, frozen=True):
    """A directly standardised rate per 1,000 residents a year, with its interval (Fay and Feuer)."""

    value: float
    lower: float
    upper: float


async def find_standards(
    conn: Any, snapshot: Snapshot, measure: Measure, request: ValuesRequest
) -> dict[str, Standard]:
    """The standardised rates by area code, for a request of one series in one window.

    There are none for metrics without residents by age, for groups, for windows in which the ages may not be
    given, and for areas of which any age is withheld or missing. The standard is the Met area; events of unknown
    age are left out.
    """
    (selection,) = request.selections
    has_ages = any(one.dimension == AGE and one.people for one in measure.groups)
    if measure.statistic != "rate" or not has_ages or selection.series[0][1] != TOTAL:
        return {}
    (window,) = selection.windows
    raw: Raw = {
        "metric": [measure.metric],
        "area": list(request.areas),
        "group": [AGE],
        "basis": [selection.series[0][0]],
        "window": [request.window],
        "from": [text_of(window.last)],
        "to": [text_of(window.last)],
    }
    try:
        by_age = resolve_request(snapshot, raw)
    except BadParameter:
        return {}
    return standardise_rows(await compute_values(conn, snapshot, by_age))


def standardise_rows(rows: Sequence[ValueRow]) -> dict[str, Standard]:
    """The standardised rates by area code, from the rates by age of areas, the Met area among them."""
    known = [row for row in rows if not row.group.endswith(":unknown")]
    ages = list(dict.fromkeys(row.group for row in known))
    by_area: dict[str, dict[str, ValueRow]] = {}
    for row in known:
        by_area.setdefault(row.area_code, {})[row.group] = row
    standard = _list_person_years(by_area.get(MET, {}), ages)
    if standard is None:
        return {}
    found = {}
    for code, listed in by_area.items():
        years = _list_person_years(listed, ages)
        events = [listed[age].numerator for age in ages]
        if years is None or any(count is None for count in events):
            continue
        rates = standardised_rate(np.array([events], dtype=np.float64), np.array([years]), standard)
        numbers = [round(float(part[0]), DECIMALS) for part in rates]
        if not any(np.isnan(numbers)):
            found[code] = Standard(*numbers)
    return found


def _list_person_years(rows: Mapping[str, ValueRow], ages: Sequence[str]) -> list[float] | None:
    """Person-years by age; None where the figure of an age is not given, so that it cannot be worked out."""
    years = [rows[age].denominator if age in rows and rows[age].value is not None else None for age in ages]
    known = [count for count in years if count is not None]
    return known if known and len(known) == len(years) else None
