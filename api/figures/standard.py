"""Rates as they would be were every area's people of the same ages: direct standardisation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from api.figures.intervals import standardised_rate

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standardised:
    """Rates per 1,000 a year with their 95% intervals, one for each area; NaN where undefined."""

    value: Floats
    lower: Floats
    upper: Floats


def standardise_rates(events: ArrayLike, person_years: ArrayLike, standard: ArrayLike) -> Standardised:
    """The directly standardised rate of each area, with the interval of Fay and Feuer (1997).

    `events` and `person_years` are areas × groups, `standard` the person-years of the standard population by
    group: its shares are the weights. NaN where an area has nobody in a group that the standard has, or where the
    events of a group are not known (NaN).
    """
    return Standardised(*standardised_rate(events, person_years, standard))
