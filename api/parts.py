"""The figures of one metric from what was counted: value, interval, band and facts of each."""

import numpy as np
from numpy.typing import NDArray

from api.bands import find_bands, find_unknown
from api.figures import compute
from api.figures.money import compute_amounts, compute_per_head
from api.figures.rollup import Sums
from api.figures.status import Fact
from api.figures.weighted import compute_weighted_shares
from api.ground import Ground
from api.rows import Part
from sql.measure import Measure

# The statistics that follow from counted events alone.
PLAIN = {
    "share": compute.compute_shares,
    "count": compute.compute_counts,
    "completeness": compute.compute_completeness,
    "amount": compute_amounts,
}


def make_part(
    measure: Measure,
    ground: Ground,
    sums: Sums,
    suppressed: NDArray[np.bool_],
    without_unknown: NDArray[np.bool_] | None = None,
) -> Part:
    """The figures of a ground; `suppressed` (asked × areas × windows) says which of them are withheld, and
    `without_unknown` which do not say how many there are of whom nothing is known (default: all do).
    """
    asked, series = ground.asked, ground.series
    bands = None
    if measure.statistic == "rate":
        figures = compute.compute_rates(sums, ground.person_years)
    elif measure.kind == "survey":
        figures = compute_weighted_shares(sums)
    elif measure.kind == "cohort":
        figures = compute.compute_cases(sums)
    elif measure.statistic == "per_head":
        figures = compute_per_head(sums, ground.person_years)
    elif measure.statistic in PLAIN:
        figures = PLAIN[measure.statistic](sums)
    else:
        figures = compute.compute_ratios(sums, ground.person_years, ground.reference_years)
        bands = find_bands(
            measure, asked, series, sums, ground.person_years, ground.reference_years, ground.mixed_years
        )
    facts = {
        **{fact: truth[: len(asked)] for fact, truth in figures.facts.items()},
        Fact.MANY_UNKNOWN: find_unknown(measure, asked, series, sums),
        Fact.SUPPRESSED: suppressed,
        Fact.UNKNOWN_WITHHELD: np.zeros_like(suppressed) if without_unknown is None else without_unknown,
        Fact.REVISED: sums.revised[: len(asked)],
        Fact.HAS_UNPLACED: (sums.unplaced[: len(asked)] > 0) & (measure.statistic in ("rate", "count")),
    }
    return Part(measure, ground, sums, figures, bands, facts)
