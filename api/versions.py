"""What every release knew of the same months: counts of the groups of a family, and which months were received."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.families import Family, Origin
from api.figures.rollup import BASE, NUMERATOR, QUANTITIES, REFERENCE, build_cube
from api.figures.windows import Window, first_day
from api.ground import build_frame
from api.observations import WORD
from api.series import Series, describe_series
from api.snapshot import Snapshot, gather_coverage
from sql.measure import load_measures
from sql.queries import load

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

COLUMNS = 4 + QUANTITIES + 2


@dataclass(frozen=True, slots=True)
class Version:
    """Counts (groups × cells × months) as a run of releases knew them, and the months received (areas × months)."""

    counts: Counts
    received: Bools


@dataclass(frozen=True, slots=True)
class History:
    """The versions of some months, the oldest first, and which cells each area holds (areas × cells)."""

    versions: tuple[Version, ...]
    cells: NDArray[np.float64]
    window: Window


async def fetch_history(conn: Any, snapshot: Snapshot, family: Family, window: Window) -> History | None:
    """Every version of a family's counts in the months of a window, over all areas as they are at its end.

    All releases count, those after the snapshot's too, so every one of them gives the same. None where one of the
    family's series was never published.
    """
    series = [_find_series(snapshot, origin) for origin in family.origins]
    ids = [one.series_id for one in series if one is not None and one.series_id is not None]
    if len(ids) < len(series):
        return None
    first, last = first_day(window.first), first_day(window.last)
    numbers = sorted(set(ids))
    text = await conn.fetchval(load("observation_versions"), numbers, first, last)
    rows = np.frombuffer(text or b"", dtype=WORD).reshape(-1, COLUMNS).astype(np.int64)
    known = [one for one in series if one is not None]
    source = load_measures()[family.origins[0].metric].source
    coverage = await conn.fetch(load("coverage_versions"), source, first, last)
    starts = [(first_day(month) - first).days for month in range(window.first, window.last + 1)]
    versions = []
    for release in _list_versions(rows, coverage):
        received, cells = _find_received(snapshot, known, window, coverage, release)
        cube = build_cube(_select(rows, release), numbers, starts).astype(np.int64)
        at = {origin: numbers.index(one) for origin, one in zip(family.origins, ids, strict=True)}
        versions.append(Version(count_groups(family, {o: _pick(cube[:, at[o]], o) for o in at}), received))
    if not versions:
        received, cells = _find_received(snapshot, known, window, coverage, 0)
    return History(tuple(versions), cells, window)


def count_groups(family: Family, counts: Mapping[Origin, Counts]) -> Counts:
    """The counts of every group of a family, in its order, from those of its origins."""
    found = {group.name: counts[group.origin] for group in family.groups if group.origin is not None}
    total = family.total.name
    if total not in found:
        found[total] = _add(found[group.name] for group in family.divisions[0])
    for division in family.divisions:
        for left in (group.name for group in division if group.name not in found):
            found[left] = found[total] - _add(found[one.name] for one in division if one.name in found)
    for name, parts in family.sums.items():
        found[name] = _add(found[part] for part in parts)
    for name, (origin, part) in family.remainders.items():
        found[name] = counts[origin] - found[part]
    return np.stack([found[group.name] for group in family.groups])


def _add(counts: Iterable[Counts]) -> Counts:
    return np.asarray(np.stack(list(counts)).sum(axis=0))


def _find_series(snapshot: Snapshot, origin: Origin) -> Series | None:
    measure = load_measures().get(origin.metric)
    return (
        None if measure is None else describe_series(snapshot, measure, measure.basis_codes[0], origin.group)
    )


def _pick(cube: NDArray[np.int64], origin: Origin) -> Counts:
    """Cells × months of one series: the quantity that an origin names."""
    match origin.quantity:
        case "numerator":
            return np.asarray(cube[NUMERATOR])
        case "reference":
            return np.asarray(cube[REFERENCE])
        case "base_less_numerator":
            return np.asarray(cube[BASE] - cube[NUMERATOR])


def _list_versions(rows: Counts, coverage: Iterable[Mapping[str, Any]]) -> list[int]:
    """The releases with which something of these months changed."""
    begun, ended = set(rows[:, -2].tolist()), set(rows[:, -1].tolist())
    for row in coverage:
        begun.add(row["first_release"])
        ended.add(row["last_release"] or 0)
    return sorted(begun | {release + 1 for release in ended if release})


def _select(rows: Counts, release: int) -> Counts:
    held = (rows[:, -2] <= release) & ((rows[:, -1] == 0) | (rows[:, -1] >= release))
    return rows[held, :-2]


def _find_received(
    snapshot: Snapshot,
    series: Sequence[Series],
    window: Window,
    coverage: Iterable[Mapping[str, Any]],
    release: int,
) -> tuple[Bools, NDArray[np.float64]]:
    """Which months each area has received of any of the series, and the cells it holds."""
    known = [
        row
        for row in coverage
        if row["first_release"] <= release and (row["last_release"] is None or row["last_release"] >= release)
    ]
    then = replace(snapshot, coverage=gather_coverage(known))
    frame = build_frame(then, tuple(snapshot.areas), (window,), series)
    held = frame.membership.of[:, 0]
    received = np.asarray(frame.received.any(axis=0))
    return received[held], frame.membership.cells[held]
