"""A table as files: CSV and Parquet in one reading, with their lengths and check sums."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import IO

import msgspec
import polars as pl

from api.bulk.read import Connect, Pieces, read_table, write_header
from api.bulk.tables import BulkTable
from api.record_files import write_groups
from api.snapshot import Snapshot

# A batch of lines is given to the disk when it is as long.
BUFFER_BYTES = 4 * 1024 * 1024


class WrittenFile(msgspec.Struct, frozen=True):
    """A file of a package: its path in it, its length, its check sum."""

    path: str
    bytes: int
    sha256: str


class WrittenTable(msgspec.Struct, frozen=True):
    """A table as files."""

    table: BulkTable
    rows: int
    csv: WrittenFile
    parquet: WrittenFile


async def write_table(
    folder: Path,
    connect: Connect,
    snapshot: Snapshot,
    table: BulkTable,
    as_of: str | None = None,
    given_up: asyncio.Event | None = None,
) -> WrittenTable:
    """Write a table of a release as `data/NAME.csv` and `data/NAME.parquet` in a folder; no more than a piece is in memory.

    It ends early, with what there is by then, where somebody has `given_up`.
    """
    async with aclosing(read_table(connect, snapshot, table, as_of)) as pieces:
        return await write_pieces(folder, snapshot, table, pieces, given_up)


async def write_pieces(
    folder: Path,
    snapshot: Snapshot,
    table: BulkTable,
    pieces: Pieces,
    given_up: asyncio.Event | None = None,
) -> WrittenTable:
    """The same of pieces that are read already."""
    names = f"data/{table.name}.csv", f"data/{table.name}.parquet"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    counted = Counted()
    with (folder / names[0]).open("wb", BUFFER_BYTES) as lines, (folder / names[1]).open("wb") as groups:
        lines.write(write_header(table))
        async with aclosing(_copy(pieces, lines, counted)) as frames:
            await write_groups(groups, frames, table, snapshot, given_up or asyncio.Event())
    csv, parquet = [await asyncio.to_thread(measure_file, folder, name) for name in names]
    return WrittenTable(table, counted.rows, csv, parquet)


class Counted:
    """How many rows went by."""

    def __init__(self) -> None:
        self.rows = 0


async def _copy(pieces: Pieces, lines: IO[bytes], counted: Counted) -> AsyncGenerator[pl.DataFrame, None]:
    """The tables of the pieces, their lines written on the way."""
    async for piece in pieces:
        lines.write(await asyncio.to_thread(piece.write_lines))
        frame = await asyncio.to_thread(piece.tabulate)
        counted.rows += len(frame)
        yield frame


def measure_file(folder: Path, name: str) -> WrittenFile:
    """The length and the check sum of a file in a folder."""
    path = folder / name
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return WrittenFile(name, path.stat().st_size, digest)
