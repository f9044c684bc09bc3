"""Payments from the database: pages and files of rows in the order of month, publisher, file and line.

What is read is a view that has no payment for domestic abuse and no other payment to its supplier; the role of the API may
read nothing else.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from api.errors import BadParameter, TooMuch
from api.figures.windows import first_day, number_of, text_of
from api.limits import RECORDS_PER_FILE
from api.payment_calendar import (
    Calendar,
    Publication,
    list_kinds,
    read_publications,
    write_calendar,
)
from api.payment_question import KIND, REDACTION, SOURCE, Question, Vocabulary
from api.payment_rows import PaymentCoverage, PaymentGap, share_of, write_gap
from api.record_scopes import FIRST_MONTH, Scope, read_scopes
from api.records import CHUNK_ROWS
from api.send import check_mark
from api.snapshot import Snapshot
from sql.queries import load

LEFT_OUT = ("by_publisher", "individual")
CURSOR_PARTS = 5
# Payments among which the first rows of a page are looked for, and by what the next ones are more.
FIRST_PART, GROWTH = 20_000, 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a line of a file, of a month and publisher."""

    month: int
    force: int
    resource_id: int
    line: int


START = Place(FIRST_MONTH, 0, 0, 0)


async def find_payment_scopes(conn: Any, snapshot: Snapshot, question: Question) -> list[Scope]:
    """The months of files that hold the payments. Raises Unavailable while they are changing."""
    months, forces = question.months, frozenset(question.forces)
    return await read_scopes(conn, snapshot, (SOURCE,), months.first, months.last, forces)


def check_payments(scopes: Sequence[Scope]) -> None:
    """Refuse a file that would be too large. Raises TooMuch, which says how to ask for less."""
    if sum(scope.events for scope in scopes) > RECORDS_PER_FILE:
        raise TooMuch(
            f"The months {text_of(scopes[0].month)} to {text_of(scopes[-1].month)} hold more payments than a file takes "
            f"({RECORDS_PER_FILE:,}): ask for fewer months, with from= and to=, or for one payer.",
        )


async def read_payments(
    conn: Any, question: Question, scopes: Sequence[Scope], after: Place | None, size: int
) -> tuple[list[Any], Place | None]:
    """The rows of one page, and the place of its last row where there are more."""
    rows: list[Any] = []
    place = after or START
    for part in divide(scopes, place.month):
        arguments = [*write_arguments(question, part), *_write_place(place), size + 1 - len(rows)]
        rows += await conn.fetch(load("api_payments"), *arguments)
        if len(rows) > size:
            last = rows[size - 1]
            ends = Place(number_of(last["month"]), last["force"], last["resource_id"], last["line"])
            return rows[:size], ends
    return rows, None


def divide(scopes: Sequence[Scope], first: int) -> Iterator[list[Scope]]:
    """The scopes from a month on, in parts of whole months: a few payments first, then ever more.

    A page is mostly filled by the first part; a search for what is rare reads on, and is at its end after few questions.
    """
    part: list[Scope] = []
    most = FIRST_PART
    for month, listed in groupby(scopes, key=lambda scope: scope.month):
        if month >= first:
            part += listed
            if sum(scope.events for scope in part) >= most:
                yield part
                part, most = [], most * GROWTH
    if part:
        yield part


async def read_all_payments(
    conn: Any, question: Question, scopes: Sequence[Scope]
) -> AsyncIterator[list[Any]]:
    """All rows, some thousands at a time. `conn` is in a transaction that sees one state of the database."""
    arguments = [*write_arguments(question, scopes), *_write_place(START), None]
    cursor = await conn.cursor(load("api_payments"), *arguments)
    while rows := await cursor.fetch(CHUNK_ROWS):
        yield rows


def write_arguments(question: Question, scopes: Sequence[Scope]) -> list[Any]:
    """The arguments by which payments are chosen."""
    held = [scope.month for scope in scopes] or [question.months.first]
    return [
        sorted({scope.resource_id for scope in scopes}),
        question.forces,
        first_day(max(question.months.first, min(held))),
        first_day(min(question.months.last, max(held))),
        question.kind_codes,
        question.tag_codes,
        question.supplier,
        question.department,
        question.words,
        question.least,
        question.greatest,
    ]


def _write_place(place: Place) -> tuple[Any, ...]:
    return first_day(place.month), place.force, place.resource_id, place.line


def write_cursor(snapshot: Snapshot, place: Place, mark: str) -> str:
    """A place in the list as text, with the list's mark."""
    return f"{snapshot.release_id}.{place.month}.{place.force}.{place.resource_id}.{place.line}.{mark}"


def read_cursor(snapshot: Snapshot, text: str | None, mark: str) -> Place | None:
    """The place that a cursor names. Raises BadParameter for one that is none, of another release, or of a list of
    another mark (`api.send.mark_list`).
    """
    if text is None:
        return None
    *parts, found = text.split(".")
    is_place = len(parts) == CURSOR_PARTS and all(
        part.isascii() and part.isdigit() and len(part) < 10 for part in parts
    )
    numbers = [int(part) for part in parts] if is_place else []
    if not is_place or not FIRST_MONTH <= numbers[1] < 10_000 * 12 or numbers[2] >= 2**15:
        raise BadParameter(
            "cursor", text, (), f"cursor={text!r} is no place in a list: follow links.next, or leave it out."
        )
    if numbers[0] != snapshot.release_id:
        raise BadParameter(
            "cursor", text, (), "The list is of a former release; another was published since: begin again."
        )
    check_mark(text, found, mark)
    return Place(*numbers[1:])


async def read_coverage(
    conn: Any, snapshot: Snapshot, question: Question, vocabulary: Vocabulary, scopes: Sequence[Scope]
) -> tuple[list[PaymentCoverage], list[PaymentGap], list[Calendar]]:
    """What is known of the months asked for, by payer and kind: what is there, and what is not."""
    publications = read_publications(await conn.fetch(load("api_payments_publication")))
    counts = await _count_redacted(conn, snapshot, question, vocabulary, scopes)
    resources = sorted({scope.resource_id for scope in scopes})
    files = {row["resource_id"]: row for row in await conn.fetch(load("api_payments_files"), resources)}
    covered, gaps, calendars = [], [], []
    for payer in question.payers:
        own = {scope.resource_id for scope in scopes if scope.force == payer.force}
        publication = publications.get(payer.force, Publication())
        for kind in list_kinds(snapshot, payer, question.kinds):
            calendar = write_calendar(snapshot, payer, kind, question.months, publication)
            calendars.append(calendar)
            gaps += [
                write_gap(payer, kind, gap.first, gap.last, gap.status, gap.reason) for gap in calendar.gaps
            ]
            months = counts.get((payer.force, kind), {})
            asked = [months[month] for month in calendar.expected if month in months]
            covered.append(
                PaymentCoverage(
                    payer_code=payer.payer_code,
                    payer=payer.name,
                    kind=kind,
                    months_expected=len(calendar.expected),
                    months_published=len(calendar.published),
                    share_redacted=share_of(sum(one[1] for one in asked), sum(one[0] for one in asked)),
                    rows_refused=sum(
                        files[number]["rows_rejected"] for number in own if kind in files[number]["kinds"]
                    ),
                    frequency=publication.frequency,
                    threshold=publication.threshold,
                    is_gross=publication.is_gross,
                    is_verified=publication.is_verified,
                )
            )
    return covered, gaps, calendars


ByMonth = dict[int, tuple[int, int]]


async def _count_redacted(
    conn: Any, snapshot: Snapshot, question: Question, vocabulary: Vocabulary, scopes: Sequence[Scope]
) -> Mapping[tuple[int, str], ByMonth]:
    """By publisher and kind, of each month how many payments are listed and how many without a name.

    A month of a publisher is counted once in a release.
    """
    kept: dict[tuple[int, str], ByMonth] = snapshot.memo.setdefault(("payments", "redacted"), {})
    counted: set[tuple[int, int]] = snapshot.memo.setdefault(("payments", "counted"), set())
    wanted = [scope for scope in scopes if (scope.force, scope.month) not in counted]
    if wanted:
        rows = await conn.fetch(
            load("api_payments_redacted"),
            sorted({scope.resource_id for scope in wanted}),
            sorted({scope.force for scope in wanted}),
            first_day(min(scope.month for scope in wanted)),
            first_day(max(scope.month for scope in wanted)),
            vocabulary.find_codes(REDACTION, LEFT_OUT),
        )
        found: dict[tuple[int, int, str], tuple[int, int]] = {}
        for row in rows:
            kind = vocabulary.classes[KIND].get(row["kind"], "")
            key = row["force"], number_of(row["month"]), kind
            payments, redacted = found.get(key, (0, 0))
            found[key] = payments + row["payments"], redacted + row["redacted"]
        new = {(scope.force, scope.month) for scope in wanted} - counted
        for (force, month, kind), sums in found.items():
            if (force, month) in new:
                kept.setdefault((force, kind), {})[month] = sums
        counted |= new
    return kept
