"""data.police.uk: of each archive of all forces, the files of two of them, by HTTP Range.

An archive holds the 36 months that end with the month of its name, each as it was known then. A month is taken from the
newest archive that holds it. What is kept of an archive is a zip of the archive's name, so that loading it tells
which copy of a month is newer.
"""

import asyncio
import re
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from etl.candidate import BROKEN
from etl.fetch.addresses import Police
from etl.fetch.checks import check_size
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed, KeptOut, NoRanges
from etl.fetch.members import Members
from etl.fetch.remote_zip import Member
from etl.fetch.step import Plan, Sources, Step
from etl.fetch.wanted import Fetched, Wanted
from etl.fetch.window import Window
from etl.months import add_months, parse_month

# the dates of members say nothing of which copy is newer; the same content is to be the same bytes
DATE = (1980, 1, 1, 0, 0, 0)
NAMED = re.compile(r"(?:^|/)(\d{4}-\d{2})-([a-z-]+?)-(street|outcomes|stop-and-search)\.csv$")


class Contents(msgspec.Struct, frozen=True):
    """A zip, here or far away: what is in it, and how to read some of it, in the order of the zip."""

    checksums: dict[str, tuple[int, int]]
    members: dict[str, Member]
    path: Path | None = None


async def make_plan(sources: Sources, source: str, entry: Police, window: Window) -> Plan:
    """One step an archive. Raises FetchError where the publisher does not say which months there are."""
    fetcher = sources.fetcher
    latest = read_latest(await fetcher.read_json(entry.last_updated, entry.publisher))
    available = read_available(await fetcher.read_json(entry.available, entry.publisher))
    months = choose_months(entry, window, latest, available)
    steps = []
    for archive, held in choose_archives(entry, months, latest, is_all=window.is_all).items():
        wanted = Wanted(
            source=source,
            publisher=entry.publisher,
            url=entry.archive.format(month=f"{archive:%Y-%m}"),
            file_name=f"{archive:%Y-%m}.zip",
            expects="zip",
            key=f"{archive:%Y-%m}",
        )
        steps.append(
            Step(
                wanted=wanted,
                get=partial(get_archive, raw=sources.raw, entry=entry, months=held),
                is_confirmed=entry.is_confirmed,
                parts=f"of {held[0]:%Y-%m} to {held[-1]:%Y-%m} the files of {' and '.join(entry.forces)} alone",
            )
        )
    return Plan(tuple(steps))


def read_latest(answer: Any) -> date:
    """The month of `crime-last-updated`: {"date": "2024-02-01"}. Raises FetchFailed."""
    try:
        return date.fromisoformat(str(answer["date"])[:10]).replace(day=1)
    except (TypeError, KeyError, ValueError) as error:
        raise FetchFailed(
            f"data.police.uk says when it was last updated in another way than it used to ({str(answer)[:80]!r})."
        ) from error


def read_available(answer: Any) -> dict[date, frozenset[str]]:
    """The months of `crimes-street-dates`, and the forces that gave searches. Raises FetchFailed."""
    try:
        return {parse_month(row["date"]): frozenset(row.get("stop-and-search") or ()) for row in answer}
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise FetchFailed(
            f"data.police.uk lists its months in another way than it used to ({str(answer)[:80]!r})."
        ) from error


def choose_months(
    entry: Police, window: Window, latest: date, available: Mapping[date, object]
) -> list[date]:
    """The months that are wanted: as asked, else the last so many that there are; with --all every one that is listed."""
    last = min(window.last or latest, latest)
    if window.first:
        first = window.first
    elif window.is_all and available:
        first = min(available)
    else:
        first = add_months(last, 1 - entry.months)
    months = []
    while first <= last:
        months.append(first)
        first = add_months(first, 1)
    return months


def choose_archives(
    entry: Police, months: Iterable[date], latest: date, *, is_all: bool
) -> dict[date, list[date]]:
    """Months by the archive that they are taken from: the newest that holds them; `is_all`: each month's own as well."""
    chosen: dict[date, list[date]] = defaultdict(list)
    for month in months:
        newest = min(latest, add_months(month, entry.archive_months - 1))
        chosen[newest].append(month)
        if is_all and newest != month:
            chosen[month].append(month)
    return {archive: sorted(chosen[archive]) for archive in sorted(chosen)}


async def get_archive(
    fetcher: Fetcher, wanted: Wanted, *, raw: Path, entry: Police, months: Sequence[date]
) -> Fetched:
    """Take the wanted members of an archive; what the copy at hand has of them is not moved again.

    Raises FetchError; KeptOut where a file inside shrank by more than a fifth, or is gone.
    """
    manifest = fetcher.last(wanted)
    here = read_contents(raw / manifest.path) if manifest else None
    async with open_archive(fetcher, wanted) as (far, remote):
        chosen = choose_members(entry, far, months, here)
        missing = list_missing(entry, chosen, months)
        if not chosen:
            raise FetchFailed(
                f"The archive {wanted.file_name} holds no file of {' or '.join(entry.forces)} of the months asked for."
            )
        if here and not wanted.accept_smaller:
            check_members(here, far)
        same = {name for name in chosen if here and here.checksums.get(name) == far.checksums[name]}
        if here and same == set(chosen) == set(here.checksums):
            moved = 0 if remote is None else remote.bytes_moved
            return explain(fetcher.confirm(wanted, bytes_moved=moved), missing)
        with fetcher.store.part(wanted, "made") as made:
            come = await bring_members(raw, wanted, set(chosen) - same, far, remote)
            try:
                with zipfile.ZipFile(made.path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                    async for name, content in read_members(chosen, same, here, far, come):
                        info = zipfile.ZipInfo(name, DATE)
                        info.compress_type = zipfile.ZIP_DEFLATED
                        await asyncio.to_thread(archive.writestr, info, content)
                moved = 0 if remote is None else remote.bytes_moved
                etag, modified = (remote.etag, remote.last_modified) if remote is not None else (None, None)
                # its files were compared one by one
                wanted = msgspec.structs.replace(wanted, accept_smaller=True)
                kept = await fetcher.keep(
                    wanted, made.path, etag=etag, last_modified=modified, bytes_moved=moved
                )
            finally:
                made.remove()
            if come and kept.status in ("new", "unchanged"):
                await asyncio.to_thread(come.remove)
    return explain(kept, missing)


@asynccontextmanager
async def open_archive(fetcher: Fetcher, wanted: Wanted) -> AsyncIterator[tuple[Contents, Any]]:
    """An archive far away, by Range; where its server sends whole files only, a whole copy for as long as it is read."""
    try:
        remote = await fetcher.open_zip(wanted.url, wanted.publisher, wanted.source)
    except NoRanges:
        async with fetcher.borrow(msgspec.structs.replace(wanted, key=f"{wanted.key}/whole")) as path:
            if (contents := read_contents(path)) is None:
                raise FetchFailed(
                    f"The archive {wanted.file_name} came whole, and is broken. Try again."
                ) from None
            yield contents, None
        return
    yield (
        Contents(
            {member.name: (member.size, member.crc) for member in remote.members},
            {member.name: member for member in remote.members},
        ),
        remote,
    )


def read_contents(path: Path) -> Contents | None:
    """What is in a zip on this machine; None where there is none, or a broken one."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except BROKEN:
        return None
    return Contents({info.filename: (info.file_size, info.CRC) for info in infos}, {}, path)


def choose_members(entry: Police, far: Contents, months: Sequence[date], here: Contents | None) -> list[str]:
    """The names to keep: what is wanted, and what the copy at hand has beside it and the archive still holds."""
    wanted = {f"{month:%Y-%m}" for month in months}
    held = set(here.checksums) if here else set[str]()
    found = []
    for name in far.checksums:
        match = NAMED.search(name)
        if match is None or match[2] not in entry.forces or match[3] not in entry.kinds:
            continue
        if match[1] in wanted or name in held:
            found.append(name)
    return sorted(found)


def check_members(here: Contents, far: Contents) -> None:
    """Raise KeptOut where a file of the copy at hand is gone from the archive, or shrank by more than a fifth."""
    for name, (before, _) in sorted(here.checksums.items()):
        if name not in far.checksums:
            raise KeptOut(
                f"{name} is gone from the archive. If that is right, fetch it with --accept-smaller.", 200
            )
        if why := check_size(far.checksums[name][0], before):
            raise KeptOut(f"{name}: {why}", 200)


def list_missing(entry: Police, names: Iterable[str], months: Sequence[date]) -> list[str]:
    """The files that an archive lacks, such as `2024-01-city-of-london-stop-and-search`; a month without any as itself."""
    there = {match[0].lstrip("/") for name in names if (match := NAMED.search(name))}
    held = {name[:7] for name in there}
    return [f"{month:%Y-%m}" for month in months if f"{month:%Y-%m}" not in held] + [
        name
        for month in months
        if f"{month:%Y-%m}" in held
        for force in entry.forces
        for kind in entry.kinds
        if f"{(name := f'{month:%Y-%m}-{force}-{kind}')}.csv" not in there
    ]


def explain(fetched: Fetched, missing: Sequence[str]) -> Fetched:
    """With a word on the files that the archive lacks."""
    if not missing:
        return fetched
    few = ", ".join(missing[:2]) + (f" and {len(missing) - 2} more" if len(missing) > 2 else "")
    said = f"The archive lacks {few}."
    return msgspec.structs.replace(fetched, message=f"{fetched.message} {said}".strip())


async def bring_members(
    raw: Path, wanted: Wanted, names: set[str], far: Contents, remote: Any
) -> Members | None:
    """The wanted members far away, all of them here; those that came before a run was killed are not moved again.

    None where the archive came whole. Raises FetchError; what came is kept.
    """
    if remote is None:
        return None
    come = Members(raw, wanted, remote.size, remote.etag, remote.last_modified)
    await asyncio.to_thread(come.begin)
    members = [far.members[name] for name in names]
    rest = [member for member in members if not await asyncio.to_thread(come.has, member)]
    async for member, content in remote.extract_many(rest):
        await asyncio.to_thread(come.write, member, content)
    return come


async def read_members(
    chosen: Sequence[str], same: set[str], here: Contents | None, far: Contents, come: Members | None
) -> AsyncIterator[tuple[str, bytes]]:
    """Each chosen file with its content: from the copy at hand where it is the same, else from what came."""
    path = here.path if here else None
    for name in chosen:
        if name in same and path:
            yield name, await asyncio.to_thread(_read_member, path, name)
    # in the order of the archive, however it came, so that the same members are the same bytes
    for name in far.checksums:
        if name not in chosen or name in same:
            continue
        if come:
            yield name, await asyncio.to_thread(come.read, far.members[name])
        elif far.path:
            yield name, await asyncio.to_thread(_read_member, far.path, name)


def _read_member(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except BROKEN as error:
        raise FetchFailed(f"{path.name} is broken at {name} ({error}). Try again.") from error
