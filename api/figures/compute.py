"""From sums to figures: value, interval, method, facts. Arrays of series × areas × windows."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from api.figures import intervals
from api.figures.ratio import divide_rates
from api.figures.rollup import Sums
from api.figures.status import FEW_CASES, FEW_EVENTS, FEW_RESIDENTS, UNKNOWN_LIMIT, Fact

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

METHODS = {
    "rate": ("Byar", "exact Poisson"),
    "share": ("Wilson", "Wilson"),
    "ratio": ("log method", "exact conditional binomial"),
    "count": ("Byar", "exact Poisson"),
    "completeness": ("no interval", "no interval"),
    "amount": ("no interval", "no interval"),
    "per_head": ("no interval", "no interval"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Values with their intervals, NaN where undefined. `is_exact`: the method for few events was used.

    `denominator` and `reference_denominator` are person-years, or events for a share; a count has neither.
    `known_share` is the share of events whose attribute is known. `facts` are those of the statistic alone (undefined, few).
    """

    denominator: Floats
    reference_denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    is_exact: Bools
    known_share: Floats
    facts: dict[int, Bools]


def compute_rates(sums: Sums, person_years: Floats) -> Figures:
    """Events per 1,000 residents a year."""
    limits = intervals.rate(sums.numerator, person_years)
    return Figures(
        denominator=person_years,
        reference_denominator=np.full_like(person_years, np.nan),
        value=1000 * sums.numerator / person_years,
        lower=limits.lower,
        upper=limits.upper,
        is_exact=sums.numerator < intervals.EXACT_BELOW,
        known_share=_divide(sums.base - sums.unknown, sums.base),
        facts={Fact.NO_POPULATION: np.isnan(person_years)},
    )


def compute_shares(sums: Sums) -> Figures:
    """Events of a kind over the events whose field is known."""
    limits = intervals.wilson(sums.numerator, sums.base)
    return Figures(
        denominator=sums.base,
        reference_denominator=np.full_like(sums.base, np.nan),
        value=_divide(sums.numerator, sums.base),
        lower=limits.lower,
        upper=limits.upper,
        is_exact=np.zeros(sums.base.shape, dtype=bool),
        known_share=_divide(sums.base, sums.base + sums.unknown),
        facts={Fact.UNDEFINED: sums.base == 0, Fact.FEW_CASES: sums.base < FEW_CASES},
    )


def compute_cases(sums: Sums) -> Figures:
    """Cases with an outcome over all cases of their cohort, those of unknown outcome among them."""
    return replace(compute_shares(sums), known_share=_divide(sums.base - sums.unknown, sums.base))


def compute_ratios(sums: Sums, person_years: Floats, reference_person_years: Floats) -> Figures:
    """The group's rate over the reference group's."""
    a, b = sums.numerator, sums.reference
    limits = intervals.rate_ratio(a, person_years, b, reference_person_years)
    is_few = (a < intervals.EXACT_BELOW) | (b < intervals.EXACT_BELOW)
    years = sums.received / 12
    fewest = np.fmin(_divide(person_years, years), _divide(reference_person_years, years))
    no_population = np.isnan(person_years) | np.isnan(reference_person_years)
    return Figures(
        denominator=person_years,
        reference_denominator=reference_person_years,
        value=divide_rates(a, person_years, b, reference_person_years),
        lower=limits.lower,
        upper=limits.upper,
        is_exact=is_few,
        known_share=_divide(sums.base - sums.unknown, sums.base),
        facts={
            Fact.NO_POPULATION: no_population,
            Fact.UNDEFINED: ~no_population & (b == 0),
            Fact.FEW_EVENTS: (a < FEW_EVENTS) | (b < FEW_EVENTS),
            Fact.FEW_RESIDENTS: fewest < FEW_RESIDENTS,
            Fact.INTERVAL_HAS_ONE: (limits.lower <= 1) & (limits.upper >= 1),
        },
    )


def compute_counts(sums: Sums) -> Figures:
    """Events, with the interval of the count itself."""
    limits = intervals.poisson(sums.numerator)
    none = np.full(sums.numerator.shape, np.nan)
    return Figures(
        denominator=none,
        reference_denominator=none,
        value=sums.numerator,
        lower=limits.lower,
        upper=limits.upper,
        is_exact=sums.numerator < intervals.EXACT_BELOW,
        known_share=_divide(sums.base - sums.unknown, sums.base),
        facts={},
    )


def compute_completeness(sums: Sums) -> Figures:
    """Our count over the publisher's own count of the same events. Two counts of one thing: no interval."""
    none = np.full(sums.numerator.shape, np.nan)
    return Figures(
        denominator=sums.base,
        reference_denominator=none,
        value=_divide(sums.numerator, sums.base),
        lower=none,
        upper=none,
        is_exact=np.zeros(sums.base.shape, dtype=bool),
        known_share=none,
        facts={Fact.UNDEFINED: sums.base == 0},
    )


def has_many_unknown(unknown: Floats, events: Floats) -> Bools:
    """Whether ethnicity is unknown in more than 20% of the events."""
    return np.asarray(_divide(unknown, events) > UNKNOWN_LIMIT)


def _divide(part: Floats, whole: Floats) -> Floats:
    out: Floats = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
