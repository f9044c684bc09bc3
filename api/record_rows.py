"""Records as tables: from what the database stores to what is given. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

from api.areas import name_force
from api.datasets import Dataset
from api.figures.windows import text_of
from api.render.as_csv import NOT_AVAILABLE, RUNS
from api.render.as_parquet import read_type
from api.snapshot import Snapshot

# The numbers of `place` in the facts.
PLACED = (None, "point", "lsoa", "nearest", "outside", "none", "named")
# Boroughs are numbered from -1 (outside London).
FIRST_BOROUGH = -1
RUNNABLE = "^[" + "".join(f"\\{sign}" if sign.isascii() else sign for sign in RUNS) + "]"

Words = Mapping[str, Sequence[str | None]]


class Writer:
    """Makes tables of a dataset's records. `words`: of each vocabulary field, by code; None where there is none."""

    def __init__(self, snapshot: Snapshot, dataset: Dataset, words: Words) -> None:
        self.dataset = dataset
        self.schema = read_schema(dataset.record)
        areas = {area.borough: area for area in snapshot.areas.values() if area.borough is not None}
        numbers = range(FIRST_BOROUGH, max(areas) + 1)
        self.codes = pl.Series([areas[n].area_code if n in areas else None for n in numbers], dtype=pl.String)
        self.names = pl.Series([areas[n].area_name if n in areas else None for n in numbers], dtype=pl.String)
        self.placed = pl.Series(PLACED, dtype=pl.String)
        self.words = {
            column: pl.Series(words[field], dtype=pl.String) for column, field in dataset.words.items()
        }

    def tabulate(self, rows: Sequence[Sequence[Any]], force: int, month: int) -> pl.DataFrame:
        """Rows of the dataset's query, of one force and month, in the columns of its record."""
        own = [name for name in self.schema if name not in HEAD]
        columns = list(zip(*rows, strict=True)) or [()] * (3 + len(own))
        numbers = pl.Series(columns[1], dtype=pl.Int64) - FIRST_BOROUGH
        made = {
            "month": pl.repeat(text_of(month), len(rows), dtype=pl.String, eager=True),
            "force": pl.repeat(name_force(force) or str(force), len(rows), dtype=pl.String, eager=True),
            "area_code": self.codes.gather(numbers),
            "area_name": self.names.gather(numbers),
            "placed": self.placed.gather(pl.Series(columns[2], dtype=pl.Int64)),
        }
        for name, values in zip(own, columns[3:], strict=True):
            if name in self.words:
                made[name] = self.words[name].gather(pl.Series(values, dtype=pl.Int64))
            else:
                made[name] = pl.Series(values, dtype=self.schema[name])
        return pl.DataFrame({name: made[name] for name in self.schema}, schema=self.schema)


HEAD = ("month", "force", "area_code", "area_name", "placed")


def read_schema(record: type[msgspec.Struct]) -> dict[str, pl.DataType]:
    """The columns of a record: month, force and place first, then its own."""
    types = {}
    for field in msgspec.structs.fields(record):
        kind = read_type(field.type)
        assert kind is not None, f"{field.name} has no column"
        types[field.encode_name] = kind
    return {name: types[name] for name in (*HEAD, *(name for name in types if name not in HEAD))}


def list_records(frame: pl.DataFrame, record: type[msgspec.Struct]) -> list[msgspec.Struct]:
    """The rows of a table as records."""
    return [record(**row) for row in frame.iter_rows(named=True)]


def write_csv(frame: pl.DataFrame, *, is_first: bool) -> bytes:
    """The rows as lines of CSV by the rules of `api.render.as_csv`, the header before the first."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(
        pl.when(pl.col(name).str.contains(RUNNABLE))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.when(pl.col(name) != "").then(pl.col(name)))
        .alias(name)
        for name in texts
    )
    return safe.write_csv(
        include_header=is_first,
        null_value=NOT_AVAILABLE,
        line_terminator="\r\n",
        datetime_format="%Y-%m-%dT%H:%M:%SZ",
    ).encode()
