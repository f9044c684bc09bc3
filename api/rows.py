"""From arrays of figures to rows for the wire: nulls where nothing may be said, status, flags, reasons."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.compute import METHODS, Figures
from api.figures.coverage import FORCES
from api.figures.money import PENCE, STATISTICS, MoneyFrame
from api.figures.ratio import Band, find_differences
from api.figures.reasons import explain
from api.figures.rollup import Sums
from api.figures.status import (
    FEW,
    NEEDS_EVENTS,
    NO_COUNT,
    NO_VALUE,
    NOT_APPLICABLE,
    OF_WINDOW,
    Fact,
    Setting,
    choose_status,
    combine,
    list_flags,
)
from api.figures.weighted import SurveyFrame
from api.ground import Ground
from api.model import RatioRow, ValueRow, ValuesRequest
from api.series import Series
from api.snapshot import Snapshot
from sql.measure import Measure

Bools = NDArray[np.bool_]
Bits = NDArray[np.int64]
Column = Iterable[Any]

# The last word of a basis in real terms.
REAL = "real"
NO_OTHER_FORCES = Fact.NO_AREA | Fact.NO_GROUP | Fact.FORBIDDEN | Fact.UNPLACED | Fact.NOT_COUNTED


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one metric. Arrays of sums and figures may hold companions after the series asked for.

    `facts` are those that follow from what was counted.
    """

    measure: Measure
    ground: Ground
    sums: Sums
    figures: Figures
    bands: Sequence[Band | None] | None
    facts: Mapping[int, Bools]


def write_rows(
    snapshot: Snapshot,
    request: ValuesRequest,
    part: Part,
    row_type: type[ValueRow],
    more: Sequence[Column] = (),
) -> list[ValueRow]:
    """The rows of one metric, by series, area and window; `more` are columns to stand after its own."""
    series = part.ground.asked
    count = len(series)
    sums, figures = part.sums, part.figures
    bits = gather_facts(part)
    no_count = (bits & NO_COUNT) != 0
    small = np.array([one.is_small for one in series])[:, None, None]
    no_count |= small & ((bits & Fact.FEW_RECEIVED) != 0)
    no_value = (bits & NO_VALUE) != 0
    # Where nothing was received from the home force, what other forces recorded there still stands.
    no_other = small | ((bits & NO_OTHER_FORCES) != 0)
    # A survey publishes shares, and no answers to count; of money no force is another.
    is_survey, is_money = part.measure.kind == "survey", part.measure.statistic in STATISTICS
    # Of few people counted alone it would tell how many are of unknown age or ethnicity.
    no_unknown = ((bits & Fact.UNKNOWN_WITHHELD) != 0) | (small & (part.measure.statistic == "count"))
    *named, groups, bases = part.ground.heads
    columns: list[Column] = [
        repeat(part.measure.metric),
        *named,
        repeat(request.window),
        groups,
        bases,
        list_numerators(part, no_count),
        list_plain(figures.denominator[:count], no_count),
        list_plain(figures.value[:count], no_value),
        list_plain(figures.lower[:count], no_value),
        list_plain(figures.upper[:count], no_value),
        _list_methods(snapshot, part, no_value),
        repeat(sums.method_version or part.measure.method_version),
        *_say(snapshot, part, bits),
        sums.expected.tolist() * (count * len(request.areas)),
        sums.received[:count].ravel().tolist(),
        list_plain(sums.placed_share[:count], None),
        list_plain(figures.known_share[:count], no_count | no_unknown),
        list_whole(sums.unplaced[:count], no_count | small | ~sums.has_unplaced),
        list_whole(sums.other_forces[:count], no_other | is_survey | is_money),
        repeat(snapshot.release.release if snapshot.release else None),
        repeat(request.as_of_text),
    ]
    if issubclass(row_type, RatioRow):
        columns += _list_ratio_columns(part, no_count, no_value, no_unknown)
    columns += more
    make: Callable[..., ValueRow] = row_type
    return list(map(make, *columns))


def gather_facts(part: Part) -> Bits:
    """Everything true of the figures: what stood before, and what follows from the counts."""
    before = part.ground.facts
    counted = combine(part.facts, before.shape)
    if counted.any():
        counted &= ~np.where(before & (Fact.NONE_RECEIVED | Fact.NOT_COUNTED | Fact.YOUNG), NEEDS_EVENTS, 0)
        counted &= ~np.where(before & NOT_APPLICABLE, NEEDS_EVENTS, 0)
        counted &= ~np.where(counted & Fact.UNDEFINED, FEW, 0)
        small = np.array([one.is_small for one in part.ground.asked])[:, None, None]
        # Whatever else is true of a withheld figure would tell of its count.
        is_silent = (counted & Fact.SUPPRESSED != 0) | (small & (before & NO_VALUE != 0))
        counted &= ~np.where(is_silent, ~Fact.SUPPRESSED, 0)
        facts = before | counted
        counted &= ~np.where(facts & NO_VALUE, Fact.INTERVAL_HAS_ONE, 0)
        counted &= ~np.where(small | (facts & NO_COUNT != 0), Fact.HAS_UNPLACED, 0)
    return np.asarray(before | counted)


def _say(snapshot: Snapshot, part: Part, bits: Bits) -> tuple[Column, Column, Column]:
    """Status, flags and reason of each figure. Figures of the same facts in the same setting share them.

    Months are part of the setting only where the words depend on them.
    """
    statuses: list[str] = ["ok"] * bits.size
    flags: list[tuple[str, ...]] = [()] * bits.size
    reasons: list[str | None] = [None] * bits.size
    ground = part.ground
    member, said = ground.frame.membership, ground.said
    profiles: dict[object, int] = {}
    profile = [
        profiles.setdefault((one.need, one.breaks, one.population), len(profiles)) for one in ground.asked
    ]
    at = np.flatnonzero(bits)
    if not at.size:
        return statuses, flags, reasons
    places, areas, columns = np.unravel_index(at, bits.shape)
    held = member.of[areas, columns]
    needed = np.packbits(member.forces, axis=1, bitorder="little")[held, 0]
    if isinstance(ground.frame, MoneyFrame):
        needed = held  # each membership has councils of its own
    facts = bits.ravel()[at]
    when = np.where(facts & OF_WINDOW, columns, -1)
    keys = (facts, np.array(profile)[places], needed, when, member.began[held])
    for position, key in zip(at.tolist(), zip(*(part.tolist() for part in keys), strict=True), strict=True):
        words = said.get(key)
        if words is None:
            true, which, forces, _, began = key
            one = ground.asked[profile.index(which)]
            setting = _describe_setting(snapshot, part, one, position, forces, began)
            words = said[key] = (
                choose_status(true),
                list_flags(true, setting),
                explain(true, setting, snapshot.coverage),
            )
        statuses[position], flags[position], reasons[position] = words
    return statuses, flags, reasons


def _describe_setting(
    snapshot: Snapshot, part: Part, one: Series, position: int, forces: int, began: int
) -> Setting:
    """The setting of the figure at a position. `forces` has a bit for each of `FORCES`; of money it is the membership."""
    exposure = snapshot.exposures.get(one.population or "")
    windows = part.ground.frame.windows
    boroughs: tuple[int, ...] = ()
    if isinstance(part.ground.frame, MoneyFrame):
        boroughs = tuple(np.flatnonzero(part.ground.frame.membership.boroughs[forces]).tolist())
        policed: tuple[int, ...] = ()
    else:
        policed = tuple(force for place, force in enumerate(FORCES) if forces >> place & 1)
    return Setting(
        statistic=part.measure.statistic,
        need=one.need,
        forces=policed,
        window=windows[position % len(windows)],
        months_received=int(part.sums.received.flat[position]),
        breaks=tuple(
            (b.series_break, b.month, b.effect, b.explanation) for b in one.breaks if b.concerns(policed)
        ),
        began=began,
        first_estimate=None if exposure is None or exposure.is_census else int(exposure.years[0]),
        provisional=part.measure.provisional,
        boroughs=boroughs,
    )


def _list_methods(snapshot: Snapshot, part: Part, no_value: Bools) -> Column:
    """The interval's method, and the vintage of the population under a rate; "none" where there is no value."""
    plain, exact = METHODS[part.measure.statistic]
    listed: list[str] = []
    for one, is_exact in zip(part.ground.asked, part.figures.is_exact, strict=False):
        exposure = snapshot.exposures.get(one.population or "")
        tail = f"; residents: {exposure.vintage}" if exposure else ""
        if part.measure.statistic in STATISTICS:
            tail += _name_prices(snapshot, one.basis)
        names = [plain + tail] * is_exact.size
        for position in np.flatnonzero(is_exact).tolist():
            names[position] = exact + tail
        if isinstance(part.ground.frame, SurveyFrame):
            # the share of one borough stands as published
            names = [
                name if is_weighted else plain
                for name, is_weighted in zip(names, part.ground.frame.is_weighted.flat, strict=True)
            ]
        listed += names
    for position in np.flatnonzero(no_value).tolist():
        listed[position] = "none"
    return listed


def _name_prices(snapshot: Snapshot, basis: str) -> str:
    """In whose prices an amount in real terms is."""
    deflators = snapshot.release.deflators if snapshot.release else None
    return f"; real: {deflators}" if deflators and basis.rpartition("_")[2] == REAL else ""


def _list_ratio_columns(part: Part, no_count: Bools, no_value: Bools, no_unknown: Bools) -> list[Column]:
    count = len(part.ground.asked)
    if part.bands is None:
        return [repeat(None)] * 8
    sums, figures = part.sums, part.figures
    a, b = sums.numerator[:count], sums.reference[:count]
    n, m = figures.denominator[:count], figures.reference_denominator[:count]
    rate_difference, number = find_differences(a, n, b, m)
    blank = np.full(no_count.shape[1:], np.nan)
    low = np.stack([blank if band is None else band.low for band in part.bands])
    high = np.stack([blank if band is None else band.high for band in part.bands])
    silent = (no_value | no_unknown).ravel().tolist()
    verdicts = [
        text for band in part.bands for text in ([None] * blank.size if band is None else band.verdicts)
    ]
    return [
        list_whole(b, no_count),
        list_plain(m, no_count),
        list_whole(sums.unknown[:count], no_count | no_unknown),
        # The band counts the unknowns to one side and to the other, and so tells how many they are.
        list_plain(low, no_value | no_unknown),
        list_plain(high, no_value | no_unknown),
        list_plain(rate_difference, no_value),
        list_plain(number, no_value),
        [None if is_silent else text for is_silent, text in zip(silent, verdicts, strict=True)],
    ]


def list_numerators(part: Part, null: Bools) -> Column:
    """What is counted of each series asked for, None where null: money in pounds; of a survey nothing."""
    numerators = part.sums.numerator[: len(part.ground.asked)]
    if part.measure.statistic in STATISTICS:
        return list_plain(numerators / PENCE, null)
    return list_whole(numerators, null | (part.measure.kind == "survey"))


def list_plain(values: NDArray[np.float64], null: Bools | None) -> Column:
    """Floats, None where null or NaN."""
    blank = np.isnan(values)
    return _list_but(values, blank if null is None else blank | null)


def list_whole(values: NDArray[np.float64], null: Bools) -> Column:
    """Whole numbers, None where null."""
    return _list_but(values.astype(np.int64), np.broadcast_to(null, values.shape))


def _list_but(values: NDArray[Any], blank: Bools) -> Column:
    if blank.all():
        return repeat(None)
    listed: list[Any] = values.ravel().tolist()
    for position in np.flatnonzero(blank).tolist():
        listed[position] = None
    return listed
