"""What is wanted from a publisher, what came of it, how politely to ask, and by which clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol, Self

import msgspec

from sql.settings import Settings

Status = Literal["new", "unchanged", "kept_out", "failed"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is wanted.

    `source`: the folder of `raw` that it goes to. `publisher`: whose limits hold (one name for one server's owner).
    `file_name`: as it is stored, with a folder before it where one is needed (`hackney/2026-07.csv`). `expects`: what it
    must be, by the names of `checks.KINDS`; alternatives are parted by `|` (`csv|xlsx`). `key`: what stays the same when
    the same thing is published again under another address (`hackney/2026-07`): a copy takes the place of the last
    good one of its source and key. `headers`: more than the usual ones. `accept_smaller`: a copy may be smaller by more
    than a fifth.
    """

    source: str
    publisher: str
    url: str
    file_name: str
    expects: str
    key: str
    headers: dict[str, str] = {}
    accept_smaller: bool = False


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    `path`: the good copy to use: the new one, or the last good one where nothing new was taken; None where there never
    was one. `bytes_moved`: of bodies, over all tries. `sha256`: of the file at `path`. `message`: one sentence.
    """

    wanted: Wanted
    status: Status
    path: Path | None
    bytes_moved: int
    sha256: str | None
    retrieved: datetime
    message: str


class FetchProgress(msgspec.Struct, frozen=True):
    """What a person who waits is told.

    `started`: a file, and its size if it is known. `moved`: how many bytes of it are here. `ended`: what came of it.
    `say`: other news, such as a pause that a server asked for. `again`: that a publisher who did not answer is asked again.
    """

    started: Callable[[Wanted, int | None], None] = lambda *_: None
    moved: Callable[[Wanted, int], None] = lambda *_: None
    ended: Callable[[Fetched], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None
    again: Callable[[str], None] = lambda _: None


class FetchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to ask. The first four are settings of the environment (`sql/settings.py`).

    `concurrency`: files on the way at once. `requests_per_second`: to one publisher, who is asked at most
    `publisher_concurrency` things at once. `timeout_seconds`: longest silence, and the time over which fewer than
    `slowest_bytes_per_second` are too few. `longest_seconds`: one file or answer, all tries together. `attempts`: tries in
    a row that bring nothing. `first_wait_seconds`, doubled each time up to `longest_wait_seconds`, with jitter.
    `longest_pause_seconds`: the most that a server may ask for by Retry-After; where it asks for more, the file has failed.
    """

    contact: str | None = None
    concurrency: int = 6
    requests_per_second: float = 2.0
    timeout_seconds: float = 30.0
    publisher_concurrency: int = 2
    slowest_bytes_per_second: int = 256
    longest_seconds: float = 3600.0
    attempts: int = 8
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    longest_pause_seconds: float = 300.0
    largest_bytes: int = 16 << 30
    largest_answer_bytes: int = 64 << 20

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings of the program say."""
        return cls(
            contact=settings.fetch_contact,
            concurrency=settings.fetch_concurrency,
            requests_per_second=settings.fetch_requests_per_second,
            timeout_seconds=settings.fetch_timeout_seconds,
        )


class Clock(Protocol):
    """The time, so that a test need not wait."""

    def now(self) -> datetime:
        """The time of day, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some moment, never backwards."""

    def wait(self, seconds: float) -> float:
        """How many seconds to really sleep for a pause of `seconds`."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment, never backwards."""
        return time.monotonic()

    def wait(self, seconds: float) -> float:
        """As long as it says."""
        return seconds
