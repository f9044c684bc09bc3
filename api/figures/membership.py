"""Which cells (borough, force) add up to which area at a window's end (shared/methods.md, rule 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from api.figures.coverage import FORCES
from api.figures.exposure import BOROUGHS
from api.figures.windows import Window, last_day, number_of

# Boroughs -1 (outside London), 0 (no location), 1 to 33, each for both forces.
CELLS = (BOROUGHS + 1) * len(FORCES)


@dataclass(frozen=True, slots=True)
class Member:
    """Events of `borough` by `force` (None: any) count in an area from `valid_from` to `valid_to`."""

    borough: int
    force: int | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Membership:
    """The memberships met in areas × windows, each once; `of` says which holds for an area and a window.

    Arrays by membership: `cells`, `unplaced_cells` and `other_force_cells` (0 or 1) over the cells,
    `boroughs` (0 or 1) over borough numbers, `forces` the forces whose files are needed, `began` the first
    month in which it held, `is_empty` where the area had no member. `held`: the boroughs of any of them.
    """

    of: NDArray[np.int64]
    cells: NDArray[np.float64]
    unplaced_cells: NDArray[np.float64]
    other_force_cells: NDArray[np.float64]
    boroughs: NDArray[np.float64]
    forces: NDArray[np.bool_]
    began: NDArray[np.int64]
    is_empty: NDArray[np.bool_]
    held: tuple[int, ...]


def cell_of(borough: int, force: int) -> int:
    """The index of the cell of a borough (-1 to 33) and a force."""
    return (borough + 1) * len(FORCES) + FORCES.index(force)


def resolve_memberships(
    areas: Sequence[Sequence[Member]], windows: Sequence[Window], home_forces: Mapping[int, int]
) -> Membership:
    """The memberships of areas (each the list of its members) at the ends of windows."""
    ends = [last_day(window.last) for window in windows]
    found: dict[tuple[Member, ...], int] = {}
    of = np.zeros((len(areas), len(windows)), dtype=np.int64)
    for row, members in enumerate(areas):
        always = tuple(members)
        is_dated = any(part.valid_from > ends[0] or part.valid_to < ends[-1] for part in members)
        for column, end in enumerate(ends):
            held = tuple(p for p in always if p.valid_from <= end <= p.valid_to) if is_dated else always
            of[row, column] = found.setdefault(held, len(found))
            if not is_dated:
                of[row] = of[row, 0]
                break
    return _weigh(list(found), of, home_forces)


def _weigh(
    memberships: list[tuple[Member, ...]], of: NDArray[np.int64], home_forces: Mapping[int, int]
) -> Membership:
    count = len(memberships)
    cells, unplaced, other = (np.zeros((count, CELLS)) for _ in range(3))
    boroughs = np.zeros((count, BOROUGHS))
    forces = np.zeros((count, len(FORCES)), dtype=bool)
    began = np.zeros(count, dtype=np.int64)
    for index, members in enumerate(memberships):
        for member in members:
            home = home_forces.get(member.borough)
            for force in FORCES if member.force is None else (member.force,):
                cell = cell_of(member.borough, force)
                cells[index, cell] = 1
                unplaced[index, cell] = member.borough == 0
                # Where the membership names the force, as a force's own area does, no force is another.
                other[index, cell] = member.force is None and home is not None and force != home
            if home is not None and member.force in (None, home):
                boroughs[index, member.borough] = 1
                forces[index, FORCES.index(home)] = True
            began[index] = max(began[index], number_of(member.valid_from))
    empty = np.array([not members for members in memberships], dtype=bool)
    held = np.unique(np.flatnonzero(cells.any(axis=0)) // len(FORCES) - 1)
    return Membership(of, cells, unplaced, other, boroughs, forces, began, empty, tuple(held.tolist()))
