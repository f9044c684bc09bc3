"""`borough report`: the report of one area into a file, or of all areas into a folder."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import sql
import sql.settings
from api.app import find_version
from api.draw.workshop import Workshop
from api.errors import ApiError, BadParameter, NotFound
from api.recall import recall
from api.report.frozen import PATH, make_files
from api.report.model import Report
from api.report.render import IN_FILE, REPORT_FORMATS, name_file, render
from api.report.request import ReportRequest, list_reported, resolve
from api.report.write import write_report
from api.snapshot import Snapshot, load_snapshot

DONE, REFUSED, MISUSED = 0, 1, 2
# More would only wait for the process that reads the figures.
MOST_WORKSHOPS = 4
DEFAULT = "pdf"
ENDINGS = {**{f".{name}": name for name in REPORT_FORMATS}, ".htm": "html"}


class NotWritten(ApiError):  # noqa: N818
    """A file that cannot be written; the sentence says why."""


class Misused(Exception):  # noqa: N818
    """The command was not used rightly; the sentence says how."""


class Kept(Protocol):
    """What a freezer says of a report: its hash, whether it is new, and its files by format as they were first made."""

    @property
    def sha256(self) -> str:
        """The hash of its document."""

    @property
    def is_new(self) -> bool:
        """Whether it was not frozen before."""

    @property
    def files(self) -> dict[str, bytes]:
        """The files by format."""


Keep = Callable[..., Awaitable[Kept]]
Freezer = Callable[[], AbstractAsyncContextManager[Keep]]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    area: str | None
    output: Path
    is_all: bool = False
    form: str | None = None
    first: str | None = None
    last: str | None = None
    as_of: str | None = None
    meeting: str | None = None
    is_frozen: bool = False


async def write_reports(asked: Asked, freezer: Freezer) -> int:
    """Write what was asked for, and say so. Returns the exit code: 0 done, 1 something was refused, 2 wrong usage.

    `freezer` opens what keeps frozen reports. Raises errors of `sql.errors`.
    """
    try:
        form = choose_form(asked)
        async with _open_desk(asked, freezer) as desk:
            requests = desk.resolve(asked)
            is_folder = asked.is_all or asked.output.is_dir()
            await asyncio.to_thread(check_folder, asked.output if is_folder else asked.output.parent)
            if asked.is_all:
                return await _write_all(desk, asked, requests, form)
            return await _write_one(desk, asked, requests[0], form)
    except (Misused, BadParameter, NotFound) as error:
        print(error, file=sys.stderr)
        return MISUSED
    except ApiError as error:
        print(error, file=sys.stderr)
        return REFUSED


def choose_form(asked: Asked) -> str:
    """The format: what was named, else what the file's ending says. Raises Misused."""
    if asked.is_all == (asked.area is not None):
        raise Misused("Name one area (borough report hackney -o hackney.pdf), or give --all and a folder.")
    if asked.form is not None and asked.form not in REPORT_FORMATS:
        raise Misused(f"There is no format {asked.form!r}: choose one of {', '.join(REPORT_FORMATS)}.")
    if asked.is_all or asked.output.is_dir():
        if asked.output.exists() and not asked.output.is_dir():
            raise Misused(f"{asked.output} is a file: with --all give a folder.")
        return asked.form or DEFAULT
    ending = ENDINGS.get(asked.output.suffix.casefold())
    if ending is None and asked.form is None:
        listed = ", ".join(ENDINGS)
        raise Misused(
            f"{asked.output} does not say in which format to write: end its name in one of {listed}."
        )
    if asked.form is not None and ending not in (None, asked.form):
        raise Misused(
            f"{asked.output} ends like {ending}, and --format says {asked.form}: leave one of them out."
        )
    return asked.form or str(ending)


class _Desk:
    """What reports are written with: a snapshot of the latest release, one connection, some workshops."""

    def __init__(
        self, conn: Any, snapshot: Snapshot, keep: Keep | None, workshops: Sequence[Workshop]
    ) -> None:
        self.conn = conn
        self.snapshot = snapshot
        self.keep = keep
        self.workshops = workshops
        self.is_reading = asyncio.Lock()

    def resolve(self, asked: Asked) -> list[ReportRequest]:
        """The requests. Raises NotFound, BadParameter."""
        areas: Sequence[str] = (
            [asked.area] if asked.area is not None else [area.slug for area in list_reported(self.snapshot)]
        )
        rest = asked.first, asked.last, asked.as_of, asked.meeting
        return [resolve(self.snapshot, area, *rest) for area in areas]

    async def write(
        self, request: ReportRequest, form: str, workshop: Workshop
    ) -> tuple[Report, bytes, Kept | None]:
        """A report, as bytes, and what was kept of it where it was frozen."""
        async with self.is_reading:
            snapshot = await recall(self.conn, self.snapshot, request.as_of)
            report = await write_report(self.conn, snapshot, request)
        if self.keep is None:
            return report, await render(report, form, workshop, IN_FILE), None
        document, files = await make_files(report, workshop)
        kept = await self.keep(
            document,
            files,
            area_code=report.area_code,
            slug=report.slug,
            title=report.title,
            meeting=date.fromisoformat(report.meeting) if report.meeting else None,
            release=report.release.release,
            is_sample=report.is_sample,
            app_version=find_version(),
        )
        return report, kept.files[form], kept


@asynccontextmanager
async def _open_desk(asked: Asked, freezer: Freezer) -> AsyncIterator[_Desk]:
    count = min(os.cpu_count() or 1, MOST_WORKSHOPS) if asked.is_all else 1
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await sql.connect(role="reader", min_size=1, max_size=1))
        conn = await stack.enter_async_context(pool.acquire())
        keep = await stack.enter_async_context(freezer()) if asked.is_frozen else None
        workshops = [Workshop() for _ in range(count)]
        for workshop in workshops:
            stack.push_async_callback(workshop.close)
        yield _Desk(conn, await load_snapshot(conn), keep, workshops)


async def _write_one(desk: _Desk, asked: Asked, request: ReportRequest, form: str) -> int:
    report, body, kept = await desk.write(request, form, desk.workshops[0])
    path = asked.output / name_file(report, form) if asked.output.is_dir() else asked.output
    await asyncio.to_thread(write_file, path, body)
    print(describe_file(path, body))
    if kept is not None:
        print("\n".join(describe_frozen(kept)))
    return DONE


async def _write_all(desk: _Desk, asked: Asked, requests: Sequence[ReportRequest], form: str) -> int:
    """Every report into the folder; what cannot be written is said, and the others are."""
    began = time.monotonic()
    console = Console(soft_wrap=True, highlight=False)
    waiting = list(reversed(requests))
    refused: list[str] = []
    sizes: list[int] = []
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, disable=not console.is_terminal, transient=True,
    ) as bars:  # fmt: skip
        task = bars.add_task("Writing reports", total=len(requests))

        async def work(workshop: Workshop) -> None:
            while waiting:
                request = waiting.pop()
                try:
                    report, body, kept = await desk.write(request, form, workshop)
                    path = asked.output / name_file(report, form)
                    await asyncio.to_thread(write_file, path, body)
                except ApiError as error:
                    refused.append(f"{request.area.area_name}: {error}")
                else:
                    sizes.append(len(body))
                    bars.update(task, description=report.area_name)
                    lines = [describe_file(path, body), *(describe_frozen(kept) if kept else ())]
                    console.print("\n".join(lines), markup=False)
                bars.advance(task)

        await asyncio.gather(*(work(workshop) for workshop in desk.workshops))
    seconds = time.monotonic() - began
    print(f"{len(sizes)} reports in {asked.output}: {describe_size(sum(sizes))}, {seconds:.0f} seconds.")
    for line in refused:
        print(f"Not written: {line}", file=sys.stderr)
    return REFUSED if refused else DONE


def check_folder(folder: Path) -> None:
    """Make the folder, and see that files can be written into it before a report is. Raises NotWritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise NotWritten(
            f"Nothing can be written into {folder}: {error.strerror}. Name another folder, or mend that."
        ) from error


def write_file(path: Path, body: bytes) -> None:
    """Write a file whole or not at all, and the folder where there is none. Raises NotWritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace_file(path, body)
    except OSError as error:
        raise NotWritten(
            f"{path} cannot be written: {error.strerror}. Name another file, or mend that."
        ) from error


def _replace_file(path: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        # A temporary file is for its owner alone, and this one is to be handed on.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def describe_file(path: Path, body: bytes) -> str:
    """What was written."""
    return f"Wrote {path} ({describe_size(len(body))})."


def describe_frozen(kept: Kept) -> list[str]:
    """Where a frozen report opens, and its hash."""
    said = "Frozen" if kept.is_new else "Frozen before, and the same"
    return [f"{said}: {PATH}/{kept.sha256}", f"SHA-256 of its JSON: {kept.sha256}"]


def describe_size(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} KB"
