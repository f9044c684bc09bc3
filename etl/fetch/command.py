"""`borough fetch`: from publishers to `BOROUGH_DATA/raw`. Loads nothing."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

import msgspec
import typer

import sql.settings
from etl.errors import EtlError
from etl.fetch.addresses import Source, list_rates, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.files import sweep_unfinished
from etl.fetch.plan import Request, UnknownSource, make_plan, make_request
from etl.fetch.run import list_plan, run_plan
from etl.fetch.show import FetchDisplay, describe_sources, summarise
from etl.fetch.step import Note, Sources
from etl.fetch.store import Store
from etl.fetch.wanted import Clock, Fetched, FetchSettings, SystemClock
from etl.fetch.window import parse_window

RAW, LOCK = "raw", "refresh.lock"


class FetchBusy(EtlError):  # noqa: N818
    """Another fetch or refresh is at work in the same folder."""


class FolderUnusable(EtlError):  # noqa: N818
    """A data folder that cannot be written."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The words of the command line."""

    sources: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    is_all: bool = False
    councils: tuple[str, ...] = ()
    accept_smaller: bool = False
    addresses: Path | None = None

    @classmethod
    def of(
        cls,
        sources: list[str] | None,
        councils: list[str] | None = None,
        addresses: Path | None = None,
        first: str | None = None,
        last: str | None = None,
        *,
        is_all: bool = False,
        accept_smaller: bool = False,
    ) -> Self:
        """From the words themselves; several may stand in one, parted by commas. A council named asks for payments."""
        named, slugs = (split_words(words) for words in (sources, councils))
        return cls(
            sources=named or (("payments",) if slugs else ()),
            first=first,
            last=last,
            is_all=is_all,
            councils=slugs,
            accept_smaller=accept_smaller,
            addresses=addresses,
        )


class Outcome(msgspec.Struct, frozen=True):
    """What became of a fetch."""

    files: list[Fetched]
    notes: list[Note]

    @property
    def is_wrong(self) -> bool:
        """Whether anything was kept out or failed. What is fetched by hand is not wrong."""
        return any(one.status in ("kept_out", "failed") for one in self.files) or any(
            note.status == "failed" for note in self.notes
        )


def split_words(words: list[str] | None) -> tuple[str, ...]:
    """`["police,met", "survey"]` as three words."""
    return tuple(
        word.strip().lower() for several in words or () for word in several.split(",") if word.strip()
    )


def read_request(asked: Asked, today: date | None = None) -> tuple[dict[str, Source], Request]:
    """The table of addresses, and what of it was asked for. Raises EtlError; typer.BadParameter where the words are wrong."""
    entries = read_addresses(asked.addresses)
    today = today or datetime.now(UTC).date()
    try:
        window = parse_window(asked.first, asked.last, is_all=asked.is_all, today=today)
        request = make_request(
            entries, asked.sources, window, asked.councils, accept_smaller=asked.accept_smaller
        )
    except (ValueError, UnknownSource) as error:
        raise typer.BadParameter(str(error)) from None
    return entries, request


async def fetch(
    entries: dict[str, Source],
    request: Request,
    data: Path,
    display: FetchDisplay,
    *,
    settings: FetchSettings | None = None,
    clock: Clock | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Fetch what was asked for into `data`/raw, or list it. Its caller holds `data`."""
    settings = settings or FetchSettings.of(sql.settings.read())
    rates = list_rates(entries)
    async with Fetcher(data / RAW, settings, display.progress(), clock=clock, rates=rates) as fetcher:
        plan = await make_plan(Sources(fetcher, data / RAW), entries, request)
        for note in plan.notes:
            display.note(note)
        if dry_run:
            for one in await list_plan(fetcher, plan):
                display.listed(one)
            return Outcome([], list(plan.notes))
        return Outcome(await run_plan(fetcher, plan, display.ended), list(plan.notes))


async def fetch_shown(asked: Asked, *, dry_run: bool, as_json: bool) -> Outcome:
    """`borough fetch` as a person or a program sees it."""
    entries, request = read_request(asked)
    data = sql.settings.read().data
    with hold(data), FetchDisplay(as_json=as_json) as display:
        outcome = await fetch(entries, request, data, display, dry_run=dry_run)
        if not (as_json or dry_run):
            display.bars.stop()
            display.say(summarise(outcome.files, outcome.notes))
    return outcome


def list_sources(asked: Asked, data: Path, clock: Clock | None = None) -> list[str]:
    """What there is to fetch, and when each was last fetched."""
    entries = read_addresses(asked.addresses)
    retrieved: dict[str, datetime] = {}
    if (data / RAW).is_dir():
        for manifest in Store(data / RAW, clock or SystemClock()).copies():
            before = retrieved.get(manifest.source, manifest.confirmed_at)
            retrieved[manifest.source] = max(before, manifest.confirmed_at)
    return describe_sources(entries, retrieved)


@contextmanager
def hold(data: Path) -> Iterator[None]:
    """Be alone with the folder: a lock that its holder's end lifts, however it ends. Raises FetchBusy, FolderUnusable."""
    try:
        (data / RAW).mkdir(parents=True, exist_ok=True)
        opened = (data / LOCK).open("a")
    except OSError as error:
        raise FolderUnusable(
            f"{data} cannot be written ({error}). Correct BOROUGH_DATA, or the folder's rights."
        ) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FetchBusy(
                f"Another fetch or refresh is at work in {data}. Wait for it to end, then try again."
            ) from None
        sweep_unfinished([*data.glob(".*.tmp"), *(data / RAW).rglob(".*.tmp")])
        yield
