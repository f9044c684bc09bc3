"""The window twelve months before each figure, and the change since (`compare=year_before`)."""

from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np

from api.beside import (
    ABSENT,
    BELOW_ZERO,
    NO_EVENT,
    NO_FIGURE,
    NO_MONEY,
    Reasons,
    by_series,
    count_again,
    explain_statistic,
    explain_withheld,
    set_beside,
)
from api.figures.beside import BEYOND_SURVEY, YEAR, join_windows, match_frames, shift_back
from api.figures.councils import describe_council_gaps
from api.figures.coverage import Need
from api.figures.money import STATISTICS
from api.figures.rollup import Frame, spread
from api.figures.status import NO_COUNT, NO_VALUE, Fact, is_enough
from api.figures.weighted import LEAST_CHANGE
from api.figures.windows import Window, text_of
from api.ground import Ground, build_frame, find_breaks, move_ground
from api.rows import Bits, Bools, Column, Part, gather_facts, list_numerators, list_plain
from api.series import is_ageless
from api.snapshot import SeriesBreak, Snapshot
from api.withholding import find_suppressed

PLACED_MOVED = 0.02
# Columns of before and change that are numbers of the figure.
NUMBERS = 9
# Shares are published in whole points; floating point leaves a crumb after so many decimals.
CRUMB = 9
RATIO_CHANGE = "The two years' ratios stand side by side; of the change of a ratio no interval is given."
AS_PUBLISHED = (
    "Cases as old as the copy they were published in are not compared: take a basis that names their age."
)
TOO_LONG = "A window of more than a year overlaps with the one a year before it."
UNPLACED = "Less than 80% of the events of one of the two years have a location."
NO_POPULATION = "No residents are known for one of the two years."
FORBIDDEN = "Figures before and after a break in the series cannot be compared."


async def compare_with_before(
    conn: Any, snapshot: Snapshot, areas: tuple[str, ...], part: Part, bits: Bits
) -> list[Column]:
    ground, measure = part.ground, part.measure
    windows, count = ground.frame.windows, len(ground.asked)
    earlier = shift_back(windows)
    both = build_frame(snapshot, areas, (*earlier, *windows), ground.series)
    frames = match_frames(both, windows)
    joined = join_windows(both, windows)
    matched = spread(frames[0].months_received, frames[0])[both.needs[:count]]
    expected = np.array([window.months for window in windows])
    times = bits.size // len(windows)
    heads: list[Column] = [
        [text_of(window.first) for window in earlier] * times,
        [text_of(window.last) for window in earlier] * times,
        matched.ravel().tolist(),
    ]
    reasons = Reasons(np.zeros(bits.shape, dtype=np.int64), [None])
    reasons.add((bits & ABSENT) != 0, NO_FIGURE)
    reasons.add(by_series([is_ageless(measure, one.basis) for one in ground.asked], bits), AS_PUBLISHED)
    reasons.add(np.broadcast_to(expected > YEAR, bits.shape), TOO_LONG)
    for part_of, where in find_crossed(ground, joined, "forbid"):
        reasons.add(where, f"{FORBIDDEN} {part_of.explanation}")
    few = ~is_enough(matched, expected) | (matched == 0)
    if measure.kind == "annual":
        for why, where in _explain_years(snapshot, ground, both, few):
            reasons.add(where, why)
    for number in np.unique(matched[few]).tolist():
        for months in np.unique(expected).tolist():
            where = few & (matched == number) & (expected == months)
            reasons.add(where, _explain_few(number, months))
    if reasons.of.all():
        return [*heads, *(repeat(None) for _ in range(NUMBERS)), repeat(()), reasons.list()]
    moved = [move_ground(snapshot, measure, ground, frame, areas) for frame in frames]
    now, before = await count_again(conn, snapshot, moved, part)
    theirs = gather_facts(now) | gather_facts(before)
    reasons.add(await _find_withheld(conn, snapshot, areas, part, both, now, bits), explain_withheld(measure))
    reasons.add((theirs & Fact.UNPLACED) != 0, UNPLACED)
    nothing = reasons.of > 0
    reasons.add((theirs & Fact.NO_POPULATION) != 0, NO_POPULATION)
    if (alone := explain_statistic(measure.statistic, RATIO_CHANGE, None)) is not None:
        reasons.add(np.ones(bits.shape, dtype=bool), alone)
    reasons.add((theirs & NO_VALUE) != 0, NO_FIGURE)
    ratio, difference = set_beside(now, before)
    if measure.statistic in ("rate", "count"):
        reasons.add(np.isnan(ratio[0]), NO_EVENT)
    if measure.statistic in STATISTICS:
        reasons.add(before.figures.value[: len(ground.asked)] == 0, NO_MONEY)
        reasons.add(np.isnan(ratio[0]), BELOW_ZERO)
    silent = reasons.of > 0
    facts = gather_facts(before)
    no_count, no_value = nothing | ((facts & NO_COUNT) != 0), nothing | ((facts & NO_VALUE) != 0)
    if measure.statistic == "ratio":
        no_count = np.ones_like(no_count)
    return [
        *heads,
        list_numerators(before, no_count),
        list_plain(before.figures.denominator[:count], no_count),
        list_plain(before.figures.value[:count], no_value),
        *(list_plain(one, silent) for one in (*ratio, *difference)),
        _list_flags(ground, now, before, joined, nothing),
        reasons.list(),
    ]


async def _find_withheld(
    conn: Any,
    snapshot: Snapshot,
    areas: tuple[str, ...],
    part: Part,
    both: Frame,
    now: Part,
    bits: Bits,
) -> Bools:
    """What is marked small and would say more than the two years' own figures, or stands in neither of them."""
    ground = part.ground
    small = np.array([one.is_small for one in ground.asked])[:, None, None]
    hidden = np.zeros(bits.shape, dtype=bool)
    if not small.any():
        return hidden
    windows, count = ground.frame.windows, len(ground.asked)
    before = await find_suppressed(conn, snapshot, part.measure, ground.asked, areas, shift_back(windows))
    of = both.membership.of
    is_other = of[:, : len(windows)] != of[:, len(windows) :]
    needs, matched = both.needs[:count], now.sums.received[:count]
    received = both.months_received[needs]
    earlier, later = received[..., : len(windows)], received[..., len(windows) :]
    own_before = earlier[:, of[:, : len(windows)], np.arange(len(windows))]
    own_now = later[:, of[:, len(windows) :], np.arange(len(windows))]
    is_partial = (own_before != matched) | (own_now != matched)
    return np.asarray(small & (((bits & Fact.SUPPRESSED) != 0) | before | is_other | is_partial))


def _explain_few(matched: int, months: int) -> str:
    if months == 1:
        return "The month was not received in both years."
    if matched == 0:
        return "No calendar month was received in both years."
    return f"Only {matched} of {months} calendar months were received in both years."


def _explain_years(snapshot: Snapshot, ground: Ground, both: Frame, few: Bools) -> list[tuple[str, Bools]]:
    """Of returns: why the one of two financial years has no figure, or why neither has; where each holds.

    `both` has the years before, then the years themselves. The councils are those of the later year.
    """
    windows, member = ground.frame.windows, both.membership
    found: dict[str, Bools] = {}
    told: dict[tuple[Need, int, Window], str] = {}
    for place, area, column in np.argwhere(few).tolist():
        need, of = ground.asked[place].need, int(member.of[area, len(windows) + column])
        key = need, of, windows[column]
        if key not in told:
            boroughs = np.flatnonzero(member.boroughs[of]).tolist()
            years = (*shift_back([windows[column]]), windows[column])
            gaps = [
                describe_council_gaps(snapshot.coverage, need, boroughs, one.first, one.last) for one in years
            ]
            why = "; ".join(gap for gap in gaps if gap)
            told[key] = f"{why[:1].upper()}{why[1:]}."
        found.setdefault(told[key], np.zeros(few.shape, dtype=bool))[place, area, column] = True
    return list(found.items())


def find_crossed(ground: Ground, joined: Frame, effect: str) -> list[tuple[SeriesBreak, Bools]]:
    """The breaks with an effect that lie between the two years, or within them: where each does."""
    found = []
    for one in dict.fromkeys(part for series in ground.asked for part in series.breaks):
        if one.effect == effect:
            touched = [
                replace(series, breaks=(one,) if one in series.breaks else ()) for series in ground.asked
            ]
            where = find_breaks(touched, joined, effect)
            if where.any():
                found.append((one, where))
    return found


def _list_flags(ground: Ground, now: Part, before: Part, joined: Frame, nothing: Bools) -> Column:
    """What else is true of the change from one year to the next."""
    count = len(ground.asked)
    sums = now.sums
    flagged: list[tuple[str, Bools]] = [
        (f"break:{part.series_break}", where) for part, where in find_crossed(ground, joined, "flag")
    ]
    moved = np.abs(sums.placed_share[:count] - before.sums.placed_share[:count]) > PLACED_MOVED
    flagged.append(("placed_share_moved", moved & ~sums.has_unplaced))
    carried = Fact.CARRIED_FORWARD
    flagged.append(
        ("population_carried_forward", (now.ground.facts & carried) != (before.ground.facts & carried))
    )
    zero = (gather_facts(now) | gather_facts(before)) & Fact.RETURNED_ZERO
    flagged.append(("returned_zero", zero != 0))
    if now.measure.kind == "survey":
        change = np.abs(now.figures.value[:count] - before.figures.value[:count])
        flagged.append((BEYOND_SURVEY, np.round(change, CRUMB) > LEAST_CHANGE))
    matched = sums.received[:count]
    for number in np.unique(matched[matched < sums.expected]).tolist():
        for months in np.unique(sums.expected).tolist():
            where = (matched == number) & (sums.expected == months) & (number < months)
            flagged.append((f"{number} of {months} months", where))
    flagged = [(name, where & ~nothing) for name, where in flagged]
    flagged = [(name, where) for name, where in flagged if where.any()]
    if not flagged:
        return repeat(())
    listed: list[tuple[str, ...]] = [()] * nothing.size
    for name, where in flagged:
        for place in np.flatnonzero(where).tolist():
            listed[place] = (*listed[place], name)
    return listed
