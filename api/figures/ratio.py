"""Rate ratios between groups, and the band of every way of counting them (shared/methods.md, section 3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# What a way of counting varies, in the order in which a verdict names what it depends on.
WAYS = {
    "basis": "ethnicity is",
    "unknown": "unknown ethnicity is",
    "mixed": "Mixed White and Black residents are",
}


# Follows every verdict (shared/methods.md, section 3).
CAUTION = (
    "This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010)."
)


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """One basis: events of the group, of the reference group and of unknown ethnicity, and person-years.

    `with_mixed` is the group's person-years with Mixed White-and-Black residents counted in, None for groups
    other than Black. `spread_unknown`: unknowns are also counted all as the reference group and all as the
    group.
    """

    events: Floats
    reference_events: Floats
    unknown_events: Floats
    person_years: Floats
    reference_person_years: Floats
    with_mixed: Floats | None = None
    spread_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The lowest and highest ratio of all ways of counting, and the verdict; NaN and None without any."""

    low: Floats
    high: Floats
    verdicts: list[str | None]


def divide_rates(a: Floats, n: Floats, b: Floats, m: Floats) -> Floats:
    """The ratio `(a / n) / (b / m)`; NaN where b or a person-time is 0 or NaN."""
    defined = (b > 0) & (n > 0) & (m > 0)
    out: Floats = np.full(np.broadcast(a, n, b, m).shape, np.nan)
    np.divide(a * np.where(defined, m, 1.0), np.where(defined, n * b, 1.0), out=out, where=defined)
    return out


def find_differences(a: Floats, n: Floats, b: Floats, m: Floats) -> tuple[Floats, Floats]:
    """The group's rate less the reference group's, per 1,000 a year, and the same as a number of events.

    The number is `a - n * b / m`: events of the group less those it would have had at the reference group's
    rate.
    """
    n, m = np.where(n > 0, n, np.nan), np.where(m > 0, m, np.nan)
    return 1000 * (a / n - b / m), a - n * b / m


def find_band(bases: Sequence[GroupCounts]) -> Band:
    """The band over every basis, every way to count the unknowns and both Black denominators.

    A way that is undefined (no reference events, no residents) is left out.
    """
    ways: list[tuple[str, Floats]] = []
    for count in bases:
        ways += _list_ways(count)
    stacked = np.stack([ratio for _, ratio in ways])
    known = np.isfinite(stacked)
    some = known.any(axis=0)
    low = np.where(some, np.where(known, stacked, np.inf).min(axis=0), np.nan)
    high = np.where(some, np.where(known, stacked, -np.inf).max(axis=0), np.nan)
    return Band(low, high, _say(low, high, _find_dependence(ways)))


def _list_ways(count: GroupCounts) -> list[tuple[str, Floats]]:
    a, b, u = count.events, count.reference_events, count.unknown_events
    m = count.reference_person_years
    counted = [("basis", a, b)]
    if count.spread_unknown:
        counted += [("unknown", a, b + u), ("unknown", a + u, b)]
    ways = [(way, divide_rates(x, count.person_years, y, m)) for way, x, y in counted]
    if count.with_mixed is not None:
        ways += [("mixed", divide_rates(x, count.with_mixed, y, m)) for _, x, y in counted]
    return ways


def _find_dependence(ways: Sequence[tuple[str, Floats]]) -> NDArray[np.int64]:
    """The first of `WAYS` by which ratios come to lie on both sides of 1, or on it."""
    lows, highs = [], []
    for kind in WAYS:
        ratios = np.stack([ratio for way, ratio in ways if way == kind] or [np.full_like(ways[0][1], np.nan)])
        lows.append(np.where(np.isfinite(ratios), ratios, np.inf).min(axis=0))
        highs.append(np.where(np.isfinite(ratios), ratios, -np.inf).max(axis=0))
    low, high = np.minimum.accumulate(lows), np.maximum.accumulate(highs)
    return np.asarray(np.argmax((low <= 1) & (high >= 1), axis=0))


def _say(low: Floats, high: Floats, dependence: NDArray[np.int64]) -> list[str | None]:
    """The verdicts in the order of the flattened arrays; None where there is no ratio."""
    depends = list(WAYS.values())
    said: list[str | None] = []
    for least, most, kind in zip(
        low.ravel().tolist(), high.ravel().tolist(), dependence.ravel().tolist(), strict=True
    ):
        if least > 1:
            said.append(f"Higher under every way of counting we tried ({least:.2f} to {most:.2f}). {CAUTION}")
        elif most < 1:
            said.append(f"Lower under every way of counting we tried ({least:.2f} to {most:.2f}). {CAUTION}")
        else:
            said.append(f"Depends on how {depends[kind]} counted. {CAUTION}" if least == least else None)
    return said
