"""Does a monthly series signal a change? An XmR chart with three rules (shared/methods.md, section 2).

Limits are the mean ± 2.66 mean moving ranges (Shewhart; Wheeler 1993, "Understanding Variation"). A series
restarts where its meaning breaks. A missing month ends a run and has no moving range, before or after.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from api.figures.windows import text_of

Floats = NDArray[np.float64]
Rule = Literal["outside", "one_side", "trend"]

SPREAD = 2.66
ENOUGH_POINTS = 12
ONE_SIDE, TREND = 8, 6


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule met, in the months `first` to `last` (numbers, both included), to the side `direction`.

    A run is told once, with all its months, however long it is. `direction` is above or below for a point outside
    and a run on one side, rising or falling for a trend.
    """

    rule: Rule
    direction: Literal["above", "below", "rising", "falling"]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between breaks, by its months; the limits are None where it has too few points."""

    first: int
    last: int
    points: int
    centre: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The segments of a series, in order, and its signals, by month."""

    segments: tuple[Segment, ...]
    signals: tuple[Signal, ...]


def find_signals(
    values: ArrayLike,
    first: int,
    breaks: Collection[int] = (),
    floor: float = 0.0,
    ceiling: float = float("inf"),
) -> Chart:
    """The chart of monthly values from the month `first` on, NaN where a month is missing.

    `breaks` are the first months after each break. Limits stay between `floor` and `ceiling`, what the figure can
    be. Fewer than 12 points in a segment give no limits and no signals there.
    """
    series = np.asarray(values, dtype=np.float64)
    cuts = sorted({month - first for month in breaks if 0 < month - first < len(series)})
    edges = [0, *cuts, len(series)]
    segments: list[Segment] = []
    signals: list[Signal] = []
    for start, end in pairwise(edges):
        part = series[start:end]
        segment = _find_limits(part, first + start, floor, ceiling)
        segments.append(segment)
        if segment.centre is not None:
            signals += _list_signals(part, segment)
    return Chart(tuple(segments), tuple(sorted(signals, key=lambda one: (one.first, one.last, one.rule))))


def describe_signal(signal: Signal) -> str:
    """A signal as a clause, without a full stop: which rule, which months."""
    first, last = text_of(signal.first), text_of(signal.last)
    months = signal.last - signal.first + 1
    match signal.rule:
        case "outside":
            limit = "upper" if signal.direction == "above" else "lower"
            return f"{first} lies {signal.direction} the {limit} limit"
        case "one_side":
            return f"{months} months in a row {signal.direction} the centre, {first} to {last}"
        case "trend":
            # The first of the months is where the fall or rise begins, and may itself be higher or lower than the one before
            return f"{signal.direction} from {first} to {last}, {months} months"


def explain_segment(segment: Segment) -> str | None:
    """Why a segment has no limits; None where it has."""
    if segment.centre is not None:
        return None
    months = f"{text_of(segment.first)} to {text_of(segment.last)}"
    return (
        f"No limits for {months}: {segment.points} months have a figure, and limits need at least "
        f"{ENOUGH_POINTS} between two breaks of the series."
    )


def _find_limits(part: Floats, first: int, floor: float, ceiling: float) -> Segment:
    there = part[np.isfinite(part)]
    moving = np.abs(np.diff(part))
    moving = moving[np.isfinite(moving)]
    last = first + len(part) - 1
    if len(there) < ENOUGH_POINTS or not len(moving):
        return Segment(first, last, len(there), None, None, None)
    centre = float(there.mean())
    half = SPREAD * float(moving.mean())
    return Segment(first, last, len(there), centre, max(floor, centre - half), min(ceiling, centre + half))


def _list_signals(part: Floats, segment: Segment) -> Iterator[Signal]:
    assert segment.centre is not None
    assert segment.lower is not None
    assert segment.upper is not None
    first = segment.first
    # the mean of equal values may miss them by a crumb
    crumb = 1e-12 * max(1.0, abs(segment.centre))
    distance = np.where(np.abs(part - segment.centre) <= crumb, 0.0, part - segment.centre)
    for place, value in enumerate(part.tolist()):
        if value > segment.upper + crumb:
            yield Signal("outside", "above", first + place, first + place)
        elif value < segment.lower - crumb:
            yield Signal("outside", "below", first + place, first + place)
    # NaN compares to nothing, so its sign is NaN, as is that of a step to or from a missing month
    for side, start, end in _list_runs(np.sign(distance)):
        if end - start >= ONE_SIDE:
            yield Signal("one_side", "above" if side > 0 else "below", first + start, first + end - 1)
    for side, start, end in _list_runs(np.sign(np.diff(part))):
        # n points in a row have n - 1 steps between them
        if end - start + 1 >= TREND:
            yield Signal("trend", "rising" if side > 0 else "falling", first + start, first + end)


def _list_runs(signs: Floats) -> Iterator[tuple[float, int, int]]:
    """Runs of the same sign but 0: the sign, the first place, the place after the last."""
    start = 0
    listed: Sequence[float] = signs.tolist()
    for place in range(1, len(listed) + 1):
        if place == len(listed) or listed[place] != listed[start]:
            if listed[start] in (1.0, -1.0):
                yield listed[start], start, place
            start = place
