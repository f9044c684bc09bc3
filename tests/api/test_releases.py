"""Given a new release, expect answers of it within a second; given no database, expect to be told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import asyncpg
import httpx
import pytest

from api.app import create_app
from sql import Settings
from tests.api.conftest import running
from tests.api.given import HACKNEY_SEARCHES, NEW, OLD, build_world, publish, revise

PATH = "/v1/values?metric=stop_search_rate&area=hackney&from=2023-09&to=2024-08"


async def wait_for(client: httpx.AsyncClient, release: str, seconds: float = 1.0) -> httpx.Response:
    """The first answer of a release, which has to come within `seconds`."""
    ends = time.monotonic() + seconds
    while True:
        answer = await client.get(PATH)
        if answer.headers.get("x-release") == release:
            return answer
        assert time.monotonic() < ends, f"no answer of {release} within {seconds} s"
        await asyncio.sleep(0.02)


@pytest.fixture
async def following(database: str) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(Settings(database_url=database, pool_max=3))) as client:
        yield client


async def test_before_the_first_release(pool: asyncpg.Pool, following: httpx.AsyncClient) -> None:
    assert (await following.get("/health/live")).status_code == 200
    ready = await following.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    for path in (PATH, "/v1/areas", "/v1/metrics", "/v1/boundaries"):
        answer = await following.get(path)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "5"
        assert "borough load" in answer.json()["detail"]
    page = await following.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "borough load" in page.text
    assert (await following.get("/schema")).status_code == 200
    await build_world(pool, is_sample=True)
    await wait_for(following, OLD)
    assert (await following.get("/health/ready")).json() == {"status": "ok", "release": OLD, "reason": None}


async def test_sample_data_says_so_everywhere(following: httpx.AsyncClient) -> None:
    await wait_for(following, OLD)
    answer = await following.get(PATH)
    assert answer.json()["sample"] is True
    for path in (PATH, f"{PATH}&format=csv", "/", "/nothing", "/schema", "/health/live", "/metrics"):
        assert (await following.get(path)).headers["x-sample-data"] == "true", path
    assert "Sample data, not real." in (await following.get("/")).text
    assert (await following.get("/nothing")).json()["sample"] is True
    assert "Sample data" in (await following.get("/nothing", headers={"Accept": "text/html"})).text
    assert (await following.get(f"{PATH}&format=geojson")).json()["sample"] is True


async def test_the_next_answer_is_of_the_new_release(
    pool: asyncpg.Pool, following: httpx.AsyncClient
) -> None:
    before = await wait_for(following, OLD)
    assert before.json()["data"][0]["numerator"] == HACKNEY_SEARCHES
    again = await following.get(PATH)
    assert again.headers["etag"] == before.headers["etag"]
    await revise(pool, NEW, numerator=1000)
    after = await wait_for(following, NEW)
    # 132 searches in the last month became 1,000.
    assert after.json()["data"][0]["numerator"] == HACKNEY_SEARCHES - 132 + 1000
    assert after.headers["etag"] != before.headers["etag"]
    changed = await following.get(PATH, headers={"If-None-Match": before.headers["etag"]})
    assert changed.status_code == 200


async def test_as_of_gives_the_former_figures(following: httpx.AsyncClient) -> None:
    await wait_for(following, NEW)
    answer = await following.get(f"{PATH}&as_of={OLD}")
    assert answer.headers["x-release"] == OLD
    assert answer.json()["data"][0]["numerator"] == HACKNEY_SEARCHES


async def test_a_lost_notice_does_not_matter(pool: asyncpg.Pool, following: httpx.AsyncClient) -> None:
    await wait_for(following, NEW)
    name = "2024-11-01-0000cccc"
    await pool.execute(
        "insert into release (release, is_sample, content_sha256, boundary_vintage, changes) "
        "values ($1, false, 'y', 'outline', '{}')",
        name,
    )
    await wait_for(following, name)


async def test_releases_are_paged(pool: asyncpg.Pool, following: httpx.AsyncClient) -> None:
    async with pool.acquire() as connection:
        await publish(connection, "2024-12-01-0000dddd")
    await wait_for(following, "2024-12-01-0000dddd")
    seen: list[str] = []
    path: str | None = "/v1/releases?limit=3"
    while path:
        answer = await following.get(path)
        seen += [row["release"] for row in answer.json()["data"]]
        path = answer.json()["links"].get("next")
        assert ('rel="next"' in answer.headers["link"]) is (path is not None)
    assert seen == ["2024-12-01-0000dddd", "2024-11-01-0000cccc", NEW, OLD]


async def test_without_its_connections_it_comes_back_by_itself(
    pool: asyncpg.Pool, following: httpx.AsyncClient
) -> None:
    latest = "2024-12-01-0000dddd"
    kept = await wait_for(following, latest)
    await pool.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = 'borough reader' and datname = current_database()"
    )
    assert (await following.get(PATH)).content == kept.content
    ends = time.monotonic() + 5
    while (await following.get("/v1/sources")).status_code != 200:
        assert time.monotonic() < ends
        await asyncio.sleep(0.05)
    name = "2025-01-01-0000eeee"
    async with pool.acquire() as connection:
        await publish(connection, name)
    await wait_for(following, name, seconds=3)


async def test_a_database_that_is_not_there(unused_tcp_port_factory: Callable[[], int]) -> None:
    address = f"postgresql://nobody@127.0.0.1:{unused_tcp_port_factory()}/nothing"
    async with running(create_app(Settings(database_url=address))) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503
        answer = await client.get(PATH)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert "database does not answer" in answer.json()["detail"]
        assert "nobody" not in answer.text
