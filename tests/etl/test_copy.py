"""Rows in binary form come back from a table as they were given."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import etl.copy
from etl.copy import send, to_binary, to_csv
from tests.etl.conftest import Base

INT16 = st.integers(-(2**15), 2**15 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31))  # noqa: DTZ001
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))

# column -> type in the table, type in the frame, values
KINDS: dict[str, tuple[str, Any, st.SearchStrategy[Any]]] = {
    "small": ("smallint", pl.Int16, INT16),
    "number": ("integer", pl.Int32, INT32),
    "degrees": ("float8", pl.Float64, st.floats(allow_nan=False)),
    "answer": ("boolean", pl.Boolean, st.booleans()),
    "day": ("date", pl.Date, DAYS),
    "moment": ("timestamptz", pl.Datetime("us"), MOMENTS),
    "words": ("text", pl.String, TEXT),
    "more_words": ("text", pl.String, TEXT),
    "id": ("uuid", pl.Binary, st.binary(min_size=16, max_size=16)),
}
SCHEMA = {name: dtype for name, (_, dtype, _) in KINDS.items()}
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | values for name, (_, _, values) in KINDS.items()}))


async def pass_through(conn: asyncpg.Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as a table holds them after a binary copy."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in KINDS.items())
    await conn.execute(f"drop table if exists copied; create temp table copied ({columns})")
    await send(conn, to_binary("copied", pl.DataFrame(rows, schema=SCHEMA)))
    return [dict(row) for row in await conn.fetch("select * from copied")]


def as_stored(row: dict[str, Any]) -> dict[str, Any]:
    moment, id_ = row["moment"], row["id"]
    return {
        **row,
        "moment": moment.replace(tzinfo=UTC) if moment else None,
        "id": UUID(bytes=id_) if id_ else None,
    }


FULL = {
    "small": -1,
    "number": 2**31 - 1,
    "degrees": -0.1,
    "answer": False,
    "day": date(1999, 12, 31),
    "moment": datetime(2024, 2, 29, 23, 59, 59, 999_999),  # noqa: DTZ001
    "words": "On or near Café Walk",
    "more_words": "",
    "id": bytes(range(16)),
}
EMPTY = dict.fromkeys(FULL)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
@example([])
@example([FULL])
@example([EMPTY, FULL, EMPTY])
@example([EMPTY])
async def test_rows_come_back_as_they_were_given_and_in_their_order(
    base: Base, rows: list[dict[str, Any]]
) -> None:
    assert await pass_through(base.conn, rows) == [as_stored(row) for row in rows]


@pytest.mark.parametrize("block", [1, 200, 10_000])
async def test_many_rows_come_in_blocks(base: Base, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(etl.copy, "BLOCK_BYTES", block)
    rows = [{**(FULL if n % 3 else EMPTY), "number": n, "words": "x" * (n % 7)} for n in range(50)]
    assert await pass_through(base.conn, rows) == [as_stored(row) for row in rows]


def test_a_type_without_a_binary_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="number is UInt64"):
        to_binary("copied", pl.DataFrame({"number": [1]}, schema={"number": pl.UInt64}))


@pytest.mark.parametrize("form", [to_binary, to_csv])
async def test_both_forms_store_the_same(base: Base, form: Callable[[str, pl.DataFrame], Any]) -> None:
    rows = [{"small": 1, "words": 'a,"b"\n'}, {"small": None, "words": None}]
    await base.conn.execute(
        "drop table if exists copied; create temp table copied (small smallint, words text)"
    )
    await send(base.conn, form("copied", pl.DataFrame(rows, schema={"small": pl.Int16, "words": pl.String})))
    assert [dict(row) for row in await base.conn.fetch("select * from copied")] == rows
