"""Disclosure control of the figures of a request: the pattern of a year, whatever was asked."""

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.disclosure import SAME_PEOPLE, Table, find_withheld, is_small_count
from api.figures.rollup import Frame, Sums
from api.figures.status import is_enough
from api.figures.windows import Window
from api.ground import build_frame
from api.observations import fetch_sums
from api.series import Series, catalogue, describe_series
from api.snapshot import Snapshot
from sql.measure import TOTAL, Measure, load_measures

Bools = NDArray[np.bool_]


async def find_suppressed(
    conn: Any,
    snapshot: Snapshot,
    measure: Measure,
    asked: Sequence[Series],
    areas: Sequence[str],
    windows: tuple[Window, ...],
) -> Bools:
    """Which of the figures asked for are withheld: series × areas × windows."""
    withheld = np.zeros((len(asked), len(areas), len(windows)), dtype=bool)
    areas_at = {code: place for place, code in enumerate(snapshot.areas)}
    for place, one in enumerate(asked):
        if not one.is_small:
            continue
        metric, basis, group = _find_owner(measure, one)
        owner = load_measures()[metric]
        table = _list_table(snapshot, owner, basis, _dimension_of(group))
        at = [part.group for part in table].index(group)
        if owner != measure and table[at].series_id is None:
            # A pattern that cannot be known, since its table was never published, withholds everything.
            withheld[place] = True
            continue
        patterns = await _find_patterns(conn, snapshot, owner, table, windows)
        for column, window in enumerate(windows):
            withheld[place, :, column] = patterns[window][at, [areas_at[code] for code in areas]]
    return withheld


def _find_owner(measure: Measure, one: Series) -> tuple[str, str, str]:
    """Metric, basis and group of the cells whose pattern a series has: its own, or those of the same people."""
    return SAME_PEOPLE.get(measure.metric, (measure.metric, one.basis, one.group))


def _dimension_of(group: str) -> str:
    return group.partition(":")[0]


def _list_table(snapshot: Snapshot, measure: Measure, basis: str, dimension: str) -> list[Series]:
    """All groups that divide the same events, in the order of the catalogue."""
    return [
        describe_series(snapshot, measure, *pair)
        for pair in catalogue(snapshot, measure).codes
        if pair[0] == basis and pair[1].partition(":")[0] == dimension
    ]


async def _find_patterns(
    conn: Any, snapshot: Snapshot, measure: Measure, table: list[Series], windows: tuple[Window, ...]
) -> dict[Window, Bools]:
    """What is withheld in each window: groups × all areas."""
    keys = {
        window: ("withheld", measure.metric, table[0].basis, _dimension_of(table[0].group), window)
        for window in windows
    }
    new = tuple(window for window, key in keys.items() if key not in snapshot.memo)
    if new:
        frame = build_frame(snapshot, tuple(snapshot.areas), new, table)
        sums = await fetch_sums(conn, snapshot, table, frame)
        for column, window in enumerate(new):
            year = _build_table(snapshot, measure, table, frame, sums, column)
            # Many small counts take seconds to protect: meanwhile other requests go on.
            pattern = await asyncio.to_thread(find_withheld, year)
            snapshot.memo[keys[window]] = pattern[: len(table)]
    return {window: snapshot.memo[key] for window, key in keys.items()}


def _build_table(
    snapshot: Snapshot, measure: Measure, table: list[Series], frame: Frame, sums: Sums, column: int
) -> Table:
    held = frame.membership.of[:, column]
    counts = sums.numerator[:, :, column]
    sensitive = [not one.group.endswith(":unknown") for one in table]
    is_share = measure.statistic == "share"
    if is_share:
        # Those who are not counted in the numerator are as few, or as many, as those who are.
        counts = np.concatenate([counts, (sums.base - sums.numerator)[:, :, column]])
        sensitive = sensitive * 2
    received = sums.received[:, :, column]
    shown = np.asarray((is_enough(received, sums.expected[column]) & (received > 0)).any(axis=0))
    return Table(
        counts=counts,
        cells=frame.membership.cells[held],
        siblings=_number_siblings(snapshot, frame.membership.boroughs[held]),
        sensitive=np.array(sensitive),
        shown=shown,
        totals_known=_dimension_of(table[0].group) != TOTAL,
        tied=is_share,
        besides=_find_remainders(measure, table, counts, np.array(sensitive)),
    )


def _find_remainders(
    measure: Measure, table: list[Series], counts: NDArray[np.float64], sensitive: Bools
) -> Bools:
    """The cells of a group that a share counts too, where those whom the share does not count are 1 to 4."""
    found = np.zeros(counts.shape, dtype=bool)
    for place, one in enumerate(table):
        if (measure.metric, one.basis, one.group) in SAME_PEOPLE.values():
            found[place] = is_small_count(counts[sensitive].sum(axis=0) - counts[place])
    return found


def _number_siblings(snapshot: Snapshot, boroughs: NDArray[np.float64]) -> NDArray[np.int64]:
    """The whole that each area is a part of: boroughs by BCU, the BCUs as parts of the Met; else -1."""
    areas = list(snapshot.areas.values())
    siblings = np.full(len(areas), -1, dtype=np.int64)
    for number, (bcu, row) in enumerate(zip(areas, boroughs, strict=True), start=1):
        if bcu.area_kind == "bcu":
            siblings[number - 1] = 0
            for place, area in enumerate(areas):
                if area.borough is not None and row[area.borough]:
                    siblings[place] = number
    return siblings
