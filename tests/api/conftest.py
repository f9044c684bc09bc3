"""The real application on the real database, spoken to over ASGI."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from api.app import create_app
from api.cache import Front, Message
from tests.api.given import build_world
from tests.api.loaded import build_loaded


@asynccontextmanager
async def running(application: Front) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application between its start and its end (ASGI's lifespan)."""
    asked: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.create_task(
        application({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, asked.get, said.put)
    )
    await asked.put({"type": "lifespan.startup"})
    started = await said.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=application, raise_app_exceptions=False),
            base_url="http://borough.test",
        ) as client:
            yield client
    finally:
        await asked.put({"type": "lifespan.shutdown"})
        ended = await said.get()
        await task
        assert ended["type"] == "lifespan.shutdown.complete", ended


@pytest.fixture(scope="module")
async def world(pool: asyncpg.Pool) -> asyncpg.Pool:
    """A pool on a database with one release."""
    await build_world(pool)
    return pool


@pytest.fixture(scope="module")
async def client(world: asyncpg.Pool, reader: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on that database."""
    async with running(create_app(reader)) as client:
        yield client


@pytest.fixture(scope="module")
async def loaded(
    pool: asyncpg.Pool, reader: asyncpg.Pool, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on a database that was loaded from files, in two releases."""
    reports = await build_loaded(pool, tmp_path_factory.mktemp("loaded"))
    assert {file.status for report in reports for file in report.files} == {"loaded"}
    async with running(create_app(reader)) as client:
        yield client
