"""Given an application that is served, expect the charts of reports to be drawn before anybody asks, and in no other."""

import asyncio
from collections.abc import Sequence

import asyncpg
import httpx
import pytest

from api.ahead import _draw_reports
from api.app import create_app
from api.draw.drawings import Drawing
from api.releases import Releases
from api.serve import TARGET
from tests.api.conftest import running

PATIENCE_SECONDS = 60


class Drawer:
    """Takes the place of the workshop, and notes what it is asked for."""

    drawn: list[str]

    def __init__(self) -> None:
        type(self).drawn = []

    async def draw(self, drawing: Drawing, form: str = "page") -> bytes:
        self.drawn.append(drawing.title)
        return b"<svg/>"

    async def draw_all(self, drawings: Sequence[Drawing], form: str = "page") -> list[bytes]:
        return [await self.draw(drawing, form) for drawing in drawings]

    async def warm(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to end."""


def test_the_server_serves_the_application_that_works_ahead() -> None:
    assert TARGET == "api.app:create_served_app"


async def test_charts_are_drawn_where_people_are_served(
    loaded: httpx.AsyncClient, reader: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.app.Workshop", Drawer)
    async with running(create_app(reader, is_served=True)) as client:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not Drawer.drawn:
                await asyncio.sleep(0.02)
        assert (await client.get("/health/live")).status_code == 200
    # It ended with the application, in the middle of its work.
    count = len(Drawer.drawn)
    await asyncio.sleep(0.1)
    assert len(Drawer.drawn) == count


async def test_it_waits_for_requests_and_stops_at_a_newer_release(
    loaded: httpx.AsyncClient, reader: asyncpg.Pool
) -> None:
    async def give() -> asyncpg.Pool:
        return reader

    releases = Releases(give, is_own=False)
    following = asyncio.create_task(releases.follow())
    await releases.has_looked.wait()
    swapped = asyncio.Event()
    asked: list[bool] = []

    def is_busy() -> bool:
        asked.append(True)
        return len(asked) < 4

    drawer = Drawer()
    monkeypatched = drawer.draw

    async def draw(drawing: Drawing, form: str = "page") -> bytes:
        swapped.set()
        return await monkeypatched(drawing, form)

    drawer.draw = draw  # type: ignore[method-assign]
    await asyncio.wait_for(_draw_reports(releases, swapped, drawer, is_busy), PATIENCE_SECONDS)  # type: ignore[arg-type]
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await releases.close()
    # Three looks while it was busy, then one drawing, and the swap ended it.
    assert len(asked) >= 4
    assert len(drawer.drawn) == 1
