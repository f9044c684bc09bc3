"""Months as their first day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def parse_month(text: str) -> date:
    """The first day of a month written `2024-02`. Raises ValueError."""
    if len(text) != 7:
        raise ValueError(f"{text!r} is not a month such as 2024-02")
    return date.fromisoformat(f"{text}-01")


def add_months(month: date, count: int) -> date:
    """The month `count` months later (earlier where negative)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def last_day(month: date) -> date:
    """The last day of the month."""
    return add_months(month, 1) - timedelta(days=1)


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """The instants at which the month begins and ends in London, in UTC."""
    start = datetime(month.year, month.month, 1, tzinfo=LONDON)
    after = add_months(month, 1)
    end = datetime(after.year, after.month, 1, tzinfo=LONDON)
    return start.astimezone(UTC), end.astimezone(UTC)


def month_ranges(months: Iterable[date]) -> list[tuple[date, date]]:
    """The months as ranges without gaps, both ends included."""
    ordered = sorted(set(months))
    if not ordered:
        return []
    starts, ends = [ordered[0]], []
    for before, after in pairwise(ordered):
        if add_months(before, 1) != after:
            ends.append(before)
            starts.append(after)
    return list(zip(starts, [*ends, ordered[-1]], strict=True))
