"""Which months one figure covers. Months are counted from year 0, so that they can be subtracted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

WindowKind = Literal["month", "rolling_12", "financial_year", "calendar_year", "whole"]

MARCH, DECEMBER = 2, 11


@dataclass(frozen=True, slots=True)
class Window:
    """The months `first` to `last`, both included, as numbers (`number_of`)."""

    first: int
    last: int

    @property
    def months(self) -> int:
        """How many months it covers."""
        return self.last - self.first + 1


def list_windows(kind: WindowKind, first: int, last: int) -> tuple[Window, ...]:
    """The windows of a kind between two months, in order; none where no such window ends there.

    `whole` is the one window from `first` to `last`. For all others `first` and `last` bound the windows'
    last months: a rolling year that ends in `first` begins eleven months before it. Raises ValueError where
    `last` is before `first`.
    """
    if last < first:
        raise ValueError(f"{text_of(last)} is before {text_of(first)}.")
    if kind == "whole":
        return (Window(first, last),)
    length = 1 if kind == "month" else 12
    ends = _ENDS[kind]
    return tuple(Window(end - length + 1, end) for end in range(first, last + 1) if ends(end))


def number_of(month: date) -> int:
    """The month that holds a day, counted from January of year 0."""
    return month.year * 12 + month.month - 1


def first_day(number: int) -> date:
    """The first day of a month."""
    return date(number // 12, number % 12 + 1, 1)


def last_day(number: int) -> date:
    """The last day of a month."""
    return first_day(number + 1) - timedelta(days=1)


def text_of(number: int) -> str:
    """A month as `2023-09`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def parse_month(text: str) -> int:
    """The number of a month written `2023-09`. Raises ValueError with what was expected."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if match is None or not 1900 <= int(match[1]) <= 2200:
        raise ValueError(f"{text!r} is not a month: write the year and the month, like 2023-09.")
    return int(match[1]) * 12 + int(match[2]) - 1


def describe_months(numbers: list[int]) -> str:
    """Months in words, runs together: `2022-09 to 2022-11, 2023-02`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(text_of(a) if a == b else f"{text_of(a)} to {text_of(b)}" for a, b in runs)


_ENDS: dict[str, Callable[[int], bool]] = {
    "month": lambda end: True,
    "rolling_12": lambda end: True,
    "financial_year": lambda end: end % 12 == MARCH,
    "calendar_year": lambda end: end % 12 == DECEMBER,
}

KINDS: tuple[WindowKind, ...] = ("month", "rolling_12", "financial_year", "calendar_year", "whole")
