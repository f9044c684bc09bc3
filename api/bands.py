"""Ethnicity under a figure: the band of every way of counting, and where too much of it is unknown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from api.figures import compute, ratio
from api.figures.rollup import Sums
from api.series import OFFICER, SELF_DEFINED, WITHOUT_SECTION_60, Series, list_siblings
from sql.measure import TOTAL, Measure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def find_unknown(measure: Measure, asked: Sequence[Series], series: Sequence[Series], sums: Sums) -> Bools:
    """Where self-defined ethnicity is unknown in more than 20% of the events."""
    many = np.zeros((len(asked), *sums.numerator.shape[1:]), dtype=bool)
    at = {(one.basis, one.group): place for place, one in enumerate(series)}
    for place, one in enumerate(asked):
        if one.basis.removesuffix(WITHOUT_SECTION_60) != SELF_DEFINED or one.group == TOTAL:
            continue
        if measure.statistic == "share":
            unknown, total = at[one.basis, "ethnicity:unknown"], at[measure.basis_codes[0], TOTAL]
            events = sums.base + sums.unknown
            many[place] = compute.has_many_unknown(events[unknown], events[total])
        else:
            many[place] = compute.has_many_unknown(sums.unknown[place], sums.base[place])
    return many


def find_bands(
    measure: Measure,
    asked: Sequence[Series],
    series: Sequence[Series],
    sums: Sums,
    person_years: Floats,
    reference_years: Floats,
    mixed_years: Floats,
) -> list[ratio.Band | None]:
    """The band of each series asked for; None where the basis has no such group."""
    at = {(one.basis, one.group): place for place, one in enumerate(series) if not one.is_absent}
    bands: dict[tuple[tuple[str, ...], str], ratio.Band] = {}
    found: list[ratio.Band | None] = []
    for one in asked:
        key = list_siblings(measure, one.basis), one.group
        if key not in bands and not one.is_absent:
            places = [(basis, at[basis, one.group]) for basis in key[0] if (basis, one.group) in at]
            bands[key] = ratio.find_band(
                [
                    ratio.GroupCounts(
                        events=sums.numerator[place],
                        reference_events=sums.reference[place],
                        unknown_events=sums.unknown[place],
                        person_years=person_years[place],
                        reference_person_years=reference_years[place],
                        with_mixed=mixed_years[place] if series[place].mixed_population else None,
                        spread_unknown=basis.removesuffix(WITHOUT_SECTION_60) == OFFICER,
                    )
                    for basis, place in places
                ]
            )
        found.append(None if one.is_absent else bands[key])
    return found
