"""How often a publisher is asked, and how often again: one pace, one number of things at once, pauses that are kept."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import stamina
import stamina.instrumentation
from aiolimiter import AsyncLimiter

from etl.fetch.errors import Broken, FetchFailed, KeptOut
from etl.fetch.wanted import Clock, FetchProgress, FetchSettings

T = TypeVar("T")
# so many failures in a row, all tries of each together, and a publisher is left for the next run
MOST_FAILURES = 5
# whoever waits so many seconds is told
LONG_WAIT_SECONDS = 10
# so many publishers that cannot be reached, and none that was: it is this machine that is cut off
MOST_LOST = 3


class Limits:
    """The turns of a run. `rates`: requests a second of publishers that want fewer than the setting."""

    def __init__(
        self, settings: FetchSettings, clock: Clock, rates: Mapping[str, float], progress: FetchProgress
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.say = progress.say
        self.say_again = progress.again
        self._rates = rates
        self._all = asyncio.Semaphore(settings.concurrency)
        # whether a task that has a turn has its place among all, or left it for as long as it waits
        self._places: dict[asyncio.Task[Any] | None, bool] = {}
        self._one: dict[str, asyncio.Semaphore] = {}
        self._paces: dict[str, AsyncLimiter] = {}
        self._quiet_until: dict[str, float] = {}
        self._closed: dict[str, str] = {}
        self._failures: Counter[str] = Counter()
        self._lost: set[str] = set()
        self._told: set[str] = set()
        self._is_reached = False
        # by default stamina writes each retry to the log, which ends on the screen of whoever runs the command
        stamina.instrumentation.set_on_retry_hooks([])

    @asynccontextmanager
    async def turn(self, publisher: str) -> AsyncIterator[None]:
        """A place among what is on the way. Who waits for a slow publisher keeps nobody else waiting."""
        one = self._one.setdefault(publisher, asyncio.Semaphore(self.settings.publisher_concurrency))
        task = asyncio.current_task()
        async with one:
            await self._all.acquire()
            self._places[task] = True
            try:
                yield
            finally:
                if self._places.pop(task):
                    self._all.release()

    def _leave(self) -> None:
        """Let another have this task's place, for a pause. The publisher's own turn stays."""
        task = asyncio.current_task()
        if self._places.get(task):
            self._places[task] = False
            self._all.release()

    async def _return(self) -> None:
        """Wait for a place after a pause."""
        task = asyncio.current_task()
        if self._places.get(task) is False:
            await self._all.acquire()
            self._places[task] = True

    async def pace(self, publisher: str) -> None:
        """Wait until the publisher may be asked again. Raises FetchFailed where it is not asked again in this run."""
        if publisher in self._closed:
            raise FetchFailed(self._closed[publisher])
        if len(self._lost) >= MOST_LOST and not self._is_reached:
            raise FetchFailed(
                f"{publisher} was not asked: {MOST_LOST} publishers could not be reached, and none was. Look whether this machine"
                " is online, then run the command again."
            )
        now = self.clock.monotonic()
        if (until := self._quiet_until.get(publisher, now)) > now:
            self._leave()
            await asyncio.sleep(self.clock.wait(until - now))
            await self._return()
        limiter = self._paces.get(publisher)
        if limiter is None:
            rate = min(self._rates.get(publisher, float("inf")), self.settings.requests_per_second)
            # one at a time: a bucket of more than one would begin with a burst
            limiter = self._paces[publisher] = AsyncLimiter(1, 1 / rate)
        await limiter.acquire()

    async def persist(self, publisher: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do it, and again with growing pauses where it raises Broken.

        Raises what the last try raised, or FetchFailed where the server asks for a longer pause than is kept.
        """
        settings, wait = self.settings, self.clock.wait
        context = stamina.retry_context(
            on=lambda error: self._decide(publisher, error),
            attempts=settings.attempts,
            timeout=settings.longest_seconds,
            wait_initial=wait(settings.first_wait_seconds),
            wait_max=wait(settings.longest_wait_seconds),
            wait_jitter=wait(settings.first_wait_seconds),
        )
        try:
            async for attempt in context:
                with attempt:
                    await self._return()
                    try:
                        done = await work()
                    except Broken as error:
                        self._tell_wait(publisher, error, attempt.num)
                        self._leave()
                        raise
                    self.forgive(publisher)
                    return done
        except KeptOut:
            # a refusal is an answer
            self.forgive(publisher)
            raise
        except Broken as error:
            self._failures[publisher] += 1
            if error.is_lost:
                self._lost.add(publisher)
            if error.after is not None and error.after > settings.longest_pause_seconds:
                pause = write_pause(error.after)
                self._closed[publisher] = (
                    f"{publisher} asks to be left alone for {pause}: run the command again then."
                )
                raise FetchFailed(f"{error.sentence} {self._closed[publisher]}") from error
            if self._failures[publisher] >= MOST_FAILURES:
                self._closed[publisher] = (
                    f"{publisher} failed {MOST_FAILURES} times in a row, and the rest of it was not asked for. Run the command"
                    " again later."
                )
            raise
        raise AssertionError("a retry context ends by returning or raising")

    def forgive(self, publisher: str) -> None:
        """Forget what failed before: something came."""
        self._failures[publisher] = 0
        self._is_reached = True

    def _tell_wait(self, publisher: str, error: Broken, tried: int) -> None:
        """Say that it waits, where that is long and its server did not ask for it (`_decide` tells of those that do).

        Of a publisher that does not answer, once, at its first failure: all tries together take minutes.
        """
        settings = self.settings
        seconds = min(settings.longest_wait_seconds, settings.first_wait_seconds * 2 ** (tried - 1))
        if error.is_unanswered and tried < settings.attempts and publisher not in self._told:
            self._told.add(publisher)
            self.say_again(f"asking {publisher} again, up to {settings.attempts} times. {error.sentence}")
        if error.after is None and tried < settings.attempts and seconds >= LONG_WAIT_SECONDS:
            self.say(
                f"waiting for {publisher}: {write_pause(seconds)}, then try {tried + 1} of {settings.attempts}. {error.sentence}"
            )

    def _decide(self, publisher: str, error: Exception) -> bool | float:
        """Whether to try again; where the server said when, after how many seconds."""
        if not isinstance(error, Broken):
            return False
        if error.after is None:
            return True
        if error.after > self.settings.longest_pause_seconds:
            return False
        seconds = error.after + random.uniform(0, self.settings.first_wait_seconds)
        self._quiet_until[publisher] = self.clock.monotonic() + seconds
        self.say(f"{publisher} asks for a pause of {write_pause(error.after)}.")
        return self.clock.wait(seconds)


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from `now` that a Retry-After header asks for, as seconds or as a date; None where it says nothing.

    RFC 9110, section 10.2.3.
    """
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    return None


def write_pause(seconds: float) -> str:
    """A number of seconds for people."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
