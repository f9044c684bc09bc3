"""Is a month's file cut short? (issue 2, part 4; methods.md, rule 4.)"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import exp
from statistics import median
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

#: A silence less likely than this is no chance; one shorter than a day says nothing.
CHANCE = 1e-6
A_DAY = timedelta(days=1)

#: Under this share of what the months around hold, a file without days is partial.
SHARE = 0.6


def month_end(month: date) -> datetime:
    """The instant at which the month ends in London."""
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=LONDON)


def stops_early(moments: Iterable[datetime], month: date) -> bool:
    """Whether dated events end so long before the month does that chance cannot explain it.

    At the pace of the events up to the last, a silence of that length has probability exp(-pace × length).
    """
    ordered = sorted(moments)
    begin = datetime(month.year, month.month, 1, tzinfo=LONDON)
    # times are UTC; subtracting aware times of one zone ignores its clock changes, of two does not
    covered = ordered[-1] - begin.astimezone(ordered[-1].tzinfo)
    silence = month_end(month).astimezone(ordered[-1].tzinfo) - ordered[-1]
    if silence < A_DAY:
        return False
    return (
        exp(-len(ordered) / max(covered, timedelta(seconds=1)).total_seconds() * silence.total_seconds())
        < CHANCE
    )


def falls_short(rows: int, neighbours: Iterable[int]) -> bool:
    """Whether a file without days holds under 60% of the median of the months around it, two at least."""
    around = list(neighbours)
    return len(around) >= 2 and rows < SHARE * median(around)
