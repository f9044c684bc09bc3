"""Two figures of the same series side by side: divided or subtracted, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.change import subtract_shares
from api.figures.councils import PAYMENTS
from api.figures.intervals import rate_ratio
from api.figures.ratio import divide_rates
from api.figures.status import NOT_APPLICABLE
from api.ground import Ground
from api.observations import fetch_frames
from api.parts import make_part
from api.rows import Bits, Bools, Part
from api.snapshot import Snapshot
from sql.measure import Measure

Floats = NDArray[np.float64]

# Who is not in a figure at all.
ABSENT = NOT_APPLICABLE
WITHHELD = "Withheld so that no count of 1 to 4 people can be seen or worked out."
WITHHELD_PAYMENTS = (
    "Withheld: payments for domestic abuse are among these, and could be told from what is set beside them."
)
NO_FIGURE = "There is no figure to compare: its own reason says why."
NO_INTERVAL = "This figure says how complete the counts are, and has no interval: the two stand side by side."
NO_EVENT = "The figure it would be divided by counts no event."
NO_MONEY = "The figure it would be divided by is zero."
BELOW_ZERO = "One of the two is below zero, so neither is so many times the other: they stand side by side."


def explain_withheld(measure: Measure) -> str:
    """Why nothing stands beside a figure that is protected: of people, or of payments."""
    return WITHHELD_PAYMENTS if measure.source == PAYMENTS else WITHHELD


@dataclass(frozen=True, slots=True)
class Reasons:
    """The first reason that holds of each figure, by its place in `texts`; 0 is none. By series, area, window."""

    of: NDArray[np.int64]
    texts: list[str | None]

    def add(self, where: Bools, text: str) -> None:
        """A reason for those that have none yet."""
        self.texts.append(text)
        self.of[(self.of == 0) & where] = len(self.texts) - 1

    def list(self) -> list[str | None]:
        """The reasons in the order of the rows."""
        return [self.texts[place] for place in self.of.ravel().tolist()]


async def count_again(conn: Any, snapshot: Snapshot, grounds: Sequence[Ground], part: Part) -> list[Part]:
    """The figures of the part's series on other grounds of the same months."""
    sums = await fetch_frames(conn, snapshot, grounds[0].series, [one.frame for one in grounds])
    shown = np.zeros(part.ground.facts.shape, dtype=bool)
    return [
        make_part(part.measure, ground, found, shown) for ground, found in zip(grounds, sums, strict=True)
    ]


def set_beside(part: Part, other: Part) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """A part's figures divided by another's, and less another's, each with its limits; NaN where not given."""
    count = len(part.ground.asked)
    blank = np.full(part.figures.value[:count].shape, np.nan)
    none = (blank, blank, blank)
    a, b = part.sums.numerator[:count], other.sums.numerator[:count]
    n, m = part.figures.denominator[:count], other.figures.denominator[:count]
    match part.measure.statistic:
        case "rate":
            limits = rate_ratio(a, n, b, m)
            return (divide_rates(a, n, b, m), limits.lower, limits.upper), none
        case "amount" | "per_head":
            v, w = part.figures.value[:count], other.figures.value[:count]
            quotient = np.divide(v, w, out=blank.copy(), where=np.isfinite(w) & (w > 0) & (v >= 0))
            return (quotient, blank, blank), none
        case "count":
            months = part.sums.received[:count].astype(np.float64)
            limits = rate_ratio(a, months, b, months)
            return (divide_rates(a, months, b, months), limits.lower, limits.upper), none
        case "share":
            if part.measure.kind == "survey":
                a, b = part.figures.value[:count] * n, other.figures.value[:count] * m
            difference, between = subtract_shares(a, n, b, m)
            return none, (difference, between.lower, between.upper)
        case _:
            return none, none


def explain_statistic(
    statistic: str, of_ratio: str, of_count: str | None, of_amount: str | None = None
) -> str | None:
    """Why the figures of a statistic stand side by side without being divided or subtracted."""
    known = {"ratio": of_ratio, "count": of_count, "completeness": NO_INTERVAL, "amount": of_amount}
    return known.get(statistic)


def by_series(truths: list[bool], bits: Bits) -> Bools:
    return np.broadcast_to(np.array(truths, dtype=bool)[:, None, None], bits.shape)
