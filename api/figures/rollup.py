"""Observations added up over boroughs and months. Add first, divide last (shared/methods.md, rule 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from api.figures.coverage import FORCES, Receipt
from api.figures.membership import CELLS, Membership
from api.figures.windows import Window

Floats = NDArray[np.float64]
Number = TypeVar("Number", np.float64, np.int64)
Kind = TypeVar("Kind", bound=np.generic)

NUMERATOR, REFERENCE, UNKNOWN, BASE, REVISED = range(5)
QUANTITIES = 5


@dataclass(frozen=True, slots=True)
class Sums:
    """What adds up, as arrays of series × areas × windows unless said otherwise.

    Counts are over the months received for the area; `other_forces` over every month where nothing was
    received from the home force. `has_unplaced` is by area × window, `expected` by window. `placed_share` is
    that of the home forces' files.
    """

    numerator: Floats
    reference: Floats
    unknown: Floats
    base: Floats
    revised: NDArray[np.bool_]
    unplaced: Floats
    other_forces: Floats
    has_unplaced: NDArray[np.bool_]
    expected: NDArray[np.int64]
    received: NDArray[np.int64]
    placed_share: Floats


@dataclass(frozen=True, slots=True)
class Frame:
    """What a roll-up runs over. `needs` says which receipt each series goes by; months count from `first`."""

    first: int
    last: int
    windows: tuple[Window, ...]
    membership: Membership
    receipts: tuple[Receipt, ...]
    needs: NDArray[np.int64]

    @property
    def months(self) -> int:
        """How many months the frame spans."""
        return self.last - self.first + 1


def build_cube(rows: NDArray[np.int64], series: Sequence[int], starts: Sequence[int]) -> Floats:
    """Observations as an array of cells × series × months × quantities, 0 where there is no row.

    `rows` has the columns series, days since the first month, borough, force, numerator, reference, unknown,
    base, revision; `starts` gives the days from the first month to the first day of each.
    """
    cube = np.zeros((CELLS, len(series), len(starts), QUANTITIES))
    if len(rows):
        order = np.argsort(series)
        at = order[np.searchsorted(np.asarray(series)[order], rows[:, 0])]
        month = np.searchsorted(starts, rows[:, 1])
        cube[(rows[:, 2] + 1) * len(FORCES) + rows[:, 3] - 1, at, month] = rows[:, 4:]
    return cube


def add_up(cube: Floats, frame: Frame) -> Sums:
    """The sums of a cube (`build_cube`) over the areas and windows of a frame."""
    member = frame.membership
    # All by series × memberships × months
    received = _received_months(frame)[frame.needs]
    counted = _over_windows(_add_cells(cube, member.cells) * received[..., None], frame)
    unplaced = _add_cells(cube[..., NUMERATOR], member.unplaced_cells)
    others = _add_cells(cube[..., NUMERATOR], member.other_force_cells)
    months = _over_windows(received.astype(np.int64), frame)
    other_forces = np.where(months > 0, _over_windows(others * received, frame), _over_windows(others, frame))
    has_unplaced = np.asarray(member.unplaced_cells.any(axis=1))
    return Sums(
        numerator=_of_areas(counted[..., NUMERATOR], frame),
        reference=_of_areas(counted[..., REFERENCE], frame),
        unknown=_of_areas(counted[..., UNKNOWN], frame),
        base=_of_areas(counted[..., BASE], frame),
        revised=_of_areas(counted[..., REVISED] > 0, frame),
        unplaced=_of_areas(_over_windows(unplaced * received, frame), frame),
        other_forces=_of_areas(other_forces, frame),
        has_unplaced=has_unplaced[member.of],
        expected=np.array([window.months for window in frame.windows]),
        received=_of_areas(months, frame),
        placed_share=_of_areas(_placed_share(frame)[frame.needs], frame),
    )


def _add_cells(cube: Floats, weights: Floats) -> Floats:
    """Sums over the cells of each membership: series × memberships × months (× quantities).

    A loop over few memberships, not a matrix product: that would start threads and cost more than it saves.
    """
    sums = np.zeros((len(weights), *cube.shape[1:]))
    for index, row in enumerate(weights):
        held = np.flatnonzero(row)
        if len(held):
            np.add.reduce(cube[held], axis=0, out=sums[index])
    return np.swapaxes(sums, 0, 1)


def add_person_time(persons: Floats, of: NDArray[np.int64], frame: Frame) -> Floats:
    """Person-years of series × areas × windows, over the months received; `of`: each series' population.

    `persons` is populations × boroughs × months; each month counts a twelfth of its persons. NaN where a
    borough has none in a month received. Whole persons are summed and divided once, so a figure does not
    depend on what else was asked.
    """
    member = frame.membership
    there = np.isfinite(persons)
    received = _received_months(frame)[frame.needs]
    whole = np.matmul(member.boroughs, np.where(there, persons, 0.0))[of] * received
    gaps = np.matmul(member.boroughs, (~there).astype(np.float64))[of] * received
    years = _over_windows(whole, frame) / 12
    return _of_areas(np.where((_over_windows(gaps, frame) > 0) | (years == 0), np.nan, years), frame)


def find_carried_forward(carried: NDArray[np.bool_], frame: Frame) -> NDArray[np.bool_]:
    """Whether a window counts persons carried forward: series × areas × windows, from series × months."""
    received = _received_months(frame)[frame.needs]
    return _of_areas(_over_windows((received & carried[:, None, :]).astype(np.int64), frame) > 0, frame)


def _received_months(frame: Frame) -> NDArray[np.bool_]:
    """Needs × memberships × months: every home force's file is there."""
    forces = frame.membership.forces
    received = np.stack([receipt.received for receipt in frame.receipts])  # needs × forces × months
    held = np.all(received[:, None, :, :] | ~forces[None, :, :, None], axis=2)
    is_policed = np.asarray(forces.any(axis=1))
    return np.asarray(held & is_policed[None, :, None])


def _placed_share(frame: Frame) -> Floats:
    """Needs × memberships × windows: the share of the home forces' events that have a place, or NaN."""
    forces = frame.membership.forces.astype(np.float64)
    received = _received_months(frame)
    events, nowhere = (
        _over_windows(np.einsum("nfm,vf->nvm", np.stack(part), forces) * received, frame)
        for part in (
            [receipt.events for receipt in frame.receipts],
            [receipt.no_location for receipt in frame.receipts],
        )
    )
    share: Floats = np.full(events.shape, np.nan)
    np.divide(events - nowhere, events, out=share, where=events > 0)
    return share


def _over_windows(values: NDArray[Number], frame: Frame) -> NDArray[Number]:
    """Sums over the months (the third axis) of each window."""
    running = np.zeros((*values.shape[:2], frame.months + 1, *values.shape[3:]), dtype=values.dtype)
    np.cumsum(values, axis=2, out=running[:, :, 1:])
    ends = np.array([window.last - frame.first + 1 for window in frame.windows])
    starts = np.array([window.first - frame.first for window in frame.windows])
    return np.asarray(running[:, :, ends] - running[:, :, starts])


def _of_areas(values: NDArray[Kind], frame: Frame) -> NDArray[Kind]:
    """From series × memberships × windows to series × areas × windows."""
    of = frame.membership.of
    return np.asarray(values[:, of, np.arange(len(frame.windows))])
