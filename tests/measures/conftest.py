"""A database with the reference facts, in which every test's facts are undone when it ends."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from etl.cases import count_cases
from etl.reference import seed
from sql.measure import load_measures
from tests.measures.facts import DECEMBER, add_unseen, write
from tests.oracle.measures import Observations


class Workbench:
    """Facts in, observations out. `codes` maps (vocabulary field, word) to its code."""

    def __init__(self, pool: asyncpg.Pool, codes: dict[tuple[str, str], int]) -> None:
        self.pool = pool
        self.codes = codes

    @asynccontextmanager
    async def holding(
        self,
        coverage: Sequence[dict[str, Any]],
        searches: Sequence[dict[str, Any]] = (),
        crimes: Sequence[dict[str, Any]] = (),
        outcomes: Sequence[dict[str, Any]] = (),
    ) -> AsyncIterator[Callable[..., Awaitable[Observations]]]:
        """Give `measure(metric, first, last)` over these facts; undo them at the end."""
        async with self.pool.acquire() as conn:
            transaction = conn.transaction()
            await transaction.start()
            try:
                await write(conn, self.codes, coverage, searches, crimes, outcomes)
                months = sorted({row["month"] for row in coverage if row["source"] == "street"})
                await count_cases(conn, months)

                async def measure(metric: str, first: date = DECEMBER, last: date = DECEMBER) -> Observations:
                    rows = await conn.fetch(load_measures()[metric].sql, first, last)
                    found = {
                        (r["group_code"], r["basis"], r["force"], r["borough"], r["period_start"]): (
                            r["numerator"],
                            r["reference_numerator"],
                            r["unknown_numerator"],
                            r["base"],
                        )
                        for r in rows
                    }
                    assert len(found) == len(rows), f"{metric} gives a cell twice"
                    return found

                yield measure
            finally:
                await transaction.rollback()


@pytest.fixture(scope="module")
async def bench(pool: asyncpg.Pool) -> Workbench:
    """A database seeded with the reference facts and with a few words that nobody has seen."""
    async with pool.acquire() as conn:
        await seed(conn)
        await add_unseen(conn)
        rows = await conn.fetch("select field, word, code from vocabulary")
    return Workbench(pool, {(row["field"], row["word"]): row["code"] for row in rows})
