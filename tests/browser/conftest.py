"""A real server on invented data, and a real browser that talks to nobody else."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from etl.load import load
from etl.reference import seed
from etl.report import Options
from etl.sample.writing import write_sample
from tests.tools import find_tool

START = """
import sys
from api.serve import serve
serve(port=int(sys.argv[1]), workers=1)
"""
READY_SECONDS = 60
SCALE = 0.3
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium."""
    return find_tool("chromium")


@pytest.fixture(scope="module")
async def sample(pool: asyncpg.Pool, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The database with two years of invented data, published."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "files", scale=SCALE)
    async with pool.acquire() as conn:
        await seed(conn)
        await load(conn, [folder / "files"], index_folder=folder, options=Options())


@pytest.fixture(scope="module")
def site(database: str, sample: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on that database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("served") / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(port)],
            stdout=said,
            stderr=said,
            env={**os.environ, "DATABASE_URL": database},
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + READY_SECONDS
    while True:
        try:
            if httpx.get(f"{address}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            assert process.poll() is None, "the server ended"
        assert time.monotonic() < ends, "the server is not ready"
        time.sleep(0.2)


@pytest.fixture(scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Chromium, as Debian has it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            # the last: a made-up page of another host may ask a server on this machine
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-features=LocalNetworkAccessChecks",
            ],
        )
        yield browser
        await browser.close()


class Watch:
    """What a browser did that it should not: requests to others, errors on the console, failed answers, cookies."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.wrong: list[str] = []

    def follow(self, page: Page) -> None:
        """Watch a page."""
        page.on("request", lambda one: self._see_request(one.url))
        page.on("console", lambda one: self._note(_is_wrong(one), f"console: {one.text}"))
        page.on("response", lambda one: self._note(_is_refused(one), f"{one.status}: {one.url}"))
        page.on("pageerror", lambda one: self._note(True, f"script: {one}"))
        page.on(
            "requestfailed", lambda one: self._note(not _is_download(one), f"failed: {one.url} {one.failure}")
        )

    def _see_request(self, url: str) -> None:
        is_own = url.startswith((f"{self.site}/", "data:", "about:"))
        self._note(not is_own, f"another host: {url}")

    def _note(self, is_wrong: bool, what: str) -> None:
        if is_wrong:
            self.wrong.append(what)


def _is_wrong(message: Any) -> bool:
    # A page that says with 404 that there is no such borough is no error; what a page lacks is seen by its answer.
    return message.type in ("error", "warning") and not message.text.startswith("Failed to load resource")


def _is_refused(response: Any) -> bool:
    return response.status >= 400 and not response.request.is_navigation_request()


def _is_download(request: Any) -> bool:
    # A navigation that turns into a download is given up by the browser.
    return "ERR_ABORTED" in (request.failure or "")


Open = Callable[..., Any]


@pytest.fixture
def visit(browser: Browser, site: str) -> Callable[..., Any]:
    """Open a context and a page; when it ends nothing must have gone wrong in it, and no cookie be there."""

    @asynccontextmanager
    async def _visit(**options: Any) -> AsyncIterator[Page]:
        context: BrowserContext = await browser.new_context(
            base_url=site, **{"viewport": DESK, "accept_downloads": True, **options}
        )
        watch = Watch(site)
        page = await context.new_page()
        watch.follow(page)
        try:
            yield page
            assert watch.wrong == []
            assert await context.cookies() == []
        finally:
            await context.close()

    return _visit


Visit = Callable[..., Any]
Step = Callable[[Page], Awaitable[None]]
