"""The peer of a first-time GET: FastAPI and asyncpg, one plain query, its rows returned as FastAPI does."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
from fastapi import FastAPI

QUERY = """
  select s.metric, a.area_code, a.area_name, a.area_kind, o.period_start, o.period_end, s.group_code, s.basis,
         sum(o.numerator)::int as numerator, e.persons / 12.0::float8 as denominator,
         sum(o.numerator)::float8 * 12000 / e.persons as value, max(o.method_version) as method_version
    from observation o
    join series s using (series_id)
    join area a on a.borough = o.borough
    join exposure e
      on e.population = 'residents' and e.borough = o.borough and e.last_release is null
     and e.year = least(extract(year from o.period_start)::int, 2024)
   where s.metric = $1 and s.group_code = 'total' and s.basis = $2
     and o.period_start between $3 and $4
     and o.last_release is null
group by s.metric, a.area_code, a.area_name, a.area_kind, a.sort_order, o.period_start, o.period_end,
         s.group_code, s.basis, e.persons
order by a.sort_order, o.period_start
"""


def create_app() -> FastAPI:
    """The application, on PEER_DATABASE."""

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=1, max_size=8) as pool:
            application.state.pool = pool
            yield

    application = FastAPI(lifespan=lifespan)

    @application.get("/values")
    async def read_values(metric: str, basis: str, first: date, last: date) -> list[dict[str, object]]:
        async with application.state.pool.acquire() as connection:
            return [dict(row) for row in await connection.fetch(QUERY, metric, basis, first, last)]

    return application
