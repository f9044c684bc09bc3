"""A server that fails on command, a clock that need not be waited for, and how fast tests ask."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.fetch.client import Fetcher
from etl.fetch.wanted import FetchProgress, FetchSettings
from tests.etl.fetch.server import Server

# pauses are shown to the clock, which takes them for done
QUICK = FetchSettings(
    requests_per_second=1000,
    timeout_seconds=3,
    longest_seconds=20,
    first_wait_seconds=0.01,
    longest_wait_seconds=0.05,
)


class TestClock:
    """Stands still at a moment; what it is asked to wait is noted, added to the time, and takes none."""

    __test__ = False

    def __init__(self, moment: datetime = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)) -> None:
        self.moment = moment
        self.waits: list[float] = []
        self._seconds = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        # bodies are timed by it: each look takes a little, so that a drip is seen without waiting for it
        self._seconds += 0.01
        return self._seconds

    def wait(self, seconds: float) -> float:
        self.waits.append(seconds)
        return 0.0

    def later(self, **time: float) -> None:
        """Put the clock forward."""
        self.moment += timedelta(**time)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of 127.0.0.1 goes there."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server of the test's own."""
    async with Server() as server:
        yield server


@pytest.fixture
def clock() -> TestClock:
    """A clock of the test's own."""
    return TestClock()


@pytest.fixture
def said() -> list[str]:
    """What a fetcher of `fetcher` told."""
    return []


@pytest.fixture
async def fetcher(tmp_path: Path, clock: TestClock, said: list[str]) -> AsyncIterator[Fetcher]:
    """A fetcher into tmp_path/raw that waits for nothing."""
    async with Fetcher(tmp_path / "raw", QUICK, FetchProgress(say=said.append), clock=clock) as fetcher:
        yield fetcher
