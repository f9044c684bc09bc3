"""Parquet: the columns of the CSV, typed. What is not there is null, and `status`, where there is one, says why."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import polars as pl

from api.envelope import ATTRIBUTION, LICENCE, SAMPLE_NOTICE
from api.render.answer import Answer
from api.snapshot import Snapshot

ROW_GROUP = 50_000
TYPES: Mapping[Any, pl.DataType] = {
    str: pl.String(),
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    date: pl.Date(),
    datetime: pl.Datetime("us", "UTC"),
}
# Whole numbers, but where an answer holds money.
COUNTS = frozenset(
    (
        "numerator",
        "rest_numerator",
        "before_numerator",
        "base_year_numerator",
        "after_numerator",
        "largest_change",
    )
)
_ENCODER = msgspec.json.Encoder()


def render_parquet(answer: Answer) -> bytes:
    """The rows as a file. Lists of words stay lists; anything deeper is JSON in its cell."""
    schema = dict(read_schema(answer.row_type))
    for field in msgspec.structs.fields(answer.row_type):
        values = (getattr(row, field.name, None) for row in answer.rows)
        is_count = schema[field.encode_name] == TYPES[float] and field.name in COUNTS
        if is_count and not any(isinstance(value, float) for value in values):
            schema[field.encode_name] = TYPES[int]
    file = io.BytesIO()
    tabulate(answer.rows, answer.row_type, schema).write_parquet(
        file, row_group_size=ROW_GROUP, metadata=describe(answer.release.release, is_sample=answer.is_sample)
    )
    return file.getvalue()


def read_schema(
    row_type: type[msgspec.Struct], *, are_counts_whole: bool = False
) -> Mapping[str, pl.DataType]:
    """The columns of a kind of row. `are_counts_whole`: what is counted are events, not money."""
    schema = {}
    for field in msgspec.structs.fields(row_type):
        kind = read_type(field.type) or TYPES[str]
        is_whole = are_counts_whole and kind == TYPES[float] and field.name in COUNTS
        schema[field.encode_name] = TYPES[int] if is_whole else kind
    return schema


def tabulate(
    rows: Sequence[msgspec.Struct], row_type: type[msgspec.Struct], schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """The rows as a table of these columns."""
    columns: dict[str, pl.Series] = {}
    for field in msgspec.structs.fields(row_type):
        values = [getattr(row, field.name, None) for row in rows]
        if read_type(field.type) is None:
            values = [None if value is None else _encode(value) for value in values]
        columns[field.encode_name] = pl.Series(
            [list(value) if isinstance(value, tuple) else value for value in values],
            dtype=schema[field.encode_name],
        )
    return pl.DataFrame(columns)


def read_type(annotation: Any) -> pl.DataType | None:
    """The column of a field's type; None for what is deeper than a list of words."""
    options: Sequence[Any] = (annotation,)
    if get_origin(annotation) in (Union, UnionType):
        options = [one for one in get_args(annotation) if one is not type(None)]
    if len(options) != 1:
        return None
    if get_origin(options[0]) is tuple and get_args(options[0]) == (str, ...):
        return pl.List(pl.String())
    if options[0] in TYPES:
        return TYPES[options[0]]
    literals = get_args(options[0])
    return pl.String() if literals and all(isinstance(one, str) for one in literals) else None


def describe_file(snapshot: Snapshot) -> dict[str, str]:
    """What a file says of itself, in its metadata."""
    return describe(snapshot.release.release if snapshot.release else "", is_sample=snapshot.is_sample)


def describe(release: str, *, is_sample: bool) -> dict[str, str]:
    """Release, licence, whom to thank, and the notice of sample data."""
    told = {"release": release, "attribution": ATTRIBUTION, "licence": LICENCE}
    return {**told, "sample": SAMPLE_NOTICE} if is_sample else told


def _encode(value: Any) -> str:
    return _ENCODER.encode(value).decode()
