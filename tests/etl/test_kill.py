"""A loader killed at any moment: the database holds one whole release, and the next load makes good.

`BOROUGH_KILLS` says how often to kill (5), `BOROUGH_KILL_SEED` at which moments (1).
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.etl.conftest import Base
from tests.etl.rows import (
    BROMLEY,
    CAMDEN,
    HACKNEY,
    NOWHERE,
    POINTS,
    Row,
    month_of_crimes,
    month_of_stops,
    name_file,
    put,
    stops_csv,
    street_csv,
)

KILLS = int(os.environ.get("BOROUGH_KILLS", "5"))
SEED = int(os.environ.get("BOROUGH_KILL_SEED", "1"))
MONTHS = ("2023-11", "2023-12", "2024-01", "2024-02")
# 32 boroughs of the Met, no location, outside London
CELLS = 34

LOADER = """
import asyncio, datetime, pathlib, sys
import asyncpg
from etl.load import Options, load

async def main(address, folder, index_folder, vintage):
    conn = await asyncpg.connect(address, server_settings={"application_name": "doomed"})
    print("ready", flush=True)
    options = Options(vintage=datetime.date.fromisoformat(vintage))
    paths, index = [pathlib.Path(folder)], pathlib.Path(index_folder)
    report = await load(conn, paths, index_folder=index, options=options)
    print(report.refused, flush=True)
    await conn.close()

asyncio.run(main(*sys.argv[1:]))
"""


def put_round(base: Base, number: int) -> Path:
    """Files of all months, in other numbers in each round."""
    folder = base.folder / f"round-{number}"
    for n, month in enumerate(MONTHS):
        stops: list[Row] = []
        for place, point in enumerate([POINTS[HACKNEY], POINTS[BROMLEY], POINTS[CAMDEN], NOWHERE]):
            stops += month_of_stops(month, 200 + 7 * number + 11 * n + 30 * place, point=point)
        put(folder, name_file(month, "stop-and-search"), stops_csv(stops))
        put(folder, name_file(month, "street"), street_csv(month_of_crimes(month, 20 + number)))
    return folder


def start(base: Base, number: int) -> subprocess.Popen[str]:
    """A loader of a round's files; later rounds have later vintages."""
    folder, vintage = put_round(base, number), f"2025-01-{number + 1:02d}"
    process = subprocess.Popen(
        [sys.executable, "-c", LOADER, base.address, str(folder), str(base.index_folder), vintage],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


async def settle(base: Base) -> None:
    """Wait until the server has noticed that the loader is gone."""
    for _ in range(200):
        if not await base.count("pg_stat_activity", "application_name = 'doomed'"):
            return
        await asyncio.sleep(0.05)
    pytest.fail("the server still works for a loader that was killed")


async def check_whole(base: Base) -> None:
    """Resources are whole, releases are whole, and what a release says adds up to what it says it covers."""
    for table in ("stop_search", "crime"):
        orphans = await base.conn.fetchval(
            f"select count(*) from {table} f where not exists (select 1 from resource_scope s"
            "  where s.resource_id = f.resource_id and s.month = f.month and s.superseded_by is null)"
        )
        assert orphans == 0
    short = await base.conn.fetch(
        "select s.resource_id from resource_scope s where superseded_by is null and events <>"
        " (select count(*) from stop_search f where f.resource_id = s.resource_id)"
        " + (select count(*) from crime f where f.resource_id = s.resource_id)"
    )
    assert short == []
    twice = await base.conn.fetch(
        "select 1 from resource_scope where superseded_by is null"
        " group by source, force, month having count(*) > 1"
    )
    assert twice == []
    latest = await base.release_id()
    for table in ("observation", "coverage", "exposure"):
        outside = (
            "first_release < 1 or first_release > $1 or last_release >= $1 or last_release < first_release"
        )
        assert await base.conn.fetchval(f"select count(*) from {table} where {outside}", latest) == 0
    await check_releases(base)
    await check_sums(base)


async def check_releases(base: Base) -> None:
    """Each release added and closed what it says. A publisher that was killed leaves a gap in the ids."""
    for row in await base.conn.fetch(
        "select (changes->>'observations_added')::int as added,"
        " (changes->>'observations_closed')::int as closed,"
        " (select count(*) from observation where first_release = release_id) as found_added,"
        " (select count(*) from observation where last_release = before) as found_closed"
        " from (select *, lag(release_id) over (order by release_id) as before from release) release"
    ):
        assert (row["added"], row["closed"]) == (row["found_added"], row["found_closed"])


async def check_sums(base: Base) -> None:
    """Every month that the release covers has all its cells, and they add up to the events it covers."""
    covered = await base.conn.fetch(
        "select source, to_char(month, 'YYYY-MM') as month, events from coverage where last_release is null"
    )
    for row in covered:
        metrics = (
            ["stop_search_rate"]
            if row["source"] == "stop_search"
            else ["crime_rate", "antisocial_behaviour_rate"]
        )
        values = [await base.values(metric, row["month"], basis=None) for metric in metrics]
        assert [len(value) for value in values] == [CELLS] * len(metrics)
        assert sum(sum(value.values()) for value in values) == row["events"]
    months = await base.conn.fetchval(
        "select count(distinct period_start) from observation where last_release is null"
    )
    assert months == len({row["month"] for row in covered})


async def test_killed_at_random_moments_the_database_holds_one_whole_release(base: Base) -> None:
    moments = random.Random(SEED)
    # how long a load takes when nobody disturbs it
    process = start(base, 0)
    begun = time.perf_counter()
    assert process.communicate(timeout=120)[0] == "0\n"
    seconds = time.perf_counter() - begun
    await check_whole(base)
    killed = 0
    for number in range(1, KILLS + 1):
        process = start(base, number)
        try:
            await asyncio.sleep(moments.uniform(0, seconds))
        finally:
            process.kill()
            process.communicate(timeout=60)
        killed += process.returncode < 0
        await settle(base)
        await check_whole(base)
    assert killed or not KILLS
    # in the end, all is as if only the last round had ever been loaded
    process = start(base, KILLS)
    assert process.communicate(timeout=120)[0] == "0\n"
    await check_whole(base)
    assert await base.count("stale") == 0
    found = await base.current()
    tallies = await base.count("stop_search_tally")
    await base.forget()
    process = start(base, KILLS)
    assert process.communicate(timeout=120)[0] == "0\n"
    assert found == await base.current()
    assert tallies == await base.count("stop_search_tally")


async def test_a_loader_that_is_killed_while_another_waits_lets_it_go_on(base: Base) -> None:
    process = start(base, 0)
    waiting = asyncio.ensure_future(base.load(put_round(base, 1), vintage=None))
    await asyncio.sleep(0.2)
    process.kill()
    process.communicate(timeout=60)
    report = await asyncio.wait_for(waiting, 60)
    assert {file.status for file in report.files} <= {"loaded", "refused"}
    await settle(base)
    await check_whole(base)
