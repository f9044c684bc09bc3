"""Disclosure control for what is marked `small` (shared/methods.md, section 2): the one place of its rules.

Counts of 1 to 4 are withheld, each with the smallest others that it takes. What is withheld is proved, not only
tried: for each protected count there is a **move**, a way of adding one here and taking one away there, that
changes the count, changes nothing that is shown, and leaves every withheld figure it touches at 1 or more. The
world after the move is as possible as the true one for everybody who sees all that is shown, so the count cannot be
worked out, neither by adding and subtracting nor because counts cannot be negative. Only where that is not to be had
may a move leave a withheld figure at 0.

A move is a pattern over places (one borough up, another down) times a pattern over groups (one group up, another
of the same division down, so that totals stand). Withholding more never takes a move away; so one pattern can
protect the tables of many releases, one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from api.figures.families import Family
from api.figures.windows import WindowKind

SMALLEST_SHOWN = 5
WINDOWS_ALLOWED: tuple[WindowKind, ...] = ("financial_year", "calendar_year")
# Calendar years overlap financial years, and their difference is a quarter's count: so no place has both but the Met.
MET_WINDOWS: tuple[WindowKind, ...] = ("calendar_year",)
# A zero says nothing of anybody, and is withheld only where nothing else protects a count.
ZERO_COST = 1e7

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """Areas as sums of places (`holds`: areas × places, 0 or 1), each place a set of areas' common part.

    `cost`: how much dearer than its count a figure of each area is to withhold. `moves` (moves × places): the
    patterns of one up and one down that protect; `touched` (moves × areas) the areas each changes.
    """

    holds: Counts
    cost: NDArray[np.float64]
    moves: Counts
    touched: Bools


@dataclass(frozen=True, slots=True)
class Table:
    """The counts of one year in one release: groups × places.

    `shown`: which areas have figures at all. `watched` (groups × areas): where small counts are protected.
    `besides` (groups × areas): figures to be protected there whatever their count is.
    """

    counts: Counts
    places: Places
    shown: Bools
    watched: Bools
    besides: Bools | None = None

    @property
    def figures(self) -> Counts:
        """The counts of the areas: groups × areas."""
        return np.asarray(self.counts @ self.places.holds.T)


def is_small_count(counts: NDArray[np.number]) -> Bools:
    """Whether a count is 1 to 4."""
    return np.asarray((counts > 0) & (counts < SMALLEST_SHOWN))


def lay_places(cells: NDArray[np.float64], cost: NDArray[np.float64], units: Bools) -> tuple[Places, Counts]:
    """Places from areas × cells, and which place each cell is in (-1: none).

    Cells that lie in the same areas are one place. `units`: the areas that boroughs are divided into (the BCUs).
    """
    held = cells.any(axis=0)
    columns, inverse = np.unique(cells[:, held].astype(np.int64), axis=1, return_inverse=True)
    place_of = np.full(cells.shape[1], -1, dtype=np.int64)
    place_of[held] = inverse.ravel()
    moves = _list_place_moves(columns, units)
    return Places(columns, cost, moves, moves @ columns.T != 0), place_of


def list_group_moves(family: Family) -> Counts:
    """Moves × groups: changes by one after which every division adds up to its total still."""
    names = [group.name for group in family.groups]
    moves: list[dict[str, int]] = []
    free = [[group for group in division if not group.is_fixed] for division in family.divisions]
    for division in free:
        moves += [{up.name: 1, down.name: -1} for up, down in combinations(division, 2)]
    if not family.total.is_fixed:
        moves += [{family.total.name: 1, **{one.name: 1 for one in ones}} for ones in product(*free)]
    for move in moves:
        move |= {name: sum(move.get(part, 0) for part in parts) for name, parts in family.sums.items()}
        move |= {name: -move.get(part, 0) for name, (_, part) in family.remainders.items()}
    return np.array([[move.get(name, 0) for name in names] for move in moves])


def find_withheld(family: Family, tables: Sequence[Table]) -> Bools:
    """Which counts to withhold: groups × areas, the same in all tables, which are the releases of a year in order.

    A later release only adds to what is withheld, so that whoever kept older answers learns nothing by the new.
    """
    groups = family.groups
    sensitive = np.array([group.is_sensitive for group in groups])
    fixed = np.array([group.is_fixed for group in groups])
    # What no figure shows costs nothing to withhold.
    cost = np.array([group.cost if group.is_served else 0.0 for group in groups])
    moves = list_group_moves(family)
    hidden = np.zeros((len(groups), len(tables[0].shown)), dtype=bool)
    for table in tables:
        figures = table.figures
        targets = _find_small(table, sensitive)
        hidden |= targets & ~fixed[:, None]
        for group, area in sorted(np.argwhere(targets).tolist(), key=lambda at: (-figures[at[0], at[1]], at)):
            touched = _protect(table, figures, moves, cost, fixed, hidden, (group, area))
            if touched is None:
                # Nothing protects it but withholding the whole year.
                hidden[~fixed] = True
            else:
                hidden |= touched
    return hidden


def _find_small(table: Table, sensitive: Bools) -> Bools:
    small = is_small_count(table.figures)
    if table.besides is not None:
        small |= table.besides
    return np.asarray(small & sensitive[:, None] & table.watched)


def _list_place_moves(holds: Counts, units: Bools) -> Counts:
    """One place up; one up and another down; and two such pairs, each within a unit, whose changes of wider areas
    cancel out (a BCU may have boroughs in both inner and outer London).
    """
    one = np.eye(holds.shape[1], dtype=np.int64)
    ups, downs = np.triu_indices(len(one), k=1)
    pairs = one[ups] - one[downs]
    is_wide = holds.sum(axis=1) > 1
    changed = pairs @ holds[is_wide].T
    within = (holds[units].any(axis=0) @ np.abs(pairs).T == 2) & ~(pairs @ holds[units].T).any(axis=1)
    across = np.flatnonzero(within & changed.any(axis=1))
    fours = [one[:0]]
    for a, b in combinations(across.tolist(), 2):
        for sign in (1, -1):
            both = pairs[a] + sign * pairs[b]
            if not (changed[a] + sign * changed[b]).any() and np.abs(both).sum() == 4:
                fours.append(both[None, :])
    return np.concatenate([one, pairs, *fours])


def _protect(
    table: Table,
    figures: Counts,
    moves: Counts,
    cost: NDArray[np.float64],
    fixed: Bools,
    hidden: Bools,
    target: tuple[int, int],
) -> Bools | None:
    """The figures that the cheapest move touches that changes the target: to be withheld. None: there is no move."""
    group, area = target
    some_groups = moves[(moves[:, group] != 0) & ~(moves[:, fixed] != 0).any(axis=1)]
    changing = table.places.holds[area] @ table.places.moves.T != 0
    some_places, touched = table.places.moves[changing], table.places.touched[changing] & table.shown
    price = np.where(figures > 0, figures * table.places.cost, ZERO_COST) * cost[:, None]
    price[hidden] = 0
    costs = (some_groups != 0) @ price @ touched.T
    for floor in (1, 0):
        for at in np.argsort(costs, axis=None, kind="stable").tolist():
            up, where = divmod(at, len(some_places))
            if _is_possible(table, figures, some_groups[up], some_places[where], touched[where], floor):
                return np.asarray((some_groups[up] != 0)[:, None] & touched[where][None, :])
    return None


def _is_possible(
    table: Table, figures: Counts, groups: Counts, places: Counts, touched: Bools, floor: int
) -> bool:
    """Whether a move, up or down, leaves no count negative and every figure it touches at `floor` or more."""
    g, p = np.flatnonzero(groups), np.flatnonzero(places)
    change = np.outer(groups[g], places[p])
    counts = table.counts[np.ix_(g, p)]
    a = np.flatnonzero(touched)
    # Figures of areas change by what their places do.
    of_areas = np.outer(groups[g], table.places.holds[a] @ places)
    held = figures[np.ix_(g, a)]
    return any(
        bool((counts + sign * change >= 0).all() and (held + sign * of_areas >= floor).all())
        for sign in (1, -1)
    )
