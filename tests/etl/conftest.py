"""A fresh database with the reference facts in it, and what a load test asks of it."""

import os
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from etl.load import LoadReport, Options, Progress, load
from etl.reference import seed

FACTS = ("stop_search", "crime", "crime_outcome")
RECORDS = (*FACTS, "resource", "resource_scope", "reject", "release", "observation", "coverage", "exposure")
# what a load leaves alone: reference facts, frozen reports, and the record of migrations
REFERENCE = (
    *("area", "area_member", "source", "vocabulary", "vocabulary_class", "population", "series_break"),
    *("deflator", "payment_publication", "frozen_report", "frozen_file"),
)
LOADED = """
select string_agg(format('%I', relname), ', ')
  from pg_class
 where relkind = 'r' and relnamespace = 'public'::regnamespace
   and relname <> all ($1) and relname not like '%migration%'
"""

CURRENT = """
select s.metric, s.basis, s.group_code, o.period_start, o.borough, o.force, o.numerator,
       o.reference_numerator, o.unknown_numerator, o.base
  from observation o
  join series s using (series_id)
 where o.last_release is null
"""
AS_OF = """
select o.borough, o.force, o.numerator
  from observation o
  join series s using (series_id)
 where s.metric = $1 and s.group_code = $2 and to_char(o.period_start, 'YYYY-MM') = $3
   and s.basis = coalesce($4, s.basis)
   and o.first_release <= $5 and (o.last_release is null or o.last_release >= $5)
"""


@dataclass(frozen=True)
class Base:
    """A database under test: its address, a connection with every right, folders for files and index."""

    address: str
    conn: asyncpg.Connection
    index_folder: Path
    folder: Path

    async def load(
        self,
        *paths: Path,
        progress: Progress | None = None,
        executor: Executor | None = None,
        **options: Any,
    ) -> LoadReport:
        """Load paths with the options of `borough load`."""
        return await load(
            self.conn,
            list(paths),
            index_folder=self.index_folder,
            options=Options(**options),
            progress=progress,
            executor=executor,
        )

    async def forget(self) -> None:
        """Empty every table but the reference facts."""
        await self.conn.execute(f"truncate {await self.conn.fetchval(LOADED, REFERENCE)} restart identity")
        await self.conn.execute("delete from vocabulary where is_unseen")

    async def values(
        self,
        metric: str,
        month: str,
        group: str = "total",
        *,
        basis: str | None = None,
        release: int | None = None,
    ) -> dict[tuple[int, int], int]:
        """Numerators of a series in a month by (borough, force), as the latest or a past release has them."""
        at = release or await self.release_id()
        rows = await self.conn.fetch(AS_OF, metric, group, month, basis, at)
        assert len({(row["borough"], row["force"]) for row in rows}) == len(rows)
        return {(row["borough"], row["force"]): row["numerator"] for row in rows}

    async def current(self) -> set[tuple[Any, ...]]:
        """Every current observation, without the numbers that depend on the order of loading."""
        return {tuple(row) for row in await self.conn.fetch(CURRENT)}

    async def coverage(self, source: str, month: str, force: int = 1) -> dict[str, Any] | None:
        """What the latest release says of a month, None where nothing was received."""
        row = await self.conn.fetchrow(
            "select * from coverage where source = $1 and to_char(month, 'YYYY-MM') = $2 and force = $3"
            " and last_release is null",
            source, month, force,
        )  # fmt: skip
        return dict(row) if row else None

    async def release_id(self) -> int:
        """The latest release, 0 where there is none."""
        return int(await self.conn.fetchval("select coalesce(max(release_id), 0) from release"))

    async def count(self, table: str, where: str = "true") -> int:
        """How many rows a table has."""
        return int(await self.conn.fetchval(f"select count(*) from {table} where {where}"))

    async def state(self) -> dict[str, Any]:
        """All that a load may change: the number of rows, and a hash of them, table by table."""
        return {
            table: tuple(
                await self.conn.fetchrow(
                    f"select count(*), sum(hashtext(t::text)::bigint)::text from {table} t"
                )
            )
            for table in RECORDS
        }


@pytest.fixture(scope="session")
async def seeded(server: str, template: str) -> AsyncIterator[str]:
    """The address of a database with the reference facts; each test empties it: faster than a copy."""
    name = f"borough_seeded_{os.getpid()}"
    await _administer(
        server, f'drop database if exists "{name}"', f'create database "{name}" template "{template}"'
    )
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    conn = await asyncpg.connect(address)
    try:
        await seed(conn)
    finally:
        await conn.close()
    yield address
    await _administer(server, f'drop database "{name}" with (force)')


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the placer's index is kept, built once."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
async def base(seeded: str, index_folder: Path, tmp_path: Path) -> AsyncIterator[Base]:
    """A database that holds the reference facts and nothing else."""
    conn = await asyncpg.connect(seeded)
    try:
        base = Base(seeded, conn, index_folder, tmp_path)
        await base.forget()
        yield base
    finally:
        await conn.close()


@pytest.fixture
def police(shared_data: Path) -> Path:
    """The real police files."""
    return shared_data / "police"


async def _administer(server: str, *statements: str) -> None:
    conn = await asyncpg.connect(server)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()
