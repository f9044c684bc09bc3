"""Disclosure control for metrics and dimensions marked `small` (shared/methods.md, section 2).

Counts of 1 to 4 are withheld, with the next smallest cell of the same BCU, by a pattern computed on all areas
of the year whatever was asked; then checked: no withheld count may follow from the figures that are shown.

Figures that count the same people share one pattern (`SAME_PEOPLE`). The share of children among the searches
shows, where it is shown, the children searched and the adults of known age; the rate by age shows them too. Were
the two decided apart, the cell that goes with a small one in one table could stand in the other, and give the
small one away. So the rate's table by age decides, and the share is withheld where its group of children is; in
that table the children of an area are withheld also where the adults are 1 to 4.

Groups of unknown attribute are never withheld: the known share of any other group tells how many there are.

Known limits: one table at a time (one metric, basis and year), and exact differences only, not bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.figures.windows import WindowKind

SMALLEST_SHOWN = 5
WINDOWS_ALLOWED: tuple[WindowKind, ...] = ("financial_year", "calendar_year")
# Shares, and whose group (metric, basis, group) they count: what is withheld of the group is withheld of the share.
SAME_PEOPLE: Mapping[str, tuple[str, str, str]] = {
    "stop_search_under_18_share": ("stop_search_rate", "officer_defined", "age:10_17"),
}

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """The counts of one year: groups × areas.

    `cells` (areas × cells) says what each area adds up. `siblings` numbers the areas that are parts of one
    whole (the boroughs of a BCU; the BCUs), -1 for others. `sensitive` says which groups are about people who
    could be named, and so may be withheld; `shown` (areas) which areas have figures at all. `totals_known`: the
    sum over the groups is public. `tied`: the groups are parts of one figure and withheld together. `besides`:
    cells to withhold as if their counts were small.
    """

    counts: NDArray[np.float64]
    cells: NDArray[np.float64]
    siblings: NDArray[np.int64]
    sensitive: Bools
    shown: Bools
    totals_known: bool = False
    tied: bool = False
    besides: Bools | None = None


def find_withheld(table: Table) -> Bools:
    """Which figures to withhold: groups × areas."""
    small = _find_small(table)
    if not small.any():
        return small
    hidden = _tie(small, table)
    for group, area in np.argwhere(small):
        hidden = _hide_next(hidden, table, group, _siblings_of(table, area), once_for=area)
    while (exposed := _find_exposed(small, hidden, table)) is not None:
        more = _hide_more(small, hidden, table, *exposed)
        if (more == hidden).all():
            return _hide_all(table)
        hidden = more
    return hidden


def is_small_count(counts: NDArray[np.float64]) -> Bools:
    """Whether a count is 1 to 4."""
    return np.asarray((counts > 0) & (counts < SMALLEST_SHOWN))


def _find_small(table: Table) -> Bools:
    small = is_small_count(table.counts)
    if table.besides is not None:
        small |= table.besides
    return np.asarray(small & table.sensitive[:, None] & table.shown[None, :])


def _hide_all(table: Table) -> Bools:
    return np.broadcast_to(table.sensitive[:, None], table.counts.shape).copy()


def _tie(hidden: Bools, table: Table) -> Bools:
    return hidden.any(axis=0) & _hide_all(table) if table.tied else hidden.copy()


def _siblings_of(table: Table, area: int) -> NDArray[np.int64]:
    number = table.siblings[area]
    found = np.flatnonzero(table.siblings == number) if number >= 0 else np.array([area])
    return np.asarray(found[found != area])


def _hide_next(hidden: Bools, table: Table, group: int, areas: NDArray[np.int64], once_for: int) -> Bools:
    """Hide the next smallest cell of the group among the areas, unless one of 5 or more is hidden there."""
    counts = table.counts[group]
    if any(hidden[group, area] and counts[area] >= SMALLEST_SHOWN for area in areas if area != once_for):
        return hidden
    left = [area for area in areas if not hidden[group, area] and counts[area] > 0 and table.shown[area]]
    if not left:
        return hidden
    more = hidden.copy()
    more[group, min(left, key=lambda area: (counts[area], area))] = True
    return _tie(more, table)


def _find_exposed(small: Bools, hidden: Bools, table: Table) -> tuple[int, int] | None:
    """The first small count that follows from what is shown, as (group, area)."""
    groups, areas = hidden.shape
    cells = np.unique(table.cells, axis=1)
    width = cells.shape[1]

    def spread(group: int, area: int) -> NDArray[np.float64]:
        row = np.zeros((groups, width))
        row[group] = cells[area]
        return row.ravel()

    seen = [spread(g, a) for g in range(groups) for a in range(areas) if table.shown[a] and not hidden[g, a]]
    if table.totals_known:
        seen += [np.tile(cells[area], groups) for area in range(areas) if table.shown[area]]
    if not seen:
        return None
    targets = [(int(g), int(a)) for g, a in np.argwhere(small)]
    wanted = np.stack([spread(*target) for target in targets])
    known = np.stack(seen)
    solved = np.linalg.lstsq(known.T, wanted.T, rcond=None)[0]
    off = np.abs(known.T @ solved - wanted.T).max(axis=0)
    return next((target for target, miss in zip(targets, off, strict=True) if miss < 1e-6), None)


def _hide_more(small: Bools, hidden: Bools, table: Table, group: int, area: int) -> Bools:
    """Hide one more cell to protect an exposed one, the nearest and smallest first; else all near it."""
    siblings = {int(a) for a in _siblings_of(table, area)} | {area}
    candidates = [(int(g), int(a)) for g, a in np.argwhere(~hidden & _hide_all(table) & table.shown)]

    def nearness(candidate: tuple[int, int]) -> tuple[bool, bool, bool, float, int]:
        g, a = candidate
        count = float(table.counts[g, a])
        return a not in siblings, count == 0, not (g == group or a == area), count, a

    candidates.sort(key=nearness)
    just_this = np.zeros_like(small)
    just_this[group, area] = True
    for candidate in candidates:
        more = hidden.copy()
        more[candidate] = True
        more = _tie(more, table)
        if _find_exposed(just_this, more, table) is None:
            return more
    more = hidden.copy()
    more[:, sorted(siblings)] = True
    more &= _hide_all(table)
    return _hide_all(table) if (more == hidden).all() else more
