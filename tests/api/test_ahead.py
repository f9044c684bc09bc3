"""Given a release that is served, expect what its scorecards share to be there before anybody asks."""

import asyncio
from typing import Any, cast

import asyncpg
from litestar import Litestar

from api.app import create_app
from api.cache import Front
from api.releases import Releases
from sql.measure import load_measures
from tests.api.conftest import running
from tests.api.given import NEW, OLD, revise

PATIENCE_SECONDS = 60


async def wait_until_prepared(application: Front, release: str) -> None:
    """Wait until the worker serves a release, with every metric of its scorecards worked out."""
    releases = cast(Releases, cast(Litestar, application.application).state["releases"])
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            snapshot = releases.snapshot
            there = snapshot.memo.get("scorecard_figures", {})
            is_there = {metric for metric, *_ in there} == set(load_measures())
            if is_there and snapshot.release is not None and snapshot.release.release == release:
                return
            await asyncio.sleep(0.02)


async def test_each_release_is_prepared_after_it_is_swapped_in(
    world: asyncpg.Pool, reader: asyncpg.Pool
) -> None:
    application = create_app(reader)
    async with running(application) as client:
        await wait_until_prepared(application, OLD)
        before = await read_searches(client)
        await revise(world, NEW, 500)
        await wait_until_prepared(application, NEW)
        after = await read_searches(client)
    # Hackney had 132 searches in the last month
    assert after["numerator"] - before["numerator"] == 500 - 132
    assert (before["release"], after["release"]) == (OLD, NEW)


async def read_searches(client: Any) -> dict[str, Any]:
    """The row of searches in Hackney's scorecard."""
    rows = (await client.get("/v1/areas/hackney/scorecard")).json()["data"]
    found: dict[str, Any] = next(row for row in rows if row["metric"] == "stop_search_rate")
    return found
