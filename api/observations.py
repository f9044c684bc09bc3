"""Observations from the database, added up over the areas and windows of a frame: their one reader."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.money import MoneyFrame
from api.figures.rollup import QUANTITIES, Frame, Sums, add_up, build_cube
from api.figures.weighted import SurveyFrame, weigh
from api.figures.windows import first_day
from api.money import fetch_money
from api.series import Series
from api.snapshot import Snapshot
from sql.queries import load

# Series × months held at a time: about 2.8 KB each.
MOST_CELLS = 4_000
# An observation as the queries write it: COLUMNS integers of this form.
WORD = np.dtype(">i4")
COLUMNS = 4 + QUANTITIES


async def fetch_sums(conn: Any, snapshot: Snapshot, series: Sequence[Series], frame: Frame) -> Sums:
    """The sums of each series over the areas and windows of a frame."""
    (sums,) = await fetch_frames(conn, snapshot, series, (frame,))
    return sums


async def fetch_frames(
    conn: Any, snapshot: Snapshot, series: Sequence[Series], frames: Sequence[Frame]
) -> list[Sums]:
    """The sums of each series over the areas and windows of frames of the same months, observations read once."""
    frame = frames[0]
    if isinstance(frame, MoneyFrame):
        money = [one for one in frames if isinstance(one, MoneyFrame)]
        return [*await fetch_money(conn, snapshot, [one.series_id for one in series], money)]
    first = first_day(frame.first)
    starts = [(first_day(month) - first).days for month in range(frame.first, frame.last + 1)]
    boroughs = frame.membership.held
    if len(frames) > 1:
        boroughs = tuple(sorted({borough for one in frames for borough in one.membership.held}))
    size = max(1, MOST_CELLS // frame.months)
    parts: list[list[Sums]] = [[] for _ in frames]
    for start in range(0, len(series), size):
        some = slice(start, start + size)
        # A series that was never published has no id; any number that no series has will do.
        ids = [
            -1 - place if one.series_id is None else one.series_id for place, one in enumerate(series[some])
        ]
        arguments = [one for one in ids if one >= 0], first, first_day(frame.last), boroughs
        rows, version = await _fetch_observations(conn, snapshot, *arguments)
        cube = build_cube(rows, ids, starts)
        for one, found in zip(frames, parts, strict=True):
            held = one if len(ids) == len(series) else replace(one, needs=one.needs[some])
            sums = weigh(cube, held) if isinstance(held, SurveyFrame) else add_up(cube, held)
            found.append(replace(sums, method_version=version))
    return [_join(found) for found in parts]


def _join(parts: list[Sums]) -> Sums:
    """The sums of series held in parts as one."""
    if len(parts) == 1:
        return parts[0]
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Sums)
        if np.ndim(getattr(parts[0], field.name)) == 3
    }
    return replace(parts[0], **joined, method_version=max(part.method_version for part in parts))


async def _fetch_observations(
    conn: Any, snapshot: Snapshot, ids: list[int], first: date, last: date, boroughs: tuple[int, ...]
) -> tuple[NDArray[np.int64], int]:
    """Rows of the columns that observation_current.sql names, and the version of their method."""
    arguments = ids, first, last, boroughs
    if snapshot.is_latest:
        row = await conn.fetchrow(load("observation_current"), *arguments)
        # A release may have come since the snapshot was loaded: then its own observations are past ones.
        if (row["release_id"] or 0) == snapshot.release_id:
            return _read(row["observations"]), row["method_version"] or 0
    row = await conn.fetchrow(load("observation_past"), *arguments, snapshot.release_id)
    return _read(row["observations"]), row["method_version"] or 0


def _read(observations: bytes | None) -> NDArray[np.int64]:
    words = np.frombuffer(observations or b"", dtype=WORD)
    return words.reshape(-1, COLUMNS).astype(np.int64)
