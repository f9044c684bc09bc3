"""What the files received so far cover: which months are whole, which are partial, which fields they cannot answer.

Pure: from what was loaded to the coverage of each (source, force, month).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from math import log
from statistics import median

import msgspec

from etl.months import add_months, last_day, month_bounds

CHANCE = 1e-6
LEAST_GAP = timedelta(hours=24)
NEIGHBOURS = 3
LEAST_NEIGHBOURS = 2
SHARE_OF_NEIGHBOURS = 0.6
COUNTED_SOURCES = ("street", "outcomes")


class Scope(msgspec.Struct, frozen=True):
    """One current file's share of a month. `words`: the classes it holds, None where the source has none."""

    source: str
    force: int
    month: date
    words: frozenset[str] | None
    events: int
    placed: int
    no_location: int
    outside: int
    first_event: datetime | None
    last_event: datetime | None
    unusable_fields: Mapping[str, str]


class Coverage(msgspec.Struct, frozen=True):
    """What is known of one source, force and month."""

    source: str
    force: int
    month: date
    status: str
    reason: str | None
    words: tuple[str, ...] | None
    unusable_fields: Mapping[str, str]
    events: int
    placed: int
    no_location: int
    outside: int


def find_coverage(scopes: Iterable[Scope]) -> list[Coverage]:
    """The coverage of every month of which something was received."""
    by_month: dict[tuple[str, int, date], list[Scope]] = defaultdict(list)
    for scope in scopes:
        by_month[scope.source, scope.force, scope.month].append(scope)
    counts = {key: (sum(scope.events for scope in group), _words(group)) for key, group in by_month.items()}
    found = []
    for (source, force, month), group in sorted(by_month.items(), key=lambda item: item[0]):
        reason = find_gap(group, month) or find_shortfall(counts, source, force, month)
        words = _words(group)
        found.append(
            Coverage(
                source=source,
                force=force,
                month=month,
                status="partial" if reason else "received",
                reason=reason,
                words=tuple(sorted(words)) if words is not None else None,
                unusable_fields={
                    field: why for scope in group for field, why in scope.unusable_fields.items()
                },
                events=sum(scope.events for scope in group),
                placed=sum(scope.placed for scope in group),
                no_location=sum(scope.no_location for scope in group),
                outside=sum(scope.outside for scope in group),
            )
        )
    return found


def _words(group: list[Scope]) -> frozenset[str] | None:
    words = [scope.words for scope in group if scope.words is not None]
    return frozenset().union(*words) if words else None


def find_gap(group: list[Scope], month: date) -> str | None:
    """Why a month with dated events is partial: no event from some time to its end, or from its beginning, too long for chance.

    Each of n events of a whole month falls into the covered part c of it with probability c, all of them with c to the
    power n; a gap of at least a day whose probability is under one in a million is no chance. Met searches of 2022-12
    stop on the 17th: 5,706 in 17 days, then none for 14.
    """
    last = max((scope.last_event for scope in group if scope.last_event), default=None)
    first = min((scope.first_event for scope in group if scope.first_event), default=None)
    if last is None or first is None:
        return None
    start, end = month_bounds(month)
    events = sum(scope.events for scope in group)
    if _is_no_chance(end - last, end - start, events):
        return f"the file stops on {last:%-d %B %Y}, though the month ends on {last_day(month):%-d %B}"
    if _is_no_chance(first - start, end - start, events):
        return f"the file begins on {first:%-d %B %Y}, though the month begins on {month:%-d %B}"
    return None


def _is_no_chance(gap: timedelta, whole: timedelta, events: int) -> bool:
    """Whether so many events would not leave so much of a month out by chance."""
    if gap < LEAST_GAP:
        return False
    covered = 1 - gap / whole
    return covered <= 0 or events * log(covered) < log(CHANCE)


def find_shortfall(
    counts: Mapping[tuple[str, int, date], tuple[int, frozenset[str] | None]],
    source: str,
    force: int,
    month: date,
) -> str | None:
    """Why a month without days is partial: under 60% of the median of the months around it that hold the same.

    Three months to each side are looked at; fewer than two of them there, nothing is said.
    """
    if source not in COUNTED_SOURCES:
        return None
    count, words = counts[source, force, month]
    around = [add_months(month, step) for step in range(-NEIGHBOURS, NEIGHBOURS + 1) if step]
    neighbours = [counts[key] for near in around if (key := (source, force, near)) in counts]
    like = [events for events, held in neighbours if _are_alike(words, held)]
    if len(like) < LEAST_NEIGHBOURS or count >= SHARE_OF_NEIGHBOURS * median(like):
        return None
    return f"the file holds {count:,} rows where the months around it hold about {median(like):,.0f}"


def _are_alike(words: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    """Whether two copies hold the same kinds of event, give or take kinds so rare that a month may lack them."""
    if words is None or others is None:
        return words == others
    return len(words & others) >= 0.8 * max(len(words), len(others))
