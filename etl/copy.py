"""Rows on their way into a table: COPY in PostgreSQL's binary form (its manual, "COPY", "Binary Format"), or CSV.

The server takes the binary form twice as fast as text: there is nothing to parse. Where rows are few, CSV is less work.
"""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import numpy as np
import numpy.typing as npt
import polars as pl

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
NULL = -1

# PostgreSQL counts from 2000-01-01
DAYS = 10_957
MICROSECONDS = DAYS * 86_400_000_000

NUMBERS = {pl.Int16: ">i2", pl.Int32: ">i4", pl.Int64: ">i8", pl.Float64: ">f8", pl.Boolean: "?"}

# Rows are laid out as wide as the widest, and as many at a time as stay in the processor's cache: a text that is too
# long for that makes it slow, and never fills the memory.
BLOCK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class _Field:
    """A column. `lengths`: the bytes of each row (null: -1), one number where all have as many; `width`: the most.

    `values`: one a row, in the form `kind` on the wire; or, for text, the bytes of all rows, where row r ends at `ends[r]`.
    """

    lengths: npt.NDArray[np.int32] | int
    width: int
    kind: str
    values: npt.NDArray[Any]
    ends: npt.NDArray[np.int64] | None = None

    def take(self, part: slice) -> npt.NDArray[Any]:
        """The values of some rows, all of the same width."""
        if self.ends is None or isinstance(self.lengths, int):
            return self.values[part]
        lengths = self.lengths[part]
        first = self.ends[part.start] - max(lengths[0], 0)
        padded = np.zeros((len(lengths), self.width), dtype=np.uint8)
        padded[np.arange(self.width) < lengths[:, None]] = self.values[first : self.ends[part][-1]]
        return padded.view(self.kind)[:, 0]


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows for COPY into the columns of a table: bytes of a form, `binary` or `csv`, in blocks to be sent in order."""

    table: str
    columns: tuple[str, ...]
    form: str
    blocks: tuple[bytes, ...]


def to_csv(table: str, frame: pl.DataFrame) -> Copy:
    """The rows as CSV: no header, null as nothing at all."""
    content = io.BytesIO()
    frame.write_csv(content, include_header=False)
    return Copy(table, tuple(frame.columns), "csv", (content.getvalue(),))


async def send(conn: asyncpg.Connection, copy: Copy) -> None:
    """Put rows into their table. Raises asyncpg errors."""

    async def give() -> AsyncIterator[bytes]:
        for block in copy.blocks:
            yield block

    await conn.copy_to_table(copy.table, source=give(), columns=copy.columns, format=copy.form)


def to_binary(table: str, frame: pl.DataFrame) -> Copy:
    """The rows in binary form.

    int16, int32, float64 and booleans are for columns of their kind, dates for date, datetimes (UTC, in microseconds)
    for timestamptz, text for text, binary of 16 bytes for uuid. Raises TypeError for any other type.
    """
    fields = [_encode(series) for series in frame]
    layout = [("count", ">i2")]
    for number, field in enumerate(fields):
        layout += [(f"length{number}", ">i4"), (f"value{number}", field.kind)]
    row = np.zeros(1, dtype=layout)
    row["count"] = len(fields)
    for number, field in enumerate(fields):
        if isinstance(field.lengths, int):
            row[f"length{number}"] = field.lengths
    step = max(BLOCK_BYTES // row.dtype.itemsize, 1)
    starts = range(0, frame.height, step)
    blocks = [_lay_out(fields, row, slice(start, min(start + step, frame.height))) for start in starts]
    return Copy(table, tuple(frame.columns), "binary", (HEAD, *blocks, TAIL))


def _lay_out(fields: Sequence[_Field], row: npt.NDArray[np.void], part: slice) -> bytes:
    rows = np.repeat(row, part.stop - part.start)
    # a row keeps of each value as many bytes as it has
    keeps = np.ones((len(rows), row.dtype.itemsize), dtype=np.bool_)
    start = 2
    for number, field in enumerate(fields):
        start += 4 + field.width
        if field.width:
            rows[f"value{number}"] = field.take(part)
        if not isinstance(field.lengths, int):
            rows[f"length{number}"] = field.lengths[part]
            keeps[:, start - field.width : start] = np.arange(field.width) < field.lengths[part, None]
    return rows.view(np.uint8).reshape(keeps.shape)[keeps].tobytes()


def _encode(series: pl.Series) -> _Field:
    if series.null_count() == len(series):
        return _Field(NULL, 0, "V0", np.empty(0))
    if series.dtype in (pl.String, pl.Binary):
        return _encode_bytes(series.cast(pl.Binary))
    if series.dtype == pl.Datetime("us"):
        numbers, kind = series.to_physical() - MICROSECONDS, ">i8"
    elif series.dtype == pl.Date:
        numbers, kind = series.to_physical() - DAYS, ">i4"
    elif type(series.dtype) in NUMBERS:
        numbers, kind = series, NUMBERS[type(series.dtype)]
    else:
        raise TypeError(f"{series.name} is {series.dtype}, which has no binary form here.")
    width = np.dtype(kind).itemsize
    if not series.null_count():
        return _Field(width, width, kind, numbers.to_numpy())
    lengths = np.where(series.is_null().to_numpy(), NULL, width).astype(np.int32)
    return _Field(lengths, width, kind, numbers.fill_null(False if kind == "?" else 0).to_numpy())


def _encode_bytes(series: pl.Series) -> _Field:
    lengths = series.bin.size().cast(pl.Int32).fill_null(NULL).to_numpy()
    width = int(lengths.max())
    joined = np.frombuffer(b"".join(series.drop_nulls().to_list()), dtype=np.uint8)
    if width and (lengths == width).all():
        return _Field(width, width, f"V{width}", joined.view(f"V{width}"))
    return _Field(lengths, width, f"V{width}", joined, np.cumsum(np.maximum(lengths, 0)))
