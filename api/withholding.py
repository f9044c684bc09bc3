"""Disclosure control of the figures of a request: the pattern of a year, whatever was asked.

The pattern of a family of figures (`api.figures.families`) is found of all areas, all groups and all releases at
once, from the database alone: every worker finds the same, whatever it was asked first.
"""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.calendar_years import find_withheld_calendar
from api.figures.councils import PAYMENTS
from api.figures.disclosure import Places, Table, find_withheld, is_small_count, lay_places
from api.figures.families import Family, find_family
from api.figures.money import MoneyFrame
from api.figures.status import is_enough
from api.figures.windows import DECEMBER, MARCH, Window
from api.ground import build_frame
from api.money import find_withheld as find_withheld_money
from api.series import Series
from api.snapshot import Snapshot, is_met_wide
from api.versions import History, Version, fetch_history
from sql.measure import Measure

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

# Where an area of the whole Met has to be chosen before others.
MET = "met"
# How much dearer it is to withhold a figure of the whole Met area than another of the same count.
MET_COST = 100.0


async def find_suppressed(
    conn: Any,
    snapshot: Snapshot,
    measure: Measure,
    asked: Sequence[Series],
    areas: Sequence[str],
    windows: tuple[Window, ...],
) -> Bools:
    """Which of the figures asked for are withheld: series × areas × windows.

    What no family knows, and what is neither a financial nor a calendar year, is withheld everywhere.
    """
    return await _look_up(conn, snapshot, measure, asked, areas, windows, is_unknown=False)


async def find_unknown_suppressed(
    conn: Any,
    snapshot: Snapshot,
    measure: Measure,
    asked: Sequence[Series],
    areas: Sequence[str],
    windows: tuple[Window, ...],
) -> Bools:
    """In which of the figures asked for the number of those of whom nothing is known is withheld, and all that
    tells it: the known share, the band. Series × areas × windows.
    """
    return await _look_up(conn, snapshot, measure, asked, areas, windows, is_unknown=True)


async def _look_up(
    conn: Any,
    snapshot: Snapshot,
    measure: Measure,
    asked: Sequence[Series],
    areas: Sequence[str],
    windows: tuple[Window, ...],
    *,
    is_unknown: bool,
) -> Bools:
    withheld = np.zeros((len(asked), len(areas), len(windows)), dtype=bool)
    if not any(one.is_small for one in asked):
        return withheld
    if measure.source == PAYMENTS:
        frame = build_frame(snapshot, areas, windows, asked)
        assert isinstance(frame, MoneyFrame)
        bases = [one.basis if one.is_small else None for one in asked]
        return await find_withheld_money(conn, snapshot, bases, frame)
    at = {code: place for place, code in enumerate(snapshot.areas)}
    places = [at[code] for code in areas]
    for row, one in enumerate(asked):
        if not one.is_small:
            continue
        family = find_family(measure.metric, one.group) if one.basis == measure.basis_codes[0] else None
        for column, window in enumerate(windows):
            if family is None:
                withheld[row, :, column] = True
                continue
            pattern = await _find_pattern(conn, snapshot, family, window)
            groups = family.shows[measure.metric, one.group]
            if is_unknown:
                groups = (family.unknown[measure.metric],) if measure.metric in family.unknown else ()
            withheld[row, :, column] = _of_groups(family, groups, pattern)[places]
    return withheld


def _of_groups(family: Family, groups: Sequence[str], pattern: Bools) -> Bools:
    """Where a figure is withheld (areas), from what is withheld of the groups it shows."""
    names = [one.name for one in family.groups]
    return np.asarray(pattern[[names.index(name) for name in groups]].any(axis=0))


async def _find_pattern(conn: Any, snapshot: Snapshot, family: Family, window: Window) -> Bools:
    """What is withheld of a family in a window: groups × all areas."""
    key = "withheld", family.name, window
    if key not in snapshot.memo:
        snapshot.memo[key] = await _work_out(conn, snapshot, family, window)
    found: Bools = snapshot.memo[key]
    return found


async def _work_out(conn: Any, snapshot: Snapshot, family: Family, window: Window) -> Bools:
    everything = np.ones((len(family.groups), len(snapshot.areas)), dtype=bool)
    if window.months != 12 or window.last % 12 not in (MARCH, DECEMBER):
        return everything
    if window.last % 12 == DECEMBER:
        found = await _work_out_calendar(conn, snapshot, family, window)
    else:
        history = await fetch_history(conn, snapshot, family, window)
        # A pattern that cannot be known, since a part of its table was never published, withholds everything.
        if history is None:
            return everything
        found = await asyncio.to_thread(_protect_year, snapshot, family, history)
    if family.is_met_only:
        found[:, [code != MET for code in snapshot.areas]] = True
    if family.within is not None:
        outer = find_family(*family.within)
        assert outer is not None
        pattern = await _find_pattern(conn, snapshot, outer, window)
        found = found | _of_groups(outer, outer.shows[family.within], pattern)
    return found


def _protect_year(snapshot: Snapshot, family: Family, history: History) -> Bools:
    """The pattern of a financial year: groups × areas."""
    tables = _list_tables(snapshot, family, history)
    if not tables:
        return np.zeros((len(family.groups), len(snapshot.areas)), dtype=bool)
    return find_withheld(family, tables)[:, : len(snapshot.areas)]


def _list_tables(snapshot: Snapshot, family: Family, history: History) -> list[Table]:
    """The tables of the releases. Beyond the areas they have what lies in one Met area and not in another."""
    areas = list(snapshot.areas.values())
    wide = [place for place, area in enumerate(areas) if is_met_wide(area)]
    is_served = np.array([not family.is_met_only or area.area_code == MET for area in areas])
    tables: list[Table] = []
    before: list[tuple[Version, Bools, Counts]] = []
    for version in history.versions:
        received = version.received
        shown = (
            is_enough(received.sum(axis=1), np.array(received.shape[1])) & received.any(axis=1) & is_served
        )
        counts, holds = _split_by_receipt(version, history.cells)
        gaps = [
            holds[a] - holds[b]
            for a in wide
            for b in wide
            if shown[a]
            and shown[b]
            and a != b
            and (holds[a] >= holds[b]).all()
            and (holds[a] > holds[b]).any()
        ]
        places, counts = _lay(snapshot, np.array([*(holds * shown[:, None]), *gaps]), counts)
        more = np.zeros(len(gaps), dtype=bool)
        shown_all = np.concatenate([shown, more])
        watched = np.broadcast_to(np.concatenate([shown, ~more]), (len(counts), len(shown_all))).copy()
        # That a search has no borough is told of all searches together, by month.
        watched[0, len(shown) :] = False
        figures = counts @ places.holds.T
        besides = np.zeros(watched.shape, dtype=bool)
        for other, then, held in before:
            differs = (other.received != received).any(axis=1) & then & shown
            grown = is_small_count(np.abs(figures[:, : len(shown)] - held)) & differs
            besides[:, : len(shown)] |= grown
        before.append((version, shown, figures[:, : len(shown)]))
        tables.append(Table(counts, places, shown_all, watched, besides))
    width = max((len(table.shown) for table in tables), default=0)
    return [_widen(table, width) for table in tables]


def _split_by_receipt(version: Version, cells: NDArray[np.float64]) -> tuple[Counts, NDArray[np.float64]]:
    """Counts (groups × parts) and what areas hold of them, a cell divided by which areas received its months."""
    kinds, kind_of = np.unique(version.received, axis=1, return_inverse=True)
    kind_of = kind_of.ravel()
    counts = [version.counts[:, :, kind_of == kind].sum(axis=2) for kind in range(kinds.shape[1])]
    holds = [cells * kinds[:, [kind]] for kind in range(kinds.shape[1])]
    return np.concatenate(counts, axis=1), np.concatenate(holds, axis=1)


def _lay(snapshot: Snapshot, holds: NDArray[np.float64], counts: Counts) -> tuple[Places, Counts]:
    """The places of areas × parts, those without any event left out, and the counts by place."""
    areas = list(snapshot.areas.values())
    cost = np.ones(len(holds))
    cost[: len(areas)] = [MET_COST if is_met_wide(area) else 1.0 for area in areas]
    units = np.zeros(len(holds), dtype=bool)
    units[: len(areas)] = [area.area_kind == "bcu" for area in areas]
    busy = counts.any(axis=0)
    places, place_of = lay_places(holds * busy, cost, units)
    by_place = np.zeros((len(counts), places.holds.shape[1]), dtype=np.int64)
    np.add.at(by_place.T, place_of[place_of >= 0], counts.T[place_of >= 0])
    return places, by_place


def _widen(table: Table, width: int) -> Table:
    """The same table with as many areas as the widest release has, the last of them empty."""
    more = width - len(table.shown)
    if not more:
        return table
    places = table.places
    return Table(
        counts=table.counts,
        places=Places(
            np.pad(places.holds, ((0, more), (0, 0))),
            np.pad(places.cost, (0, more)),
            places.moves,
            np.pad(places.touched, ((0, 0), (0, more))),
        ),
        shown=np.pad(table.shown, (0, more)),
        watched=np.pad(table.watched, ((0, 0), (0, more))),
        besides=None if table.besides is None else np.pad(table.besides, ((0, 0), (0, more))),
    )


async def _work_out_calendar(conn: Any, snapshot: Snapshot, family: Family, window: Window) -> Bools:
    """The pattern of a calendar year: everything but the areas that hold the whole Met area is withheld."""
    areas = list(snapshot.areas.values())
    found = np.ones((len(family.groups), len(areas)), dtype=bool)
    wide = sorted(
        (place for place, area in enumerate(areas) if is_met_wide(area)),
        key=lambda place: areas[place].area_code != MET,
    )
    years = Window(window.first - 9, window.first + 2), Window(window.last - 8, window.last + 3)
    hidden = np.zeros((len(family.groups), len(wide)), dtype=bool)
    for year in years:
        hidden |= (await _find_pattern(conn, snapshot, family, year))[:, wide]
    history = await fetch_history(conn, snapshot, family, Window(years[0].first, years[1].last))
    if history is None:
        return found
    found[:, wide] = find_withheld_calendar(family, hidden, _list_parts(history, wide))
    return found


def _list_parts(history: History, wide: list[int]) -> list[Counts]:
    """By release, and by what one release has beyond another: counts as parts × groups × Met areas.

    The parts of the 24 months are April to December, January to March, and the same again.
    """
    edges = (0, 9, 12, 21, 24)
    held = history.cells[wide]
    listed: list[Counts] = []
    seen: list[tuple[Bools, Counts]] = []
    for version in history.versions:
        received = version.received[wide]
        by_month = np.einsum("gcm,ac,am->gam", version.counts, held, received).astype(np.int64)
        parts = np.stack([by_month[:, :, a:b].sum(axis=2) for a, b in pairwise(edges)])
        listed.append(parts)
        for other, then in seen:
            differs = np.stack([(other != received)[:, a:b].any(axis=1) for a, b in pairwise(edges)])
            listed.append(np.where(differs[:, None, :], np.abs(parts - then), 0))
        seen.append((received, parts))
    return listed
