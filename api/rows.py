"""From arrays of figures to rows for the wire: nulls where nothing may be said, status, flags, reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.compute import METHODS, Figures
from api.figures.coverage import FORCES, Need
from api.figures.ratio import Band, find_differences
from api.figures.rollup import Frame, Sums
from api.figures.status import (
    DAYTIME_BOROUGHS,
    ENOUGH_PLACED,
    NO_COUNT,
    NO_VALUE,
    Fact,
    Setting,
    choose_status,
    combine,
    explain,
    is_enough,
    list_flags,
)
from api.figures.windows import text_of
from api.model import RatioRow, ValueRow, ValuesRequest
from api.series import Series
from api.snapshot import Snapshot
from sql.measure import Measure

Bools = NDArray[np.bool_]

PLAIN: tuple[str, tuple[str, ...], str | None] = ("ok", (), None)


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one metric. `series` are those asked for; arrays may hold companions after them."""

    measure: Measure
    series: Sequence[Series]
    frame: Frame
    sums: Sums
    figures: Figures
    bands: Sequence[Band | None] | None
    facts: Mapping[Fact, Bools]


def write_rows(
    snapshot: Snapshot, request: ValuesRequest, part: Part, row_type: type[ValueRow]
) -> list[ValueRow]:
    """The rows of one metric, by series, area and window."""
    count = len(part.series)
    sums, figures = part.sums, part.figures
    bits = _gather_facts(snapshot, request, part)
    no_count = (bits & int(NO_COUNT)) != 0
    small = np.array([one.is_small for one in part.series])[:, None, None]
    no_count |= small & ((bits & int(Fact.FEW_RECEIVED)) != 0)
    no_value = (bits & int(NO_VALUE)) != 0
    # Where nothing was received from the home force, what other forces recorded there still stands.
    no_other = small | ((bits & int(Fact.NO_AREA | Fact.NO_GROUP | Fact.FORBIDDEN | Fact.UNPLACED)) != 0)
    columns = [
        _whole(sums.numerator[:count], no_count),
        _plain(figures.denominator[:count], no_count),
        _plain(figures.value[:count], no_value),
        _plain(figures.lower[:count], no_value),
        _plain(figures.upper[:count], no_value),
        _list_methods(snapshot, part),
        *_say(snapshot, part, bits),
        np.broadcast_to(sums.expected, bits.shape).ravel().tolist(),
        sums.received[:count].ravel().tolist(),
        _plain(sums.placed_share[:count], np.zeros(bits.shape, dtype=bool)),
        _plain(figures.known_share[:count], no_count),
        _whole(sums.unplaced[:count], no_count | small | ~sums.has_unplaced),
        _whole(sums.other_forces[:count], no_other),
    ]
    if row_type is RatioRow:
        columns += _list_ratio_columns(part, no_count, no_value)
    return _assemble(snapshot, request, part, row_type, columns)


def _assemble(
    snapshot: Snapshot, request: ValuesRequest, part: Part, row_type: type[ValueRow], columns: list[list[Any]]
) -> list[ValueRow]:
    metric, version = part.measure.metric, part.measure.method_version
    release = snapshot.release.release if snapshot.release else None
    areas = [snapshot.areas[code] for code in request.areas]
    spans = [(text_of(window.first), text_of(window.last)) for window in part.frame.windows]
    window, as_of = request.window, request.as_of_text
    make: Callable[..., ValueRow] = row_type
    heads = [
        (metric, area.area_code, area.area_name, area.area_kind, *span, window, one.group, one.basis)
        for one in part.series
        for area in areas
        for span in spans
    ]
    # numerator to method; the version; status to other_forces_numerator; release and as_of; ratio fields
    return [
        make(*head, *cells[:6], version, *cells[6:15], release, as_of, *cells[15:])
        for head, cells in zip(heads, zip(*columns, strict=True), strict=True)
    ]


def _gather_facts(snapshot: Snapshot, request: ValuesRequest, part: Part) -> NDArray[np.int64]:
    sums, member = part.sums, part.frame.membership
    count = len(part.series)
    shape = sums.numerator[:count].shape
    received, expected = sums.received[:count], sums.expected
    enough = is_enough(received, expected)
    none = received == 0
    starts = np.array([window.first for window in part.frame.windows])
    daytime = [snapshot.areas[code].borough in DAYTIME_BOROUGHS for code in request.areas]

    def by_series(truths: list[bool]) -> Bools:
        return np.array(truths, dtype=bool)[:, None, None]

    is_rate = part.measure.statistic == "rate"
    no_rate = by_series([one.is_unknown for one in part.series])
    facts = dict(part.facts)
    facts[Fact.NO_POPULATION] = facts.get(Fact.NO_POPULATION, np.zeros(1, dtype=bool)) & ~none & ~no_rate
    for fact in (Fact.UNDEFINED, Fact.FEW_EVENTS, Fact.FEW_RESIDENTS, Fact.FEW_CASES):
        facts[fact] = facts.get(fact, np.zeros(1, dtype=bool)) & ~none
    facts |= {
        Fact.NO_AREA: member.is_empty[member.of],
        Fact.NO_GROUP: by_series([one.is_absent for one in part.series]),
        Fact.UNKNOWN_GROUP: no_rate,
        Fact.FORBIDDEN: _find_breaks(part, "forbid"),
        Fact.CROSSES_BREAK: _find_breaks(part, "flag"),
        Fact.NONE_RECEIVED: none,
        Fact.FEW_RECEIVED: ~none & ~enough,
        Fact.SOME_MISSING: enough & (received < expected),
        Fact.UNPLACED: ~none & ~sums.has_unplaced & (sums.placed_share[:count] < ENOUGH_PLACED),
        Fact.REVISED: sums.revised[:count],
        Fact.BEGAN_LATER: (member.began[member.of] > starts) & ~member.is_empty[member.of],
        Fact.DAYTIME: np.array(daytime, dtype=bool)[:, None] & is_rate,
    }
    return combine(facts, shape)


def _find_breaks(part: Part, effect: str) -> Bools:
    return np.array(
        [
            [
                any(b.effect == effect and w.first < b.month <= w.last for b in one.breaks)
                for w in part.frame.windows
            ]
            for one in part.series
        ],
        dtype=bool,
    )[:, None, :]


def _say(snapshot: Snapshot, part: Part, bits: NDArray[np.int64]) -> tuple[list[Any], list[Any], list[Any]]:
    """Status, flags and reason of each figure. Figures of the same facts in the same setting share them."""
    member = part.frame.membership
    said: dict[tuple[int, ...], tuple[str, tuple[str, ...], str | None]] = {}
    told: list[tuple[str, tuple[str, ...], str | None]] = []
    needed = [tuple(np.array(FORCES)[row].tolist()) for row in member.forces]
    of, began = member.of.tolist(), member.began.tolist()
    which_forces = [sum(forces) for forces in needed]
    profiles = list(dict.fromkeys((one.need, one.breaks, one.population) for one in part.series))
    received = part.sums.received.tolist()
    for place, one in enumerate(part.series):
        profile = profiles.index((one.need, one.breaks, one.population))
        for area, row in enumerate(bits[place].tolist()):
            for column, facts in enumerate(row):
                if not facts:
                    told.append(PLAIN)
                    continue
                held = of[area][column]
                key = facts, profile, which_forces[held], column, began[held]
                if key not in said:
                    setting = _describe_setting(
                        snapshot, part, one, column, needed[held], received[place][area][column], began[held]
                    )
                    reason = explain(facts, setting, snapshot.coverage)
                    said[key] = choose_status(facts), list_flags(facts, setting), reason
                told.append(said[key])
    statuses, flags, reasons = zip(*told, strict=True)
    return list(statuses), list(flags), list(reasons)


def _describe_setting(
    snapshot: Snapshot,
    part: Part,
    one: Series,
    column: int,
    forces: tuple[int, ...],
    received: int,
    began: int,
) -> Setting:
    exposure = snapshot.exposures.get(one.population or "")
    yearly = exposure is not None and not exposure.is_census
    return Setting(
        statistic=part.measure.statistic,
        need=Need(one.need.source, one.need.field, one.need.words),
        forces=forces,
        window=part.frame.windows[column],
        months_received=received,
        breaks=tuple((b.series_break, b.month, b.effect, b.explanation) for b in one.breaks),
        began=began,
        first_estimate=int(exposure.years[0]) if exposure is not None and yearly else None,
    )


def _list_methods(snapshot: Snapshot, part: Part) -> list[str]:
    """The interval's method, and the vintage of the population under a rate."""
    plain, exact = METHODS[part.measure.statistic]
    names = []
    for one in part.series:
        exposure = snapshot.exposures.get(one.population or "")
        tail = f"; residents: {exposure.vintage}" if exposure else ""
        names.append((plain + tail, exact + tail))
    shape = part.figures.is_exact[: len(names)].shape
    return [
        names[place][is_exact]
        for place, row in enumerate(part.figures.is_exact[: shape[0]].reshape(shape[0], -1).tolist())
        for is_exact in row
    ]


def _list_ratio_columns(part: Part, no_count: Bools, no_value: Bools) -> list[list[Any]]:
    count, size = len(part.series), no_count.size
    if part.bands is None:
        return [[None] * size for _ in range(8)]
    sums, figures = part.sums, part.figures
    a, b = sums.numerator[:count], sums.reference[:count]
    n, m = figures.denominator[:count], figures.reference_denominator[:count]
    rate_difference, number = find_differences(a, n, b, m)
    blank = np.full(no_count.shape[1:], np.nan)
    low = np.stack([blank if band is None else band.low for band in part.bands])
    high = np.stack([blank if band is None else band.high for band in part.bands])
    silent = no_value.ravel().tolist()
    verdicts = [
        text for band in part.bands for text in ([None] * blank.size if band is None else band.verdicts)
    ]
    return [
        _whole(b, no_count),
        _plain(m, no_count),
        _whole(sums.unknown[:count], no_count),
        _plain(low, no_value),
        _plain(high, no_value),
        _plain(rate_difference, no_value),
        _plain(number, no_value),
        [None if is_silent else text for is_silent, text in zip(silent, verdicts, strict=True)],
    ]


def _plain(values: NDArray[np.float64], null: Bools) -> list[Any]:
    """Floats, None where null or NaN."""
    found = values.astype(object)
    found[np.isnan(values) | null] = None
    return found.ravel().tolist()


def _whole(values: NDArray[np.float64], null: Bools) -> list[Any]:
    """Whole numbers, None where null."""
    found = values.astype(np.int64).astype(object)
    found[np.broadcast_to(null, found.shape)] = None
    return found.ravel().tolist()
