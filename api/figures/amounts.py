"""What adds up of a figure shown, so that areas can be added and left out: add first, divide last.

Amounts are taken from figures as they are shown, so nothing that follows from them tells more than they do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from api.figures import intervals
from api.figures.change import subtract_shares
from api.figures.money import PENCE, STATISTICS
from api.figures.ratio import divide_rates

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Amount:
    """Events, and what they are divided by: person-months for rates and ratios (whole persons, so sums are
    exact), events for shares, 0 for counts. The reference is that of a ratio. Of money the events are pence, over residents
    or 0.
    """

    events: float
    under: float
    reference_events: float = 0
    reference_under: float = 0

    def plus(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(
            self.events + other.events,
            self.under + other.under,
            self.reference_events + other.reference_events,
            self.reference_under + other.reference_under,
        )

    def without(self, part: "Amount") -> "Amount":
        """This less a part of it."""
        return Amount(
            self.events - part.events,
            self.under - part.under,
            self.reference_events - part.reference_events,
            self.reference_under - part.reference_under,
        )


@dataclass(frozen=True, slots=True)
class Against:
    """A figure against another: a ratio of rates or a difference of shares, with its 95% interval."""

    value: float
    lower: float
    upper: float


def read_amount(
    statistic: str,
    numerator: float | None,
    denominator: float | None,
    reference_numerator: int | None = None,
    reference_denominator: float | None = None,
) -> Amount | None:
    """The amount of a figure's numbers, None where one that it needs is not shown."""
    if numerator is None:
        return None
    if statistic == "count":
        return Amount(numerator, 0)
    if statistic == "amount":
        return Amount(round(PENCE * numerator), 0)
    if denominator is None:
        return None
    if statistic == "per_head":
        return Amount(round(PENCE * numerator), denominator)
    if statistic in ("share", "completeness"):
        return Amount(numerator, round(denominator))
    months = round(MONTHS * denominator)
    if statistic == "rate":
        return Amount(numerator, months)
    if reference_numerator is None or reference_denominator is None:
        return None
    return Amount(numerator, months, reference_numerator, round(MONTHS * reference_denominator))


def add_amounts(parts: Iterable[Amount | None]) -> Amount | None:
    """The sum, None where a part is not known or there is none."""
    known = list(parts)
    if not known or any(part is None for part in known):
        return None
    return reduce(Amount.plus, [part for part in known if part is not None])


def find_value(statistic: str, amount: Amount | None) -> float | None:
    """The figure of an amount, as /v1/values computes it: None where it is undefined."""
    if amount is None:
        return None
    if statistic == "count":
        return float(amount.events)
    if statistic == "amount":
        return amount.events / PENCE
    if amount.under <= 0:
        return None
    if statistic in STATISTICS:
        return amount.events / PENCE / amount.under
    if statistic in ("share", "completeness"):
        return amount.events / amount.under
    years = amount.under / MONTHS
    if statistic == "rate":
        return 1000 * amount.events / years
    parts = (amount.events, years, amount.reference_events, amount.reference_under / MONTHS)
    found = float(divide_rates(*(np.array(float(part)) for part in parts)))
    return None if np.isnan(found) else found


def divide_by_rest(amount: Amount, rest: Amount) -> Against | None:
    """The ratio of a rate to that of the rest, with the interval of `intervals.rate_ratio`."""
    a, n, b, m = amount.events, amount.under / MONTHS, rest.events, rest.under / MONTHS
    limits = intervals.rate_ratio(a, n, b, m)
    value = float(divide_rates(*(np.array(float(part)) for part in (a, n, b, m))))
    return None if np.isnan(value) else Against(value, float(limits.lower[0]), float(limits.upper[0]))


def subtract_rest(amount: Amount, rest: Amount) -> Against | None:
    """The difference of a share from that of the rest, with Newcombe's interval."""
    difference, limits = subtract_shares(amount.events, amount.under, rest.events, rest.under)
    value = float(difference[0])
    return None if np.isnan(value) else Against(value, float(limits.lower[0]), float(limits.upper[0]))
