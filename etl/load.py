"""Load files into the facts: one transaction a resource, one writer behind whatever reads, then one publish.

Killed at any point, the database holds whole resources and the release before; what they made stale is recorded with
them, and the next load or serve publishes it.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import asyncpg

import sql.queries
from etl import geography
from etl.candidate import Candidate
from etl.deflators import load_deflators
from etl.errors import Refused
from etl.find import Found, find
from etl.population import load_population
from etl.prepare import prepare
from etl.prepared import Prepared
from etl.publish import LOAD_LOCK, publish
from etl.report import FileReport, LoadReport, Options, Progress, report_refusal
from etl.write import Writer, open_writer

__all__ = ["FileReport", "LoadReport", "Options", "Progress", "load"]

WORKERS = 2
IN_FLIGHT = 4


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
        found = await asyncio.to_thread(find, paths, options.vintage, options.council, options.vintages)
        progress.found(len(found.candidates) + len(found.refusals))
        files = [report_refusal(name, None, refusal, time.perf_counter()) for name, refusal in found.refusals]
        for report in files:
            progress.file(report)
        pool = executor or ThreadPoolExecutor(WORKERS, thread_name_prefix="prepare")
        try:
            async with _without_waiting_for_the_disk(conn):
                async for report in _load_found(conn, found, options, pool, index_folder):
                    progress.file(report)
                    files.append(report)
        finally:
            if executor is None:
                pool.shutdown(cancel_futures=True)
        release = await publish(conn, on_progress=progress.metric)
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


@asynccontextmanager
async def _without_waiting_for_the_disk(conn: asyncpg.Connection) -> AsyncIterator[None]:
    """Commit without waiting until each transaction is on the disk.

    A server that crashes may lose the last resources, whole and in order, never a part of one; nothing of them was
    published. Publishing waits, and what was committed before it is on the disk then too.
    """
    await conn.execute("set synchronous_commit = off")
    try:
        yield
    finally:
        if not conn.is_closed():
            await conn.execute("reset synchronous_commit")


async def _load_found(
    conn: asyncpg.Connection, found: Found, options: Options, pool: Executor, index_folder: Path
) -> AsyncIterator[FileReport]:
    kinds: dict[str, list[Candidate]] = {kind: [] for kind in ("geography", "police", "table", "payment")}
    for candidate in found.candidates:
        kinds[candidate.kind if candidate.kind in kinds else "geography"].append(candidate)
    for candidate in kinds["geography"]:
        yield await _load_geography(conn, candidate, index_folder)
    police, tables = [*kinds["police"], *kinds["payment"]], kinds["table"]
    if not (police or tables):
        return
    writer = await open_writer(conn, options, await geography.open_index(conn, index_folder))
    numbers = await _reserve(conn, len(police) + len(tables))
    async for report in _load_in_order(writer, police, pool, numbers[: len(police)]):
        yield report
    async for report in _load_tables(writer, tables, pool, numbers[len(police) :]):
        yield report


async def _load_geography(conn: asyncpg.Connection, candidate: Candidate, index_folder: Path) -> FileReport:
    start = time.perf_counter()
    try:
        if candidate.kind == "population":
            return await load_population(conn, candidate)
        if candidate.kind == "deflator":
            return await load_deflators(conn, candidate)
        return await geography.load_geography(conn, candidate, index_folder)
    except Refused as refusal:
        return report_refusal(candidate.file, candidate.kind, refusal, start)


async def _load_in_order(
    writer: Writer, candidates: Sequence[Candidate], pool: Executor, numbers: Sequence[int]
) -> AsyncIterator[FileReport]:
    """Prepare a few files ahead and write them in their order. `numbers`: of the resources that they become."""
    waiting: deque[tuple[Candidate, int, float, asyncio.Future[Prepared | Refused]]] = deque()
    loop = asyncio.get_running_loop()
    remaining = iter(zip(candidates, numbers, strict=True))
    while True:
        while len(waiting) < IN_FLIGHT and (ahead := next(remaining, None)):
            candidate, number = ahead
            future = loop.run_in_executor(pool, prepare, writer.make_task(candidate, number))
            waiting.append((candidate, number, time.perf_counter(), future))
        if not waiting:
            return
        candidate, number, start, future = waiting.popleft()
        yield await writer.write(candidate, number, await future, pool, start)


async def _load_tables(
    writer: Writer, tables: Sequence[Candidate], pool: Executor, numbers: Sequence[int]
) -> AsyncIterator[FileReport]:
    """Prepare every table, which are few, and write them in the order of their vintages, which their rows tell.

    One at a time: a year of uses of force is 200 MB, and takes three times as much while it is read.
    """
    loop, start = asyncio.get_running_loop(), time.perf_counter()
    done: list[tuple[Candidate, int, Prepared | Refused]] = []
    for candidate, number in zip(tables, numbers, strict=True):
        task = writer.make_task(candidate, number)
        done.append((candidate, number, await loop.run_in_executor(pool, prepare, task)))
    done.sort(key=lambda item: item[2].vintage if isinstance(item[2], Prepared) else date.min)
    for candidate, number, prepared in done:
        yield await writer.write(candidate, number, prepared, pool, start)
        start = time.perf_counter()


async def _reserve(conn: asyncpg.Connection, count: int) -> list[int]:
    """Numbers for that many resources."""
    return [row["resource_id"] for row in await conn.fetch(sql.queries.load("reserve_resources"), count)]
