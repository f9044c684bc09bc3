"""Files of records, written as they are read: memory does not grow with their length."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import IO, Any, Protocol, cast

import polars as pl
from polars.io.plugins import register_io_source

from api.errors import Unavailable
from api.limits import FILES_AT_ONCE
from api.record_rows import Writer, write_csv
from api.record_scopes import Scope
from api.records import Question, check_size, find_scopes, read_all
from api.releases import Releases
from api.render.as_parquet import ROW_GROUP, describe_file
from api.snapshot import Snapshot

BUSY = "As many files are being written as this server writes at once: ask again in a minute."
PIECE_BYTES = 256 * 1024
Frames = AsyncGenerator[pl.DataFrame, None]


class HasSchema(Protocol):
    """What makes tables, and knows their columns."""

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The columns with their types."""


# Opened when the first piece is asked for, and closed after the last.
Reading = AbstractAsyncContextManager[tuple[Frames, HasSchema]]


class Exports:
    """How many files this worker is writing."""

    def __init__(self, most: int = FILES_AT_ONCE) -> None:
        self.most = most
        self.writing = 0
        # What is being written; a task that nobody holds may vanish.
        self.tasks: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def take_turn(self) -> AsyncIterator[None]:
        """Write one file. Raises Unavailable where enough are being written."""
        self.check()
        self.writing += 1
        try:
            yield
        finally:
            self.writing -= 1

    def check(self) -> None:
        """Raise Unavailable where enough files are being written."""
        if self.writing >= self.most:
            raise Unavailable(BUSY, retry_after_seconds=60)


async def stream_csv(exports: Exports, reading: Reading) -> AsyncIterator[bytes]:
    """What is read as CSV, piece by piece as it comes, from one state of the database.

    Raises Unavailable and TooMuch before the first piece. A reader who takes nothing for a minute is cut off by the
    database.
    """
    async with exports.take_turn(), reading as (frames, writer):
        yield write_csv(pl.DataFrame(schema=writer.schema), is_first=True)
        async for frame in frames:
            yield await asyncio.to_thread(write_csv, frame, is_first=False)


async def stream_parquet(exports: Exports, snapshot: Snapshot, reading: Reading) -> AsyncIterator[bytes]:
    """What is read as Parquet, from one state of the database.

    It is written to a temporary file first: what a Parquet file holds stands at its end, and no reader, however slow,
    keeps the database or the writer waiting. Raises Unavailable and TooMuch before the first piece.
    """
    async with exports.take_turn():
        file = cast(IO[bytes], tempfile.TemporaryFile(prefix="borough-"))  # noqa: SIM115
        given_up = asyncio.Event()
        # A task of its own: it ends in order, with its connection, also where the reader goes away in the middle.
        work = asyncio.create_task(_write_file(file, snapshot, reading, given_up))
        work.add_done_callback(lambda done: _tidy_away(done, file, given_up))
        exports.tasks.add(work)
        work.add_done_callback(exports.tasks.discard)
        try:
            await asyncio.shield(work)
            file.seek(0)
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                yield piece
        finally:
            given_up.set()
            if work.done():
                file.close()


def _tidy_away(done: "asyncio.Task[None]", file: IO[bytes], given_up: asyncio.Event) -> None:
    """Close a file that nobody waits for any more; whoever waits is told of errors."""
    if given_up.is_set():
        file.close()
        if not done.cancelled():
            done.exception()


async def _write_file(file: IO[bytes], snapshot: Snapshot, reading: Reading, given_up: asyncio.Event) -> None:
    async with reading as (frames, writer):
        await write_groups(file, frames, writer, snapshot, given_up)


@asynccontextmanager
async def open_records(
    releases: Releases, snapshot: Snapshot, question: Question
) -> AsyncIterator[tuple[Frames, Writer]]:
    """The records of a question as tables of some thousands of rows, and what made them."""
    async with (
        releases.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        scopes = await find_scopes(connection, snapshot, question)
        check_size(question, scopes)
        writer = Writer(snapshot, question.dataset, question.words)
        async with aclosing(_tabulate(connection, snapshot, question, scopes, writer)) as frames:
            yield frames, writer


async def _tabulate(
    connection: Any, snapshot: Snapshot, question: Question, scopes: Sequence[Scope], writer: Writer
) -> Frames:
    async for scope, rows in read_all(connection, snapshot, question, scopes):
        yield await asyncio.to_thread(writer.tabulate, rows, scope.force, scope.month)


async def write_groups(
    file: IO[bytes], frames: Frames, writer: HasSchema, snapshot: Snapshot, given_up: asyncio.Event
) -> None:
    """Write tables to a file as they come, in groups of rows, until the last or until `given_up`.

    A thread writes, and waits for each table.
    """
    loop = asyncio.get_running_loop()

    async def next_frame() -> pl.DataFrame | None:
        return None if given_up.is_set() else await anext(frames, None)

    def produce(*_: object) -> Iterator[pl.DataFrame]:
        while (frame := asyncio.run_coroutine_threadsafe(next_frame(), loop).result()) is not None:
            yield frame

    def write() -> None:
        register_io_source(produce, schema=writer.schema).sink_parquet(
            file, row_group_size=ROW_GROUP, maintain_order=True, metadata=describe_file(snapshot)
        )

    await asyncio.to_thread(write)
