"""Load files into the facts: one transaction a resource, one writer behind whatever reads, then one publish.

The only module that writes facts. Killed at any point, the database holds whole resources and the release before; what
they made stale is recorded with them, and the next load or serve publishes it.
"""

import asyncio
import io
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import msgspec

import sql.queries
from etl import geography, tally
from etl.errors import Refused
from etl.find import Candidate, Found, find
from etl.prepare import Prepared, Task, prepare
from etl.publish import Release, mark_stale, publish
from etl.sources.police import FORCE_NAMES
from etl.sources.source import Codes

WORKERS = 2
IN_FLIGHT = 4
LOAD_LOCK = "borough.load"
# a revised copy of a small force's month may lack a rare kind or two
LACKING_SHARE = 0.2


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the person who loads asked for. `only`: category classes that a partial copy holds."""

    vintage: date | None = None
    force: bool = False
    only: tuple[str, ...] = ()
    accept_rejects: bool = False
    replace_sample: bool = False


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file. status: loaded, unchanged or refused."""

    file: str
    source: str | None
    status: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_placed: int = 0
    seconds: float = 0.0
    message: str = ""


class LoadReport(msgspec.Struct, frozen=True):
    """What became of a load, file by file, and the release that it published (None: nothing changed)."""

    files: list[FileReport]
    other_forces: int
    not_data: int
    release: Release | None

    @property
    def refused(self) -> int:
        """How many files were refused."""
        return sum(file.status == "refused" for file in self.files)


class Progress(msgspec.Struct, frozen=True):
    """What a person who waits is told: files found, each file done, each metric published, other news."""

    found: Callable[[int], None] = lambda _: None
    file: Callable[[FileReport], None] = lambda _: None
    metric: Callable[[str, int, int], None] = lambda *_: None
    say: Callable[[str], None] = lambda _: None


async def load(
    conn: asyncpg.Connection,
    paths: Sequence[Path],
    *,
    index_folder: Path,
    options: Options | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> LoadReport:
    """Load every file under `paths` and publish once.

    `index_folder`: where the placer's index is kept between runs. `executor` maps over the files: threads where none is
    given. Raises sql.errors and asyncpg errors; refusals of files are in the report, the other files are loaded.
    """
    options, progress = options or Options(), progress or Progress()
    async with _one_loader(conn, progress):
        found = await asyncio.to_thread(find, paths, options.vintage)
        progress.found(len(found.candidates) + len(found.refusals))
        files = [_report_refusal(name, None, refusal, 0.0) for name, refusal in found.refusals]
        for report in files:
            progress.file(report)
        pool = executor or ThreadPoolExecutor(WORKERS, thread_name_prefix="prepare")
        try:
            files += [report async for report in _load_found(conn, found, options, progress, pool, index_folder)]
        finally:
            if executor is None:
                pool.shutdown(cancel_futures=True)
        await _tend(conn, files)
        release = await publish(conn, on_progress=progress.metric)
        if release:
            await conn.execute("analyze observation, series, coverage, exposure")
    return LoadReport(files, found.other_forces, found.not_data, release)


@asynccontextmanager
async def _one_loader(conn: asyncpg.Connection, progress: Progress) -> AsyncIterator[None]:
    """Hold the loaders' lock; wait, and say so, while another loader is at work."""
    if not await conn.fetchval("select pg_try_advisory_lock(hashtext($1))", LOAD_LOCK):
        progress.say("Another load is at work on this database. Waiting for it to end …")
        await conn.execute("select pg_advisory_lock(hashtext($1))", LOAD_LOCK)
    try:
        yield
    finally:
        if not conn.is_closed():
            await conn.execute("select pg_advisory_unlock(hashtext($1))", LOAD_LOCK)


async def _load_found(
    conn: asyncpg.Connection, found: Found, options: Options, progress: Progress, pool: Executor, index_folder: Path
) -> AsyncIterator[FileReport]:
    police = [candidate for candidate in found.candidates if candidate.kind == "police"]
    for candidate in found.candidates:
        if candidate.kind == "police":
            continue
        start = time.perf_counter()
        try:
            report = FileReport(**await geography.load_geography(conn, candidate, index_folder))
        except Refused as refusal:
            report = _report_refusal(candidate.file, candidate.kind, refusal, time.perf_counter() - start)
        progress.file(report)
        yield report
    if not police:
        return
    placer = await geography.open_index(conn, index_folder)
    writer = Writer(conn, options, placer, await _read_codes(conn), await _read_known(conn, options))
    waiting: deque[tuple[Candidate, int, float, asyncio.Future[Prepared | Refused]]] = deque()
    loop = asyncio.get_running_loop()
    remaining = iter(police)
    while True:
        while len(waiting) < IN_FLIGHT and (candidate := next(remaining, None)):
            task = await writer.make_task(candidate)
            waiting.append((candidate, task.resource_id, time.perf_counter(), loop.run_in_executor(pool, prepare, task)))
        if not waiting:
            return
        candidate, resource_id, start, future = waiting.popleft()
        report = await writer.write(candidate, resource_id, await future, pool, start)
        progress.file(report)
        yield report


class Writer:
    """The one writer behind the readers: decides by vintage, and loads each resource in one transaction."""

    def __init__(
        self, conn: asyncpg.Connection, options: Options, placer: Path, codes: Codes, known: frozenset[str]
    ) -> None:
        self.conn = conn
        self.options = options
        self.placer = placer
        self.codes = codes
        self.known = known
        self.only = _find_only(options, codes)
        self.today = datetime.now(UTC).date()

    async def make_task(self, candidate: Candidate) -> Task:
        """The work to do on a candidate, its resource's number included."""
        resource_id = await self.conn.fetchval("select nextval(pg_get_serial_sequence('resource', 'resource_id'))::int4")
        return self._task(candidate, resource_id)

    def _task(self, candidate: Candidate, resource_id: int) -> Task:
        has_categories = candidate.name is not None and candidate.name.source != "stop_search"
        only = self.only if has_categories else ()
        return Task(
            candidate, resource_id, self.codes, self.placer, self.today, only, self.options.accept_rejects, self.known
        )

    async def write(
        self, candidate: Candidate, resource_id: int, prepared: Prepared | Refused, pool: Executor, start: float
    ) -> FileReport:
        """Load what was prepared, in one transaction, or say why not."""
        name = candidate.name
        assert name is not None
        news = ""
        try:
            if isinstance(prepared, Prepared) and prepared.known:
                if reason := await self._why_unchanged(candidate, prepared.sha256):
                    return _report_unchanged(candidate, reason, start)
                self.known -= {prepared.sha256}
                prepared = await self._prepare_again(candidate, resource_id, pool)
            if isinstance(prepared, Prepared) and prepared.unseen:
                news = await self._learn(prepared.unseen)
                prepared = await self._prepare_again(candidate, resource_id, pool)
            if isinstance(prepared, Refused):
                raise prepared
            unchanged = await self._store(candidate, resource_id, prepared)
        except Refused as refusal:
            return _report_refusal(candidate.file, name.source, refusal, time.perf_counter() - start)
        if unchanged:
            return _report_unchanged(candidate, unchanged, start)
        return FileReport(
            file=candidate.file,
            source=name.source,
            status="loaded",
            rows_read=prepared.rows_read,
            rows_loaded=prepared.rows_loaded,
            rows_rejected=len(prepared.rejects),
            rows_placed=prepared.placed,
            seconds=round(time.perf_counter() - start, 3),
            message=news,
        )

    async def _prepare_again(self, candidate: Candidate, resource_id: int, pool: Executor) -> Prepared | Refused:
        task = self._task(candidate, resource_id)
        return await asyncio.get_running_loop().run_in_executor(pool, prepare, task)

    async def _learn(self, unseen: dict[str, list[str]]) -> str:
        """Give codes to words not seen before; they count as unknown until a person files them."""
        pairs = [(field, word) for field, words in unseen.items() for word in words]
        strange = [(field, word) for field, word in pairs if word not in self.codes[field]]
        if strange:
            fields, words = zip(*strange, strict=True)
            await self.conn.execute(sql.queries.load("learn_words"), list(fields), list(words))
            self.codes = await _read_codes(self.conn)
        return "New words, counted as unknown: " + "; ".join(f"{word!r} ({field})" for field, word in pairs)

    async def _store(self, candidate: Candidate, resource_id: int, prepared: Prepared) -> str:
        """Write a resource. Returns why nothing was changed, or '' where it was loaded. Raises Refused."""
        name = candidate.name
        assert name is not None
        async with self.conn.transaction():
            if reason := await self._why_unchanged(candidate, prepared.sha256):
                return reason
            await self._keep_apart(prepared)
            words = list(prepared.words) if prepared.words is not None else None
            rivals = await self.conn.fetch(sql.queries.load("find_rivals"), name.source, name.force, name.month)
            overtaken = [rival for rival in rivals if _overlap(rival["words"], words)]
            self._check_vintage(candidate, overtaken)
            await self._insert(candidate, resource_id, prepared)
            await self._supersede(candidate, resource_id, prepared, overtaken)
            await self._copy(prepared.table, prepared.columns, prepared.copy)
            await self._copy(tally.TABLE, tally.COLUMNS, prepared.tally)
            await mark_stale(self.conn, name.source, [name.month])
        return ""

    async def _copy(self, table: str, columns: Sequence[str], rows: bytes) -> None:
        if rows:
            await self.conn.copy_to_table(table, source=io.BytesIO(rows), columns=columns, format="csv")

    async def _why_unchanged(self, candidate: Candidate, sha256: str) -> str:
        """Why these bytes change nothing, or '': they are loaded already, or a later copy took their place."""
        name = candidate.name
        assert name is not None
        same = await self.conn.fetch(sql.queries.load("find_same"), name.source, name.force, name.month, sha256)
        if any(row["superseded_by"] is None for row in same):
            return "The same file is loaded already."
        if same and not self.options.force:
            return f"This copy was superseded by a later one ({same[0]['superseding_file']}). --force brings it back."
        return ""

    async def _keep_apart(self, prepared: Prepared) -> None:
        """Raise Refused where sample and real data would mix; drop the sample where that was asked for."""
        holds = await self.conn.fetchval("select bool_or(is_sample) from resource where source in ('stop_search', 'street', 'outcomes')")
        if holds is None or holds == prepared.is_sample:
            return
        if prepared.is_sample:
            raise Refused("This is sample data, and the database holds real data. Use another BOROUGH_DATA for the sample.")
        if not self.options.replace_sample:
            raise Refused(
                "The database holds sample data, which real data must not be mixed with. Load again with --replace-sample to drop"
                " the sample, with all its releases, and put the real files in its place."
            )
        await self.conn.execute(sql.queries.load("drop_sample"))

    def _check_vintage(self, candidate: Candidate, overtaken: Iterable[asyncpg.Record]) -> None:
        for rival in overtaken:
            if self.options.force:
                continue
            if candidate.vintage < rival["vintage"]:
                raise Refused(
                    f"This copy (vintage {candidate.vintage}) is older than the one in the database ({rival['file']}, vintage"
                    f" {rival['vintage']}), and an older copy never takes the place of a newer one. --force loads it all the same."
                )
            if candidate.vintage == rival["vintage"]:
                raise Refused(
                    f"This copy differs from the one in the database ({rival['file']}), and both have the vintage {rival['vintage']}:"
                    " which is newer cannot be told. Say with --vintage YYYY-MM-DD when this one was published."
                )

    async def _insert(self, candidate: Candidate, resource_id: int, prepared: Prepared) -> None:
        name = candidate.name
        assert name is not None and name.force is not None
        unplaced = prepared.no_location + prepared.outside
        notes = {"place_and_lsoa_disagree": prepared.disagreements} if prepared.disagreements else {}
        await self.conn.execute(
            sql.queries.load("add_resource"), resource_id, name.source, FORCE_NAMES[name.force], candidate.file, prepared.sha256,
            candidate.bytes, candidate.retrieved_at, candidate.vintage, prepared.is_sample, json.dumps(list(self.options.only) or None),
            prepared.rows_read, prepared.rows_loaded, len(prepared.rejects), prepared.placed, unplaced, json.dumps(notes),
        )  # fmt: skip
        await self.conn.execute(
            sql.queries.load("add_resource_scope"), resource_id, name.source, name.force, name.month,
            list(prepared.words) if prepared.words is not None else None, prepared.rows_loaded, prepared.placed, prepared.no_location,
            prepared.outside, prepared.first_event, prepared.last_event, json.dumps(prepared.unusable_fields),
        )  # fmt: skip
        if prepared.rejects:
            await self.conn.executemany(
                sql.queries.load("add_reject"), [(resource_id, r.line, r.reason, r.text) for r in prepared.rejects]
            )

    async def _supersede(
        self, candidate: Candidate, resource_id: int, prepared: Prepared, overtaken: Iterable[asyncpg.Record]
    ) -> None:
        """Take away the rows that this resource replaces, and record by whom they were superseded."""
        name = candidate.name
        assert name is not None
        for rival in overtaken:
            if self.only and _lacks(prepared.words, rival["words"]):
                raise Refused(
                    f"The database holds a fuller copy of this month ({rival['file']}); a partial copy cannot take its place."
                )
            if not self.options.force and _lacks(prepared.words, rival["words"], most=LACKING_SHARE):
                raise Refused(
                    f"This copy lacks more than a fifth of the kinds of event that the one in the database holds ({rival['file']})."
                    " A partial copy cannot take its place; if this one is whole, --force loads it."
                )
            for table in (prepared.table, tally.TABLE):
                await self.conn.execute(f"delete from {table} where resource_id = $1 and month = $2", rival["resource_id"], name.month)
            await self.conn.execute(
                sql.queries.load("supersede"), rival["resource_id"], name.force, name.month, resource_id
            )


def _overlap(words: Sequence[int] | None, others: Sequence[int] | None) -> bool:
    return words is None or others is None or not set(words).isdisjoint(others)


def _lacks(words: Sequence[int] | None, others: Sequence[int] | None, most: float = 0.0) -> bool:
    """Whether a copy with these kinds of event lacks more than a share of the kinds that another holds; None: all kinds."""
    if words is None:
        return False
    return others is None or len(set(others) - set(words)) > most * len(set(others))


def _find_only(options: Options, codes: Codes) -> tuple[int, ...]:
    """The codes of the classes that --only names. Raises Refused where one is none."""
    by_class = {_slug(word): code for word, code in codes["category"].items()}
    if strange := [name for name in options.only if name not in by_class]:
        raise Refused(f"--only names {strange[0]!r}, which is no category. Nothing was loaded.")
    return tuple(sorted(by_class[name] for name in set(options.only)))


def _report_refusal(file: str, source: str | None, refusal: Refused, seconds: float) -> FileReport:
    return FileReport(file=file, source=source, status="refused", seconds=round(seconds, 3), message=str(refusal))


def _report_unchanged(candidate: Candidate, reason: str, start: float) -> FileReport:
    source = candidate.name.source if candidate.name else None
    seconds = round(time.perf_counter() - start, 3)
    return FileReport(file=candidate.file, source=source, status="unchanged", seconds=seconds, message=reason)


def _slug(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")


async def _read_codes(conn: asyncpg.Connection) -> Codes:
    codes: Codes = {}
    for row in await conn.fetch("select field, word, code from vocabulary"):
        codes.setdefault(row["field"], {})[row["word"]] = row["code"]
    return codes


async def _read_known(conn: asyncpg.Connection, options: Options) -> frozenset[str]:
    """Files whose bytes are loaded already, so that they need not be read again."""
    if options.force or options.vintage or options.only:
        return frozenset()
    return frozenset(row["sha256"] for row in await conn.fetch("select distinct sha256 from resource"))


async def _tend(conn: asyncpg.Connection, files: Iterable[FileReport]) -> None:
    """Bring the planner's statistics up to date for what the measures read."""
    tables = {"stop_search": tally.TABLE, "street": "crime"}
    for table in sorted({tables[file.source] for file in files if file.status == "loaded" and file.source in tables}):
        await conn.execute(f"analyze {table}")
        for index in (f"{table}_month", f"{table}_resource"):
            await conn.execute("select brin_summarize_new_values($1::regclass)", index)
