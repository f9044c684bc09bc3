"""Which release this worker serves, and how it learns of the next one.

Each worker listens on the channel `release` over a connection of its own, and also asks for the newest
release several times in a second's length, so that a lost notice does not matter. When there is a newer one
its snapshot is loaded, then the served one is swapped and whoever asked to be told (the cache) is told. If
the database goes away the worker keeps what it has and tries again until it is back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from api.errors import Unavailable
from api.snapshot import Snapshot, load_snapshot
from sql.errors import DatabaseError
from sql.queries import load

log = logging.getLogger("borough.api")

CHANNEL = "release"
# With the time that a snapshot takes to load this stays under the promised second.
LOOK_SECONDS = 0.7
RETRY_SECONDS = 0.5
ANSWER_SECONDS = 3.0
ACQUIRE_SECONDS = 5.0

NOTHING_YET = "No figures have been published yet: run `borough load` with the files, then ask again."
GONE = "The database does not answer at the moment: try again in a few seconds."

TROUBLE = (DatabaseError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Releases:
    """The release that this worker serves. `connect` gives the pool and is called until it succeeds.

    `is_own`: the pool is closed with this.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Pool]], *, is_own: bool = True) -> None:
        self._connect = connect
        self._is_own = is_own
        self._pool: asyncpg.Pool | None = None
        # Connections at rest stay ours: to give one back to the pool costs a question to the server, which
        # resets what none of our statements ever sets.
        self._idle: list[Any] = []
        self._slots = asyncio.Semaphore(1)
        self._awake = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._snapshot: Snapshot | None = None
        self.is_reachable = False
        self.has_looked = asyncio.Event()

    @property
    def snapshot(self) -> Snapshot:
        """The release that is served now. Raises Unavailable where there is none."""
        if self._snapshot is None:
            raise Unavailable(NOTHING_YET if self.is_reachable else GONE)
        return self._snapshot

    @property
    def is_sample(self) -> bool:
        """Whether what is served is sample data."""
        return self._snapshot is not None and self._snapshot.is_sample

    @property
    def published(self) -> float | None:
        """When the release that is served was published, in seconds since 1970; None where there is none."""
        release = self._snapshot.release if self._snapshot else None
        return release.published_at.timestamp() if release else None

    def tell(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each swap."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A connection for one answer. Raises Unavailable where the database does not answer."""
        pool = self._pool
        if pool is None:
            raise Unavailable(GONE)
        async with self._slots:
            connection = await self._take(pool)
            try:
                yield connection
            except BaseException:
                await self._give_back(pool, connection)
                raise
            self._idle.append(connection)

    async def _take(self, pool: asyncpg.Pool) -> Any:
        """A connection at rest, else another of the pool."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            await self._give_back(pool, connection)
        try:
            return await pool.acquire(timeout=ACQUIRE_SECONDS)
        except TROUBLE as error:
            raise Unavailable(GONE) from error

    async def _give_back(self, pool: asyncpg.Pool, connection: Any) -> None:
        with suppress(*TROUBLE):
            await pool.release(connection, timeout=ANSWER_SECONDS)

    async def close(self) -> None:
        """Give the connections back; close the pool if it is ours, by force where nothing answers."""
        if self._pool is None:
            return
        while self._idle:
            await self._give_back(self._pool, self._idle.pop())
        if self._is_own:
            try:
                await asyncio.wait_for(self._pool.close(), ANSWER_SECONDS)
            except TROUBLE:
                self._pool.terminate()

    async def follow(self) -> None:
        """Follow the releases until cancelled."""
        while True:
            try:
                if self._pool is None:
                    self._pool = await self._connect()
                    # One connection is the follower's own.
                    self._slots = asyncio.Semaphore(max(1, self._pool.get_max_size() - 1))
                await self._watch(self._pool)
            except Exception as error:
                # Whatever happens, a worker must not stop following: it would serve an old release for ever.
                if not isinstance(error, TROUBLE):
                    log.exception("the latest release cannot be read, trying again")
                elif self.is_reachable or not self.has_looked.is_set():
                    log.warning("the database does not answer, trying again: %s", error)
                self.is_reachable = False
                self.has_looked.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def _watch(self, pool: asyncpg.Pool) -> None:
        connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
        try:
            await connection.add_listener(CHANNEL, self._hear)
            while True:
                self._awake.clear()
                await self._look(connection)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), LOOK_SECONDS)
        finally:
            with suppress(*TROUBLE):
                await connection.remove_listener(CHANNEL, self._hear)
            await self._give_back(pool, connection)

    async def _look(self, connection: Any) -> None:
        newest = await connection.fetchrow(load("snapshot_latest"), timeout=ANSWER_SECONDS)
        served = self._snapshot.release if self._snapshot else None
        if newest is None:
            if served is not None:
                self._swap(None)
        elif served is None or (newest["release_id"], newest["published_at"]) != (
            served.release_id,
            served.published_at,
        ):
            self._swap(await load_snapshot(connection, newest["release_id"]))
        self.is_reachable = True
        self.has_looked.set()

    def _swap(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot
        log.info("serving release %s", snapshot.release.release if snapshot and snapshot.release else "none")
        for listener in self._listeners:
            listener()

    def _hear(self, *_: object) -> None:
        self._awake.set()
