"""Tables and the whole package as they are sent: nothing waits for all of it, and no more than a piece is in memory."""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import polars as pl

from api.bulk.listed import read_list
from api.bulk.package import DESCRIPTOR, README, list_sources, write_descriptor, write_readme
from api.bulk.read import Connect, read_table, write_header
from api.bulk.tables import BulkTable
from api.bulk.write import WrittenTable, write_table
from api.record_files import Exports, HasSchema
from api.snapshot import Snapshot

READ_BYTES = 256 * 1024
MODE = 0o644
# Figures repeat themselves: the fast levels make little more of them, in a fifth of the time.
LEVEL = 3


async def stream_lines(
    exports: Exports, connect: Connect, snapshot: Snapshot, table: BulkTable, as_of: str | None
) -> AsyncIterator[bytes]:
    """A table as CSV, piece by piece. Raises Unavailable before the first where enough files are being written."""
    async with exports.take_turn():
        yield write_header(table)
        async with aclosing(read_table(connect, snapshot, table, as_of)) as pieces:
            async for piece in pieces:
                yield await asyncio.to_thread(piece.write_lines)


@asynccontextmanager
async def open_frames(
    connect: Connect, snapshot: Snapshot, table: BulkTable, as_of: str | None
) -> AsyncIterator[tuple[AsyncGenerator[pl.DataFrame, None], HasSchema]]:
    """A table as frames of the columns of its Parquet, for `api.record_files.stream_parquet`."""
    async with aclosing(_list_frames(connect, snapshot, table, as_of)) as frames:
        yield frames, table


async def _list_frames(
    connect: Connect, snapshot: Snapshot, table: BulkTable, as_of: str | None
) -> AsyncGenerator[pl.DataFrame, None]:
    async with aclosing(read_table(connect, snapshot, table, as_of)) as pieces:
        async for piece in pieces:
            yield await asyncio.to_thread(piece.tabulate)


async def stream_package(
    exports: Exports,
    connect: Connect,
    snapshot: Snapshot,
    tables: Sequence[BulkTable],
    as_of: str | None,
    left_out: Sequence[str] = (),
) -> AsyncGenerator[bytes, None]:
    """The whole package as a zip. Each table is written to the disk before it is sent, and removed after.

    Where it breaks off the zip has no directory at its end, and no program takes it for whole. Raises Unavailable before the
    first piece where enough files are being written.
    """
    async with exports.take_turn():
        with tempfile.TemporaryDirectory(prefix="borough-") as name:
            folder = Path(name)
            pack = Pack(snapshot)
            written: list[WrittenTable] = []
            for table in tables:
                one = await _write_table(exports, folder, connect, snapshot, table, as_of)
                written.append(one)
                for file in (one.csv, one.parquet):
                    with pack.open(file.path) as member, (folder / file.path).open("rb") as content:
                        while piece := await asyncio.to_thread(content.read, READ_BYTES):
                            await asyncio.to_thread(member.write, piece)
                            yield pack.take()
                    (folder / file.path).unlink()
            async with connect() as conn:
                sources = list_sources(await read_list(conn, snapshot, "sources"))
            pack.add(README, write_readme(snapshot, written, left_out))
            pack.add(DESCRIPTOR, write_descriptor(snapshot, written, sources, as_of))
            pack.close()
            yield pack.take()


async def _write_table(
    exports: Exports,
    folder: Path,
    connect: Connect,
    snapshot: Snapshot,
    table: BulkTable,
    as_of: str | None,
) -> WrittenTable:
    """`write_table` in a task of its own: it ends in order, thread and connection too, where the reader goes away."""
    given_up = asyncio.Event()
    work = asyncio.create_task(write_table(folder, connect, snapshot, table, as_of, given_up))
    exports.tasks.add(work)
    try:
        return await asyncio.shield(work)
    finally:
        given_up.set()
        # The turn is kept as long: threads that wait for each other must not become many.
        await asyncio.wait({work})
        exports.tasks.discard(work)


class Pack:
    """A zip that is taken away as it grows. Every file in it has the date of the release."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(
            cast(IO[bytes], self._sink), "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL
        )
        published = snapshot.release.published_at if snapshot.release else datetime.now(UTC)
        self._date = published.timetuple()[:6]

    def open(self, path: str) -> IO[bytes]:
        """A file of the zip, to be written."""
        info = zipfile.ZipInfo(path, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = MODE << 16
        return self._zip.open(info, "w", force_zip64=True)

    def add(self, path: str, content: bytes) -> None:
        """A whole file."""
        with self.open(path) as member:
            member.write(content)

    def take(self) -> bytes:
        """What was written since it was taken last."""
        taken, self._sink.held = bytes(self._sink.held), bytearray()
        return taken

    def close(self) -> None:
        """Write the directory."""
        self._zip.close()


class _Sink:
    """Where a zip is written that cannot be gone back in: `zipfile` then puts lengths behind each file."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, content: bytes) -> int:
        """Hold it until it is taken."""
        self.held += content
        return len(content)

    def flush(self) -> None:
        """Nothing waits."""
