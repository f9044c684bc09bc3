"""Money of councils: pence added up first, then as pounds, or as pounds for each resident (shared/methods.md, section 9).

A council is a borough's, so an area is its boroughs: the City of London Corporation is a council like the others, and
nothing is without a place. An area has a month, or a financial year, where all its councils have it. There is no
interval: what was paid or returned is no sample and no count of chance events.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from api.figures.compute import Figures
from api.figures.exposure import BOROUGHS, Exposure
from api.figures.rollup import Bools, Floats, Frame, Sums, add_windows, spread
from api.figures.status import Fact

PENCE = 100.0
# The statistics that are money.
STATISTICS = ("amount", "per_head")
# What an observation of money says, in the order of the arrays: pence, payments, a mark of revised, rows.
PENCE_PAID, PAYMENTS_MADE, REVISED, ROWS = range(4)
QUANTITIES = 4


@dataclass(frozen=True)
class MoneyFrame(Frame):
    """A frame whose receipts are by council: boroughs × months.

    `period`: how many months a figure of the publisher covers; it is received with the file of the last of them.
    """

    period: int

    @cached_property
    def received(self) -> Bools:
        """Needs × memberships × months: what is there of every council."""
        boroughs = self.membership.boroughs
        lacking = np.stack([~receipt.received for receipt in self.receipts]).astype(np.float64)
        has_council = np.asarray(boroughs.any(axis=1))
        return np.asarray((np.matmul(boroughs, lacking) == 0) & has_council[None, :, None])

    @cached_property
    def months_received(self) -> NDArray[np.int64]:
        """Needs × memberships × windows: how many months are there; of a publisher's year all or none."""
        if self.period == 1:
            return add_windows(self.received.astype(np.int64), self)
        return np.asarray(self.period * self.received[:, :, self.ends - 1].astype(np.int64))

    @cached_property
    def months_young(self) -> NDArray[np.int64]:
        """Needs × memberships × windows: none, since nothing follows."""
        return np.zeros_like(self.months_received)

    @cached_property
    def placed_share(self) -> Floats:
        """Needs × memberships × windows: NaN, since there are no events to place."""
        return np.full(self.months_received.shape, np.nan)


@dataclass(frozen=True, slots=True)
class MoneySums(Sums):
    """Sums of money: numerators in pence, NaN where a council's row is not there; `base` payments.

    `zeros`: how many councils of the area returned zero.
    """

    zeros: Floats = None  # type: ignore[assignment]


def make_frame(frame: Frame, period: int) -> MoneyFrame:
    """A frame of money with all that the frame has."""
    return MoneyFrame(**{part.name: getattr(frame, part.name) for part in fields(frame)}, period=period)


def build_table(rows: NDArray[np.int64], series: Sequence[int], starts: Sequence[int]) -> Floats:
    """Observations as an array of quantities × series × boroughs × months, 0 where there is no row.

    `rows` has the columns series, days since the first month, borough, pence, payments, revision; `starts` gives the
    days from the first month to the first day of each.
    """
    table = np.zeros((QUANTITIES, len(series), BOROUGHS, len(starts)))
    if len(rows):
        order = np.argsort(series)
        at = order[np.searchsorted(np.asarray(series)[order], rows[:, 0])]
        place = at, rows[:, 2], np.searchsorted(starts, rows[:, 1])
        table[PENCE_PAID][place] = rows[:, 3]
        table[PAYMENTS_MADE][place] = rows[:, 4]
        table[REVISED][place] = rows[:, 5]
        table[ROWS][place] = 1
    return table


def add_money(table: Floats, frame: MoneyFrame) -> MoneySums:
    """The sums of a table (`build_table`) over the areas and windows of a frame. Whole pence, so exact."""
    boroughs = frame.membership.boroughs
    zero = (table[PENCE_PAID] == 0) & (table[ROWS] > 0)
    several = np.concatenate([table, zero[None].astype(np.float64)])
    if frame.period == 1:
        received = frame.received[frame.needs]
        summed = add_windows(np.matmul(boroughs, several) * received, frame)
    else:
        # a year stands in the table at its first month
        received = frame.months_received[frame.needs] > 0
        summed = np.matmul(boroughs, several[..., frame.starts]) * received
    months = frame.months_received[frame.needs]
    due = boroughs.sum(axis=1)[None, :, None] * months / frame.period
    is_held = summed[ROWS] >= due
    nothing = spread(np.zeros(months.shape), frame)
    return MoneySums(
        numerator=spread(np.where(is_held, summed[PENCE_PAID], np.nan), frame),
        reference=nothing,
        unknown=nothing,
        base=spread(summed[PAYMENTS_MADE], frame),
        revised=spread(summed[REVISED] > 0, frame),
        unplaced=nothing,
        other_forces=nothing,
        has_unplaced=np.zeros(frame.membership.of.shape, dtype=bool),
        expected=frame.ends - frame.starts,
        received=spread(months, frame),
        placed_share=spread(frame.placed_share, frame)[frame.needs],
        zeros=spread(summed[QUANTITIES] if frame.period > 1 else np.zeros(months.shape), frame),
    )


def count_residents(exposures: Sequence[Exposure | None], frame: MoneyFrame) -> Floats:
    """Residents of series × areas × windows, each series with its population: those of the mid-year of the year in which
    a window begins. NaN where a borough of the area has no estimate.
    """
    known: dict[str, Floats] = {}
    counted: list[Floats] = []
    for exposure in exposures:
        name = "" if exposure is None else exposure.population
        if name not in known:
            persons = np.full((BOROUGHS, len(frame.windows)), np.nan)
            if exposure is not None:
                by_month = exposure.persons_by_month(frame.first, frame.last)
                persons = by_month[:, frame.starts]
            there = np.isfinite(persons)
            summed = np.matmul(frame.membership.boroughs, np.where(there, persons, 0.0))
            gaps = np.matmul(frame.membership.boroughs, (~there).astype(np.float64))
            known[name] = spread(np.where((gaps > 0) | (summed == 0), np.nan, summed), frame)
        counted.append(known[name])
    return np.stack(counted)


def find_carried_residents(exposures: Sequence[Exposure | None], frame: MoneyFrame) -> Bools:
    """Whether a figure stands on residents carried forward from an earlier year: series × areas × windows."""
    shape = frame.membership.of.shape
    carried = []
    for exposure in exposures:
        months = np.zeros(frame.months, dtype=bool)
        if exposure is not None:
            months = exposure.is_carried_forward(frame.first, frame.last)
        carried.append(np.broadcast_to(months[frame.starts], shape))
    return np.stack(carried) & (spread(frame.months_received, frame)[frame.needs[: len(exposures)]] > 0)


def compute_amounts(sums: Sums) -> Figures:
    """Pounds."""
    none = np.full(sums.numerator.shape, np.nan)
    return _without_interval(sums, denominator=none, value=sums.numerator / PENCE, facts={})


def compute_per_head(sums: Sums, residents: Floats) -> Figures:
    """Pounds for each resident."""
    return _without_interval(
        sums,
        denominator=residents,
        value=sums.numerator / PENCE / residents,
        facts={Fact.NO_POPULATION: np.isnan(residents)},
    )


def _without_interval(sums: Sums, *, denominator: Floats, value: Floats, facts: dict[int, Bools]) -> Figures:
    none = np.full(sums.numerator.shape, np.nan)
    is_lacking = np.isnan(sums.numerator)
    returned = sums.zeros > 0 if isinstance(sums, MoneySums) else np.zeros(is_lacking.shape, dtype=bool)
    return Figures(
        denominator=denominator,
        reference_denominator=none,
        value=value,
        lower=none,
        upper=none,
        is_exact=np.zeros(none.shape, dtype=bool),
        known_share=none,
        facts={**facts, Fact.NOT_HELD: is_lacking, Fact.RETURNED_ZERO: returned & ~is_lacking},
    )
