"""Observations and populations for the figures of a request: the one reader of observations."""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.coverage import read_receipt
from api.figures.exposure import BOROUGHS
from api.figures.membership import Membership, resolve_memberships
from api.figures.rollup import Frame, Sums, add_person_time, add_up, build_cube, find_carried_forward
from api.figures.windows import Window, first_day
from api.series import Series
from api.snapshot import Snapshot
from sql.queries import load

# Series × months held at a time: about 2.8 KB each.
MOST_CELLS = 4_000
MEMBERSHIPS_KEPT = 64

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def build_frame(
    snapshot: Snapshot, areas: Sequence[str], windows: tuple[Window, ...], series: Sequence[Series]
) -> Frame:
    """What the series are rolled up over: the months of all windows, the memberships, the receipts."""
    first, last = min(window.first for window in windows), max(window.last for window in windows)
    needs = list(dict.fromkeys(one.need for one in series))
    return Frame(
        first=first,
        last=last,
        windows=windows,
        membership=_resolve(snapshot, tuple(areas), windows),
        receipts=tuple(read_receipt(snapshot.coverage, need, first, last) for need in needs),
        needs=np.array([needs.index(one.need) for one in series]),
    )


def _resolve(snapshot: Snapshot, areas: tuple[str, ...], windows: tuple[Window, ...]) -> Membership:
    """The memberships of areas in windows; those asked for last are kept with the snapshot."""
    kept: dict[Any, Membership] = snapshot.memo.setdefault("memberships", {})
    key = areas, windows
    if key not in kept:
        if len(kept) >= MEMBERSHIPS_KEPT:
            kept.clear()
        members = [snapshot.members.get(code, ()) for code in areas]
        kept[key] = resolve_memberships(members, windows, snapshot.home_forces)
    return kept[key]


async def fetch_sums(conn: Any, snapshot: Snapshot, series: Sequence[Series], frame: Frame) -> Sums:
    """The sums of each series over the areas and windows of a frame."""
    size = max(1, MOST_CELLS // frame.months)
    parts = []
    for start in range(0, len(series), size):
        some = slice(start, start + size)
        # A series that was never published has no id; any number that no series has will do.
        ids = [
            -1 - place if one.series_id is None else one.series_id for place, one in enumerate(series[some])
        ]
        rows = await _fetch_observations(conn, snapshot, [one for one in ids if one >= 0], frame)
        starts = [
            (first_day(month) - first_day(frame.first)).days for month in range(frame.first, frame.last + 1)
        ]
        parts.append(add_up(build_cube(rows[:, 1:], ids, starts), replace(frame, needs=frame.needs[some])))
    if len(parts) == 1:
        return parts[0]
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Sums)
        if getattr(parts[0], field.name).ndim == 3
    }
    return replace(parts[0], **joined)


async def _fetch_observations(
    conn: Any, snapshot: Snapshot, ids: list[int], frame: Frame
) -> NDArray[np.int64]:
    """Rows of the columns of observation_current.sql."""
    boroughs = np.unique(np.flatnonzero(frame.membership.cells.any(axis=0)) // 2 - 1).tolist()
    arguments = ids, first_day(frame.first), first_day(frame.last), boroughs
    if snapshot.is_latest:
        rows = await conn.fetch(load("observation_current"), *arguments)
        # A release may have come since the snapshot was loaded: then its own observations are past ones.
        if not rows or rows[0]["release_id"] == snapshot.release_id:
            return _pack(rows)
    return _pack(await conn.fetch(load("observation_past"), *arguments, snapshot.release_id))


def _pack(rows: Sequence[Any]) -> NDArray[np.int64]:
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
    return flat.reshape(len(rows), -1) if rows else np.zeros((0, 10), dtype=np.int64)


def add_persons(snapshot: Snapshot, populations: Sequence[str | None], frame: Frame) -> Floats:
    """Person-years of each series' population; NaN where it has none."""
    names = list(dict.fromkeys(populations))
    blank = np.full((BOROUGHS, frame.months), np.nan)
    found = [snapshot.exposures.get(name or "") for name in names]
    persons = [blank if one is None else one.persons_by_month(frame.first, frame.last) for one in found]
    return add_person_time(np.stack(persons), np.array([names.index(name) for name in populations]), frame)


def find_carried(snapshot: Snapshot, series: Sequence[Series], frame: Frame) -> Bools:
    """Where a figure stands on a population carried forward from an earlier year."""
    none = np.zeros(frame.months, dtype=bool)
    carried = []
    for one in series:
        exposure = snapshot.exposures.get(one.population or "")
        carried.append(none if exposure is None else exposure.is_carried_forward(frame.first, frame.last))
    return find_carried_forward(np.stack(carried), frame)
