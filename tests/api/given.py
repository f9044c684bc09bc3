"""A small world for the tests of the API: reference facts, a release, a dozen months of searches.

In month m (1 for 2023-09 to 12 for 2024-08) borough b has 10·b + m searches, all by the Met, and the City
(borough 1) has 3, by the Met: its own force sent nothing. 2023-12 is partial. Of crime there is burglary,
in one month.
"""

import json
from collections.abc import Iterator
from datetime import date

import asyncpg

from etl.reference import seed

LAST = date(2024, 8, 1)
PARTIAL = date(2023, 12, 1)
REASON = "No search after 17 December."
OLD, NEW = "2024-09-01-0000aaaa", "2024-10-01-0000bbbb"
POSTCODES = [("E8 1EA", 51.5450, -0.0553, 12), ("N1C 4AG", 51.5353, -0.1253, 7)]
# Eleven months of 120 + m, all but the fourth.
HACKNEY_SEARCHES = 11 * 120 + sum(range(1, 13)) - 4

ADD_COVERAGE = """
insert into coverage (source, force, month, status, reason, words, unusable_fields, events, placed,
       no_location, outside, first_release)
values ($1, 1, $2, $3, $4, $5, $6, 1000, 900, 90, 10, 1)
"""
ADD_OBSERVATION = """
insert into observation (series_id, period_start, period_end, borough, force, numerator, base, method_version,
       revision, first_release)
values ($1, $2, ($2::date + interval '1 month - 1 day')::date, $3, 1, $4::int, $4::int, 1, $5, $6)
"""


def months() -> Iterator[date]:
    """The twelve months."""
    for number in range(12):
        yield date(2023 + (8 + number) // 12, (8 + number) % 12 + 1, 1)


async def build_world(pool: asyncpg.Pool, *, is_sample: bool = False) -> None:
    """Everything up to the first release, in one transaction, as publishing does it."""
    async with pool.acquire() as connection, connection.transaction():
        await seed(connection)
        await publish(connection, OLD, is_sample=is_sample)
        await connection.execute(
            "insert into exposure (population, borough, year, persons, vintage, first_release) "
            "select population, borough, year, persons, vintage, 1 from population"
        )
        series = await connection.fetchval(
            "insert into series (metric, basis, group_code) "
            "values ('stop_search_rate', 'officer_defined', 'total') returning series_id"
        )
        unusable = json.dumps({"linked": "blank in every row"})
        for number, month in enumerate(months(), start=1):
            said = ("partial", REASON) if month == PARTIAL else ("received", None)
            await connection.execute(ADD_COVERAGE, "stop_search", month, *said, None, unusable)
            if month != PARTIAL:
                counts = {0: 90, -1: 10, 1: 3, **{borough: 10 * borough + number for borough in range(2, 34)}}
                rows = [(series, month, borough, count, 0, 1) for borough, count in counts.items()]
                await connection.executemany(ADD_OBSERVATION, rows)
        await connection.execute(ADD_COVERAGE, "street", LAST, "received", None, ["burglary"], "{}")
        await connection.executemany("insert into postcode values ($1, $2, $3, $4)", POSTCODES)
        await connection.executemany("insert into neighbour values ($1, $2)", [(12, 14), (14, 12), (12, 30)])


async def publish(connection: asyncpg.Connection, name: str, *, is_sample: bool = False) -> int:
    """A release as publishing ends it: the row and the notice in one transaction."""
    async with connection.transaction():
        number: int = await connection.fetchval(
            "insert into release (release, is_sample, content_sha256, boundary_vintage, changes) "
            "values ($1, $2, 'x', 'outline', '{\"files\": 24}') returning release_id",
            name,
            is_sample,
        )
        await connection.execute("select pg_notify('release', $1)", name)
    return number


async def revise(pool: asyncpg.Pool, name: str, numerator: int) -> None:
    """Another release, in which Hackney's searches of the last month are `numerator`."""
    async with pool.acquire() as connection, connection.transaction():
        number = await publish(connection, name)
        series = await connection.fetchval(
            "select min(series_id) from series where metric = 'stop_search_rate'"
        )
        await connection.execute(
            "update observation set last_release = $1::int - 1 "
            "where borough = 12 and period_start = $2 and last_release is null",
            number,
            LAST,
        )
        await connection.execute(ADD_OBSERVATION, series, LAST, 12, numerator, 1, number)
