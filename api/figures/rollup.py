"""Observations added up over boroughs and months. Add first, divide last (shared/methods.md, rule 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from api.figures.coverage import FORCES, Receipt
from api.figures.membership import CELLS, Membership
from api.figures.windows import Window

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Number = TypeVar("Number", np.float64, np.int64)
Kind = TypeVar("Kind", bound=np.generic)

# What an observation counts, in the order of its columns, and what the roll-up tells apart besides.
NUMERATOR, REFERENCE, UNKNOWN, BASE, REVISED = range(5)
QUANTITIES = 5
UNPLACED, OTHER_FORCES, OTHER_FORCES_ANYHOW = range(5, 8)


@dataclass(frozen=True, slots=True)
class Sums:
    """What adds up, as arrays of series × areas × windows unless said otherwise.

    Counts are over the months received for the area; `other_forces` over every month where nothing was
    received from the home force. `has_unplaced` is by area × window, `expected` by window. `placed_share` is
    that of the home forces' files. `method_version`: by which the observations were counted, 0 without any.
    """

    numerator: Floats
    reference: Floats
    unknown: Floats
    base: Floats
    revised: Bools
    unplaced: Floats
    other_forces: Floats
    has_unplaced: Bools
    expected: NDArray[np.int64]
    received: NDArray[np.int64]
    placed_share: Floats
    method_version: int = 0


@dataclass(frozen=True)
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

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first month of each window, counted from `first`."""
        return np.array([window.first - self.first for window in self.windows])

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The month after the last of each window, counted from `first`."""
        return np.array([window.last - self.first + 1 for window in self.windows])

    @cached_property
    def received(self) -> Bools:
        """Needs × memberships × months: every home force's file is there."""
        forces = self.membership.forces
        received = np.stack([receipt.received for receipt in self.receipts])  # needs × forces × months
        held = np.all(received[:, None, :, :] | ~forces[None, :, :, None], axis=2)
        is_policed = np.asarray(forces.any(axis=1))
        return np.asarray(held & is_policed[None, :, None])

    @cached_property
    def months_young(self) -> NDArray[np.int64]:
        """Needs × memberships × windows: months that only lack files which follow them and have not come yet."""
        waiting = [receipt.received | receipt.young for receipt in self.receipts if receipt.young is not None]
        if len(waiting) < len(self.receipts):
            return np.zeros_like(self.months_received)
        held = np.all(np.stack(waiting)[:, None, :, :] | ~self.membership.forces[None, :, :, None], axis=2)
        is_policed = np.asarray(self.membership.forces.any(axis=1))[None, :, None]
        return add_windows((held & is_policed & ~self.received).astype(np.int64), self)

    @cached_property
    def months_received(self) -> NDArray[np.int64]:
        """Needs × memberships × windows: how many months are there."""
        return add_windows(self.received.astype(np.int64), self)

    @cached_property
    def placed_share(self) -> Floats:
        """Needs × memberships × windows: the share of the home forces' events that have a place, or NaN."""
        forces = self.membership.forces.astype(np.float64)
        counts = np.array([[receipt.events, receipt.no_location] for receipt in self.receipts])
        events, nowhere = add_windows(np.einsum("nqfm,vf->qnvm", counts, forces) * self.received, self)
        share: Floats = np.full(events.shape, np.nan)
        np.divide(events - nowhere, events, out=share, where=events > 0)
        return share


def build_cube(rows: NDArray[np.int64], series: Sequence[int], starts: Sequence[int]) -> Floats:
    """Observations as an array of quantities × series × cells × months, 0 where there is no row.

    `rows` has the columns series, days since the first month, borough, force, numerator, reference, unknown,
    base, revision; `starts` gives the days from the first month to the first day of each.
    """
    cube = np.zeros((QUANTITIES, len(series), CELLS, len(starts)))
    if len(rows):
        order = np.argsort(series)
        at = order[np.searchsorted(np.asarray(series)[order], rows[:, 0])]
        month = np.searchsorted(starts, rows[:, 1])
        cell = (rows[:, 2] + 1) * len(FORCES) + rows[:, 3] - 1
        place = (at * CELLS + cell) * len(starts) + month
        cube.reshape(QUANTITIES, -1)[:, place] = rows[:, 4:].T
    return cube


def add_up(cube: Floats, frame: Frame) -> Sums:
    """The sums of a cube (`build_cube`) over the areas and windows of a frame."""
    member, received = frame.membership, frame.received[frame.needs]
    # Quantities × series × memberships × months. Sums of whole numbers, so exact in whatever order.
    held = np.empty((OTHER_FORCES_ANYHOW + 1, *received.shape))
    np.matmul(member.cells, cube, out=held[:QUANTITIES])
    np.matmul(member.unplaced_cells, cube[NUMERATOR], out=held[UNPLACED])
    np.matmul(member.other_force_cells, cube[NUMERATOR], out=held[OTHER_FORCES_ANYHOW])
    held[OTHER_FORCES] = held[OTHER_FORCES_ANYHOW]
    held[:OTHER_FORCES_ANYHOW] *= received
    summed = add_windows(held, frame)
    months = frame.months_received[frame.needs]
    summed[OTHER_FORCES] = np.where(months > 0, summed[OTHER_FORCES], summed[OTHER_FORCES_ANYHOW])
    of_areas = spread(summed, frame)
    has_unplaced = np.asarray(member.unplaced_cells.any(axis=1))
    return Sums(
        numerator=of_areas[NUMERATOR],
        reference=of_areas[REFERENCE],
        unknown=of_areas[UNKNOWN],
        base=of_areas[BASE],
        revised=of_areas[REVISED] > 0,
        unplaced=of_areas[UNPLACED],
        other_forces=of_areas[OTHER_FORCES],
        has_unplaced=has_unplaced[member.of],
        expected=frame.ends - frame.starts,
        received=spread(months, frame),
        placed_share=spread(frame.placed_share, frame)[frame.needs],
    )


def add_person_time(persons: Floats, of: NDArray[np.int64], frame: Frame) -> Floats:
    """Person-years of series × areas × windows, over the months received; `of`: each series' population.

    `persons` is populations × boroughs × months; each month counts a twelfth of its persons. NaN where a
    borough has none in a month received. Whole persons are summed and divided once, so a figure does not
    depend on what else was asked.
    """
    boroughs = frame.membership.boroughs
    there = np.isfinite(persons)
    received = frame.received[frame.needs]
    whole = np.matmul(boroughs, np.where(there, persons, 0.0))[of] * received
    gaps = np.matmul(boroughs, (~there).astype(np.float64))[of] * received
    years = add_windows(whole, frame) / 12
    return spread(np.where((add_windows(gaps, frame) > 0) | (years == 0), np.nan, years), frame)


def find_carried_forward(carried: Bools, frame: Frame) -> Bools:
    """Whether a window counts persons carried forward: series × areas × windows, from series × months.

    `carried` is of the frame's first series; there may be more.
    """
    counted = frame.received[frame.needs[: len(carried)]] & carried[:, None, :]
    return spread(add_windows(counted.astype(np.int64), frame) > 0, frame)


def add_windows(values: NDArray[Number], frame: Frame) -> NDArray[Number]:
    """Sums over the months (the last axis) of each window."""
    if all(window.months == 1 for window in frame.windows):
        return values.take(frame.starts, axis=-1)
    running = np.zeros((*values.shape[:-1], frame.months + 1), dtype=values.dtype)
    np.cumsum(values, axis=-1, out=running[..., 1:])
    return np.asarray(running.take(frame.ends, axis=-1) - running.take(frame.starts, axis=-1))


def spread(values: NDArray[Kind], frame: Frame) -> NDArray[Kind]:
    """From memberships × windows (the last axes) to areas × windows."""
    return np.asarray(values[..., frame.membership.of, np.arange(len(frame.windows))])
