"""A signal of a monthly series in plain words. Pure."""

from dataclasses import dataclass

from api.figures.windows import parse_month
from api.report.statement import name_month, name_period

RULES = (("limit", "outside"), ("centre", "one_side"), ("", "trend"))
DIRECTIONS = ("above", "below", "rising", "falling")


@dataclass(frozen=True, slots=True)
class SaidSignal:
    """A signal as a scorecard says it, read back: rule, direction, months."""

    rule: str
    direction: str
    first: str
    last: str

    def count_months_before(self, month: str) -> int:
        """How many months before a month it ends."""
        return parse_month(month) - parse_month(self.last)


def read_signal(text: str) -> SaidSignal:
    """What `describe_signal` said. Raises ValueError for another text."""
    words = text.rstrip(".").replace(",", "").split()
    months = [word for word in words if len(word) == 7 and word[4] == "-"]
    direction = next((word for word in DIRECTIONS if word in words), None)
    if direction is None or not months:
        raise ValueError(f"{text!r} says of no signal.")
    rule = next(rule for mark, rule in RULES if mark in text)
    return SaidSignal(rule, direction, months[0], months[-1])


def write_signal(signal: SaidSignal) -> str:
    """The signal as a clause."""
    months = name_period(signal.first, signal.last)
    if signal.rule == "outside":
        limit = "upper" if signal.direction == "above" else "lower"
        return f"{months} lies {signal.direction} the {limit} limit within which chance alone would keep most months"
    if parse_month(signal.last) - parse_month(signal.first) == 11:
        months = f"{name_month(signal.first)} to {name_month(signal.last)}"
    if signal.rule == "one_side":
        return f"every month from {months} lies {signal.direction} the average of the series"
    verb = "rises" if signal.direction == "rising" else "falls"
    return f"the monthly figure {verb} without a pause from {months}"
