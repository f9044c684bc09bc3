"""Intervals at 95%, vectorised over arrays, for the five kinds of figure (shared/methods.md, section 2).

Every function broadcasts its arguments and gives float arrays. What is undefined (no cases, no residents, no
events in the reference group) is NaN, never infinity: a caller turns NaN into null with a reason.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, chdtri

Z = 1.959963984540054
ALPHA = 0.05
EXACT_BELOW = 10

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Lower and upper limits, in the unit of the figure they belong to."""

    lower: Floats
    upper: Floats


def wilson(cases: ArrayLike, total: ArrayLike) -> Interval:
    """The Wilson score interval of the share `cases / total`; NaN where total is 0 (Wilson 1927)."""
    x, n = _floats(cases, total)
    n = np.where(n > 0, n, np.nan)
    share = x / n
    middle = share + Z**2 / (2 * n)
    half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    scale = 1 + Z**2 / n
    # At the ends the limit is 0 or 1 exactly; floating point leaves a crumb.
    lower = np.where(x == 0, 0.0 * n, (middle - half) / scale)
    upper = np.where(x == n, 1.0, (middle + half) / scale)
    return Interval(lower, upper)


def poisson(events: ArrayLike) -> Interval:
    """The interval of a count of events: Byar's approximation from 10 events, exact (chi-square) under 10.

    Byar: Breslow and Day 1987, volume II, page 69; exact: Ulm 1990.
    """
    (x,) = _floats(events)
    lower, upper = _byar(x)
    few = x < EXACT_BELOW
    if few.any():
        exact = _exact_poisson(x[few])
        lower[few], upper[few] = exact
    return Interval(lower, upper)


def rate(events: ArrayLike, person_time: ArrayLike, per: float = 1000.0) -> Interval:
    """The interval of `per * events / person_time`; NaN where there is no person-time."""
    x, t = _floats(events, person_time)
    scale = per / np.where(t > 0, t, np.nan)
    lower, upper = poisson(x)
    return Interval(lower * scale, upper * scale)


def rate_ratio(
    events: ArrayLike, person_time: ArrayLike, reference_events: ArrayLike, reference_person_time: ArrayLike
) -> Interval:
    """The interval of `(a / n) / (b / m)`: by logs, or exact conditional binomial where a or b is under 10.

    The exact interval takes a as binomial of a + b with share p (Clopper-Pearson) and turns p into the ratio
    `p / (1 - p) * m / n`. NaN where b is 0 or either person-time is 0.
    """
    a, n, b, m = _floats(events, person_time, reference_events, reference_person_time)
    defined = (b > 0) & (n > 0) & (m > 0)
    a, n, b, m = (np.where(defined, part, np.nan) for part in (a, n, b, m))
    few = defined & ((a < EXACT_BELOW) | (b < EXACT_BELOW))
    plain = np.where(a > 0, a, np.nan)
    ratio = (plain / n) / (b / m)
    spread = np.exp(Z * np.sqrt(1 / plain + 1 / b))
    lower, upper = ratio / spread, ratio * spread
    if few.any():
        low, high = clopper_pearson(a[few], a[few] + b[few])
        odds = m[few] / n[few]
        lower[few], upper[few] = low / (1 - low) * odds, high / (1 - high) * odds
    return Interval(lower, upper)


def clopper_pearson(cases: ArrayLike, total: ArrayLike) -> Interval:
    """The exact binomial interval of `cases / total` (Clopper and Pearson 1934); NaN where total is 0."""
    x, n = _floats(cases, total)
    n = np.where(n > 0, n, np.nan)
    lower = np.where(x > 0, betaincinv(np.where(x > 0, x, 1.0), n - x + 1, ALPHA / 2), 0.0 * n)
    upper = np.where(x < n, betaincinv(x + 1, np.where(x < n, n - x, 1.0), 1 - ALPHA / 2), 1.0 + 0.0 * n)
    return Interval(lower, upper)


def standardised_rate(
    events: ArrayLike, person_time: ArrayLike, weights: ArrayLike, per: float = 1000.0
) -> tuple[Floats, Floats, Floats]:
    """A directly standardised rate and its Fay-Feuer interval, over the last axis (the strata).

    `weights` are those of the standard population and are brought to a sum of 1. Gives value, lower, upper;
    NaN where a stratum with weight has no person-time. Fay and Feuer 1997, Statistics in Medicine 16.
    """
    x, t, w = _floats(events, person_time, weights)
    w = w / w.sum(axis=-1, keepdims=True)
    share = w / np.where(t > 0, t, np.nan)
    share = np.where(w == 0, 0.0, share)
    value = (share * x).sum(axis=-1)
    variance = (share**2 * x).sum(axis=-1)
    largest = share.max(axis=-1)
    some = value > 0
    mean, spread = np.where(some, value, 1.0), np.where(some, variance, 1.0)
    lower = np.where(some, spread / (2 * mean) * chdtri(2 * mean**2 / spread, 1 - ALPHA / 2), 0.0 * value)
    above = variance + largest**2
    sum_above = value + largest
    upper = above / (2 * sum_above) * chdtri(2 * sum_above**2 / above, ALPHA / 2)
    return per * value, per * lower, per * upper


def _byar(x: Floats) -> tuple[Floats, Floats]:
    plain = np.where(x > 0, x, np.nan)
    more = x + 1
    lower = plain * (1 - 1 / (9 * plain) - Z / (3 * np.sqrt(plain))) ** 3
    upper = more * (1 - 1 / (9 * more) + Z / (3 * np.sqrt(more))) ** 3
    return lower, upper


def _exact_poisson(x: Floats) -> tuple[Floats, Floats]:
    # chdtri(v, p) is the chi-square quantile with probability p above it
    lower = np.where(x > 0, chdtri(2 * np.where(x > 0, x, 1.0), 1 - ALPHA / 2) / 2, 0.0)
    return lower, chdtri(2 * (x + 1), ALPHA / 2) / 2


def _floats(*parts: ArrayLike) -> tuple[Floats, ...]:
    arrays = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in parts))
    return tuple(np.atleast_1d(array) for array in arrays)
