"""Tables and the whole package as they are sent: nothing waits for all of it, and no more than a piece is in memory."""

import asyncio
import tempfile
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

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
FILTER_BITS = -zlib.MAX_WBITS


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
) -> AsyncIterator[bytes]:
    """The whole package as a zip. Each table is written to the disk before it is sent, and removed after.

    Where it breaks off the zip has no directory at its end, and no program takes it for whole.
    """
    # Its import asks a program about this machine, which importing a module of ours may not do.
    from stream_zip import ZIP_64, async_stream_zip

    async with exports.take_turn():
        with tempfile.TemporaryDirectory(prefix="borough-", ignore_cleanup_errors=True) as name:
            files = _list_files(Path(name), connect, snapshot, tables, as_of, left_out)
            members = ((path, modified, MODE, ZIP_64, content) async for path, modified, content in files)
            async for piece in async_stream_zip(
                members, get_compressobj=lambda: zlib.compressobj(LEVEL, zlib.DEFLATED, FILTER_BITS)
            ):
                yield piece


async def _list_files(
    folder: Path,
    connect: Connect,
    snapshot: Snapshot,
    tables: Sequence[BulkTable],
    as_of: str | None,
    left_out: Sequence[str],
) -> AsyncIterator[tuple[str, datetime, AsyncIterator[bytes]]]:
    """The files of the zip: the tables, then what can be said of them only when they are written."""
    published = snapshot.release.published_at if snapshot.release else datetime.now(UTC)
    modified = published.replace(tzinfo=None)
    written: list[WrittenTable] = []
    for table in tables:
        one = await write_table(folder, connect, snapshot, table, as_of)
        written.append(one)
        for file in (one.csv, one.parquet):
            yield file.path, modified, _read(folder / file.path)
            (folder / file.path).unlink(missing_ok=True)
    async with connect() as conn:
        sources = list_sources(await read_list(conn, snapshot, "sources"))
    readme = write_readme(snapshot, written, left_out)
    yield README, modified, _give(readme)
    descriptor = write_descriptor(snapshot, written, sources, as_of)
    yield DESCRIPTOR, modified, _give(descriptor)


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, READ_BYTES):
            yield piece


async def _give(content: bytes) -> AsyncIterator[bytes]:
    yield content
