"""Which months of payments each payer should have published, and which of them are here. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.figures.coverage import Coverage
from api.figures.windows import number_of, text_of
from api.payers import Payer
from api.payment_question import SOURCE, Months
from api.snapshot import Snapshot
from geo.areas import BOROUGHS
from geo.publishers import council_of

MAIN_KIND = "over_500"
NEVER = "No payments file of {} was loaded."
NO_FILE = "No file was loaded, though there are earlier and later ones."
NOT_YET = "No file was loaded; the last is of {}."
BEFORE_ALL = "No file was loaded; the first is of {}."
# The code asks for each month, or quarter, within a month of its end.
WITHIN, QUARTER, YEAR = 1, 3, 12


@dataclass(frozen=True, slots=True)
class Publication:
    """What a payer says that it publishes: how often, from what amount on, since and until when."""

    frequency: str | None = None
    threshold: str | None = None
    earliest: int | None = None
    latest: int | None = None
    is_gross: bool | None = None
    is_verified: bool | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Of one payer and kind: the months expected among those asked for, and those of them that are published."""

    payer: Payer
    kind: str
    expected: tuple[int, ...]
    published: tuple[int, ...]
    gaps: tuple["Gap", ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of expected months that are not there, and why."""

    first: int
    last: int
    status: str
    reason: str


def read_publications(rows: Iterable[Mapping[str, Any]]) -> dict[int, Publication]:
    """By publisher number, from rows of api_payments_publication.sql."""
    found = {}
    for row in rows:
        force = council_of(row["borough"]) if row["borough"] in BOROUGHS else row["borough"]
        found[force] = Publication(
            frequency=row["frequency"],
            threshold=row["threshold"],
            earliest=_number(row["earliest"]),
            latest=_number(row["latest"]),
            is_gross=row["is_gross"],
            is_verified=row["is_verified"],
        )
    return found


def find_latest_due(publication: Publication, now: int) -> int:
    """The latest month that should have been published in a month, by how often the payer publishes."""
    frequency = (publication.frequency or "").casefold()
    if frequency.startswith("quarter"):
        return _end_before(now - WITHIN, QUARTER, 0)
    if frequency.startswith(("annual", "year")):
        return _end_before(now - WITHIN, YEAR, 3)
    return now - WITHIN - 1


def list_kinds(snapshot: Snapshot, payer: Payer, asked: Sequence[str]) -> list[str]:
    """The kinds of payment to tell of: those asked for, else the main one and those of which the payer has files."""
    if asked:
        return list(asked)
    held = {word for row in _by_month(snapshot, payer).values() for word in row.words or ()}
    return [MAIN_KIND, *sorted(held - {MAIN_KIND})]


def write_calendar(
    snapshot: Snapshot, payer: Payer, kind: str, months: Months, publication: Publication
) -> Calendar:
    """The months of a payer and kind among those asked for, and the gaps in them."""
    held = {month: row for month, row in _by_month(snapshot, payer).items() if kind in (row.words or ())}
    first, last = bound(snapshot, months, publication, held, is_main=kind == MAIN_KIND)
    within = {month for month in held if months.first <= month <= months.last}
    expected = tuple(sorted({*range(first, last + 1), *within}))
    published = tuple(month for month in expected if month in held and held[month].status == "received")
    told = [(month, *_judge(month, held, payer)) for month in expected if month not in published]
    return Calendar(payer, kind, expected, published, tuple(_join(told)))


def bound(
    snapshot: Snapshot,
    months: Months,
    publication: Publication,
    held: Mapping[int, Coverage],
    *,
    is_main: bool,
) -> tuple[int, int]:
    """The first and the last month expected: within those asked for, since the payer's first, up to the latest due.

    Where a bound is not asked for it is that of all files of payments. Kinds but the main one are expected between the
    first and the last file of them: not every payer publishes them.
    """
    every = [
        month for (source, _), by_month in snapshot.coverage.items() if source == SOURCE for month in by_month
    ]
    if not (every or (months.given_first is not None and months.given_last is not None)):
        return 0, -1
    first = min(every, default=0) if months.given_first is None else months.given_first
    last = max(every, default=-1) if months.given_last is None else months.given_last
    if not is_main:
        return max(first, min(held, default=last + 1)), min(last, max(held, default=first - 1))
    assert snapshot.release is not None
    now = number_of(snapshot.release.published_at.date())
    since = publication.earliest if publication.earliest is not None else min(held, default=first)
    return max(first, min([since, *held])), min(last, find_latest_due(publication, now))


def _judge(month: int, held: Mapping[int, Coverage], payer: Payer) -> tuple[str, str]:
    found = held.get(month)
    if found is not None:
        return found.status, found.reason or "The file holds only a part of the month."
    if not held:
        return "missing", NEVER.format(payer.name)
    if month > max(held):
        return "missing", NOT_YET.format(text_of(max(held)))
    return "missing", NO_FILE if month > min(held) else BEFORE_ALL.format(text_of(min(held)))


def _join(told: Sequence[tuple[int, str, str]]) -> Iterable[Gap]:
    """Runs of months of which the same is said."""
    start = 0
    for place, (month, *said) in enumerate(told):
        following = told[place + 1] if place + 1 < len(told) else None
        if following is None or following[0] != month + 1 or list(following[1:]) != said:
            yield Gap(told[start][0], month, *told[start][1:])
            start = place + 1


def _by_month(snapshot: Snapshot, payer: Payer) -> Mapping[int, Coverage]:
    return snapshot.coverage.get((SOURCE, payer.force), {})


def _end_before(month: int, length: int, remainder: int) -> int:
    """The last month of the latest period of `length` months that had ended before a month."""
    return month - 1 - (month - remainder) % length


def _number(day: date | None) -> int | None:
    return None if day is None else number_of(day)
