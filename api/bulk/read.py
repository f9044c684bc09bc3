"""Tables of an export in pieces: memory does not grow with their length."""

import csv
import io
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, Protocol

import msgspec
import polars as pl

from api.bulk.listed import read_list
from api.bulk.plan import plan_values
from api.bulk.tables import BulkTable
from api.record_rows import Writer, write_csv
from api.records import find_scopes, read_all, resolve_question
from api.render.as_csv import Cells
from api.render.as_parquet import tabulate
from api.snapshot import Snapshot
from api.values import compute_values

# A connection for one piece of the work.
Connect = Callable[[], AbstractAsyncContextManager[Any]]


class Piece(Protocol):
    """Some rows of a table."""

    def write_lines(self) -> bytes:
        """As lines of CSV, by the rules of every CSV here."""

    def tabulate(self) -> pl.DataFrame:
        """As a table with the columns of the Parquet."""


class Rows:
    """Rows as the API gives them."""

    def __init__(self, table: BulkTable, rows: Sequence[msgspec.Struct]) -> None:
        self.table = table
        self.rows = rows

    def write_lines(self) -> bytes:
        """The lines as `format=csv` has them."""
        cells = Cells(self.table.row_type)
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(map(cells.write, self.rows))
        return text.getvalue().encode()

    def tabulate(self) -> pl.DataFrame:
        """The rows as `format=parquet` has them."""
        return tabulate(self.rows, self.table.row_type, self.table.schema)


class Frame:
    """Records, which come as tables."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def write_lines(self) -> bytes:
        """The lines as `format=csv` of records has them."""
        return write_csv(self.frame, is_first=False)

    def tabulate(self) -> pl.DataFrame:
        """The table itself."""
        return self.frame


Pieces = AsyncGenerator[Piece, None]


def write_header(table: BulkTable) -> bytes:
    """The first line of a table's CSV."""
    return (",".join(table.schema) + "\r\n").encode()


async def read_table(
    connect: Connect, snapshot: Snapshot, table: BulkTable, as_of: str | None = None
) -> Pieces:
    """A table of a release in pieces. `snapshot` must be that of `as_of`, where that is given.

    Records are read from one state of the database. Raises Unavailable where that is not of the release any more.
    """
    if table.measure is not None:
        for request in plan_values(snapshot, table.measure, as_of):
            async with connect() as conn:
                rows = await compute_values(conn, snapshot, request)
            yield Rows(table, rows)
    elif table.dataset is not None:
        async with aclosing(_read_records(connect, snapshot, table)) as frames:
            async for frame in frames:
                yield Frame(frame)
    else:
        async with connect() as conn:
            listed = await read_list(conn, snapshot, table.name)
        yield Rows(table, listed)


async def _read_records(
    connect: Connect, snapshot: Snapshot, table: BulkTable
) -> AsyncGenerator[pl.DataFrame, None]:
    assert table.dataset is not None
    async with connect() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        question = await resolve_question(conn, snapshot, table.dataset, (), (None, None), {})
        scopes = await find_scopes(conn, snapshot, question)
        writer = Writer(snapshot, table.dataset, question.words)
        async for scope, rows in read_all(conn, snapshot, question, scopes):
            yield writer.tabulate(rows, scope.force, scope.month)
