"""Row-level records: what is asked for, and reading it in the order in which it is stored.

Only rows of files that count in the release that is served are ever read. Where a load has taken rows of that release
away and has not yet been published, the months concerned are refused for the moment.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.areas import find_area
from api.datasets import DATASETS, WITHHELD, Dataset
from api.errors import BadParameter, NotFound, TooMuch, find_close
from api.figures.windows import first_day, last_day, parse_month, text_of
from api.limits import RECORDS_PER_FILE
from api.questions import refuse_future
from api.record_scopes import FIRST_MONTH, LAST_MONTH, Scope, read_scopes
from api.request import read_release
from api.send import check_mark
from api.snapshot import Area, Snapshot
from geo.publishers import is_publisher
from sql.queries import load

Position = tuple[int, int]
START: Position = (0, 0)
# Rows that are held at a time while a file is written.
CHUNK_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """Which records. `areas` None: all. `codes`: for each filter of the dataset the codes of words, None for all."""

    dataset: Dataset
    areas: tuple[Area, ...] | None
    first: int
    last: int
    codes: tuple[list[int] | None, ...]
    words: Mapping[str, Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a row of a month of a file, in a release."""

    release_id: int
    resource_id: int
    month: int
    force: int
    position: Position


def find_dataset(name: str) -> Dataset:
    """The dataset of a name. Raises NotFound, which says why for those that are not given."""
    if name in DATASETS:
        return DATASETS[name]
    if name.replace("-", "_") in WITHHELD:
        raise NotFound(WITHHELD[name.replace("-", "_")], found=name, allowed=list(DATASETS))
    if name.casefold() in ("payment", "payments"):
        raise NotFound(
            "Payments are listed by area, at /v1/areas/{area}/payments, such as /v1/areas/hackney/payments.",
            found=name,
        )
    close = find_close(name, list(DATASETS))
    hint = f": did you mean {' or '.join(close)}?" if close else "."
    raise NotFound(
        f"There are no records of {name!r}{hint} There are {', '.join(DATASETS)}.",
        found=name,
        allowed=list(DATASETS),
    )


def check_release(snapshot: Snapshot, as_of: str | None) -> None:
    """Refuse any release but the one that is served: rows of files that were replaced are not kept."""
    release = read_release(snapshot, "as_of", as_of)
    if release is not None and release.release_id != snapshot.release_id:
        assert snapshot.release is not None
        raise BadParameter(
            "as_of",
            as_of,
            (snapshot.release.release,),
            f"Records are given of the current release only, {snapshot.release.release}: rows of a file that another "
            "copy replaced are not kept. Figures of former releases are, in /v1/values with as_of.",
        )


async def resolve_question(
    conn: Any,
    snapshot: Snapshot,
    dataset: Dataset,
    areas: Sequence[str],
    months: tuple[str | None, str | None],
    filters: Mapping[str, Sequence[str] | None],
) -> Question:
    """The question of raw parameters. Raises BadParameter with what is allowed."""
    refuse_future(("from", months[0]), ("to", months[1]))
    first = FIRST_MONTH if months[0] is None else parse_month(months[0])
    last = LAST_MONTH if months[1] is None else parse_month(months[1])
    if last < first:
        raise BadParameter("to", months[1], (), f"to={months[1]} is before from={months[0]}: swap them.")
    for name, given in filters.items():
        if given and name not in dataset.words:
            raise BadParameter(
                name,
                given[0],
                list(dataset.words),
                f"Records of {dataset.dataset} cannot be chosen by {name}. They can by "
                f"{', '.join(('area', 'from', 'to', *dataset.words))}.",
            )
    vocabulary = await conn.fetch(load("read_vocabulary"))
    words: dict[str, list[str | None]] = {}
    for field in set(dataset.words.values()):
        by_code = {row["code"]: row["word"] or None for row in vocabulary if row["field"] == field}
        words[field] = [by_code.get(code) for code in range(max(by_code, default=0) + 1)]
    codes = tuple(
        _read_codes(name, filters.get(name) or (), [row for row in vocabulary if row["field"] == field])
        for name, field in dataset.words.items()
    )
    return Question(dataset, _read_areas(snapshot, areas), first, last, codes, words)


def _read_codes(name: str, texts: Sequence[str], vocabulary: Sequence[Mapping[str, Any]]) -> list[int] | None:
    """The codes of the words or classes that a filter names; None where it names none."""
    if not texts:
        return None
    found: dict[str, list[int]] = {}
    for row in vocabulary:
        for key in {str(row["class"]).casefold(), str(row["word"]).casefold()}:
            found.setdefault(key, []).append(row["code"])
    codes: set[int] = set()
    for text in texts:
        if not text.strip() or text.strip().casefold() not in found:
            classes = dict.fromkeys(str(row["class"]) for row in vocabulary)
            raise BadParameter(name, text, [*classes, *(row["word"] for row in vocabulary if row["word"])])
        codes.update(found[text.strip().casefold()])
    return sorted(codes)


def _read_areas(snapshot: Snapshot, texts: Sequence[str]) -> tuple[Area, ...] | None:
    if not texts:
        return None
    try:
        return tuple(find_area(snapshot, text) for text in texts)
    except NotFound as error:
        slugs = [area.slug for area in snapshot.areas.values()]
        raise BadParameter("area", str(error.members.get("found")), slugs) from None


def list_boroughs(
    snapshot: Snapshot, areas: Sequence[Area] | None, month: int, force: int
) -> list[int] | None:
    """The boroughs whose events by a force belong to any of the areas at a month's end; None for all.

    What is no force's, as a council's return, belongs where its borough's police does.
    """
    if areas is None:
        return None
    end = last_day(month)
    homes = snapshot.home_forces
    return sorted(
        {
            member.borough
            for area in areas
            for member in snapshot.members.get(area.area_code, ())
            if member.valid_from <= end <= member.valid_to
            and member.force in (None, homes.get(member.borough) if is_publisher(force) else force)
        }
    )


async def find_scopes(conn: Any, snapshot: Snapshot, question: Question) -> list[Scope]:
    """The months of files that hold the records, in order. Raises Unavailable while they are changing."""
    return await read_scopes(conn, snapshot, question.dataset.sources, question.first, question.last)


def check_size(question: Question, scopes: Sequence[Scope]) -> None:
    """Refuse a file that would be too large. Raises TooMuch, which says how to ask for less."""
    events = sum(scope.events for scope in scopes)
    if events > RECORDS_PER_FILE:
        months = f"{text_of(scopes[0].month)} to {text_of(scopes[-1].month)}"
        raise TooMuch(
            f"The months {months} hold {events:,} records, and a file takes them from {RECORDS_PER_FILE:,} at most: "
            "ask for fewer months, with from= and to=.",
        )


async def read_page(
    conn: Any, snapshot: Snapshot, question: Question, scopes: Sequence[Scope], after: Place | None, size: int
) -> tuple[list[tuple[Scope, list[Any]]], Place | None]:
    """The rows of one page by scope, and the place of its last row where there are more."""
    found: list[tuple[Scope, list[Any]]] = []
    left = size
    for scope in scopes:
        position = START
        if after is not None:
            key = scope.month, scope.force, scope.resource_id
            if key < (after.month, after.force, after.resource_id):
                continue
            if key == (after.month, after.force, after.resource_id):
                position = after.position
        arguments = _write_arguments(snapshot, question, scope, position, left + 1)
        if arguments is None:
            continue
        rows = await conn.fetch(load(question.dataset.query), *arguments)
        if rows[:left]:
            found.append((scope, list(rows[:left])))
        if len(rows) > left:
            last_scope, last_rows = found[-1]
            place = Place(
                snapshot.release_id,
                last_scope.resource_id,
                last_scope.month,
                last_scope.force,
                tuple(last_rows[-1]["position"]),
            )
            return found, place
        left -= len(rows)
    return found, None


async def read_all(
    conn: Any, snapshot: Snapshot, question: Question, scopes: Sequence[Scope]
) -> AsyncIterator[tuple[Scope, list[Any]]]:
    """All rows, some thousands at a time. `conn` is in a transaction that sees one state of the database."""
    for scope in scopes:
        arguments = _write_arguments(snapshot, question, scope, START, None)
        if arguments is None:
            continue
        cursor = await conn.cursor(load(question.dataset.query), *arguments)
        while rows := await cursor.fetch(CHUNK_ROWS):
            yield scope, rows


def _write_arguments(
    snapshot: Snapshot, question: Question, scope: Scope, position: Position, rows: int | None
) -> tuple[Any, ...] | None:
    """The arguments of the dataset's query; None where the areas hold nothing of the scope."""
    boroughs = list_boroughs(snapshot, question.areas, scope.month, scope.force)
    if boroughs is not None and not boroughs:
        return None
    return (
        scope.resource_id,
        first_day(scope.month),
        scope.force,
        boroughs,
        position,
        rows,
        *question.codes,
    )


def write_cursor(place: Place, mark: str) -> str:
    """A place in the list as text, with the list's mark."""
    block, offset = place.position
    return f"{place.release_id}.{place.month}.{place.force}.{place.resource_id}.{block}.{offset}.{mark}"


def read_cursor(snapshot: Snapshot, text: str | None, mark: str) -> Place | None:
    """The place that a cursor names. Raises BadParameter for one that is none, of another release, or of a list of
    another mark (`api.send.mark_list`).
    """
    if text is None:
        return None
    *parts, found = text.split(".")
    if len(parts) != 6 or not all(part.isascii() and part.isdigit() and len(part) < 11 for part in parts):
        raise BadParameter(
            "cursor", text, (), f"cursor={text!r} is no place in a list: follow links.next, or leave it out."
        )
    release_id, month, force, resource_id, block, offset = map(int, parts)
    if release_id != snapshot.release_id:
        raise BadParameter(
            "cursor", text, (), "The list is of a former release; another was published since: begin again."
        )
    if block >= 2**32 or offset >= 2**16:
        raise BadParameter("cursor", text, (), f"cursor={text!r} is no place in a list: follow links.next.")
    check_mark(text, found, mark)
    return Place(release_id, resource_id, month, force, (block, offset))
