"""Two figures side by side: the difference of two shares, and the months in which two windows match."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from api.figures.intervals import Interval, wilson
from api.figures.windows import Window

Floats = NDArray[np.float64]

YEAR = 12


class Matched(NamedTuple):
    """The months of two windows a year apart that both have, as month numbers in order."""

    now: tuple[int, ...]
    before: tuple[int, ...]


def subtract_shares(
    cases: ArrayLike, total: ArrayLike, other_cases: ArrayLike, other_total: ArrayLike
) -> tuple[Floats, Interval]:
    """The difference `cases / total - other_cases / other_total` with its 95% interval; NaN where a total is 0.

    Newcombe's hybrid score interval, from the Wilson limits of either share and without continuity correction:
    method 10 of Newcombe 1998, Statistics in Medicine 17, pages 873 to 890.
    """
    x, n, y, m = (
        np.atleast_1d(np.asarray(part, dtype=np.float64)) for part in (cases, total, other_cases, other_total)
    )
    first, second = x / np.where(n > 0, n, np.nan), y / np.where(m > 0, m, np.nan)
    one, two = wilson(x, n), wilson(y, m)
    difference = first - second
    below = np.hypot(first - one.lower, two.upper - second)
    above = np.hypot(one.upper - first, second - two.lower)
    return difference, Interval(difference - below, difference + above)


def match_months(
    window: Window, received: Collection[int], received_before: Collection[int], apart: int = YEAR
) -> Matched:
    """The calendar months that a window and the one `apart` months earlier both received.

    `received` and `received_before` are the month numbers received for each (`windows.number_of`); months
    outside the windows are ignored. A year's change is read on these months alone (shared/methods.md, rule 4).
    """
    now = tuple(
        month
        for month in range(window.first, window.last + 1)
        if month in received and month - apart in received_before
    )
    return Matched(now, tuple(month - apart for month in now))
