"""A whole export as a folder: written beside its place, then moved there at once."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from api.bulk.listed import read_list
from api.bulk.package import DESCRIPTOR, NAME, README, list_sources, write_descriptor, write_readme
from api.bulk.read import Connect
from api.bulk.tables import BulkTable
from api.bulk.write import WrittenTable, write_table
from api.snapshot import Snapshot

Tell = Callable[[WrittenTable], None]
NO_RECORDS = "Records are not in this package: leave out --no-records, or see /v1/records."
FORMER = "Records are given of the current release only, and are not in this package of a former one."


class ExportError(Exception):
    """An export cannot be written where it should be; `str(error)` is the sentence to show."""


def check_place(place: Path) -> None:
    """Refuse a place that holds anything but a former export. Raises ExportError."""
    if place.is_dir() and any(place.iterdir()) and not is_export(place):
        raise ExportError(
            f"{place} is not empty, and is no former export: name a folder that is empty or not there yet."
        )
    if place.exists() and not place.is_dir():
        raise ExportError(f"{place} is a file: name a folder.")


def is_export(place: Path) -> bool:
    """Whether a folder holds an export of ours, and nothing else."""
    names = {one.name for one in place.iterdir()}
    descriptor = place / DESCRIPTOR
    is_ours = descriptor.is_file() and f'"name": "{NAME}"' in descriptor.read_text(encoding="utf-8")[:400]
    return is_ours and names <= {DESCRIPTOR, README, "data"}


async def write_folder(
    place: Path,
    connect: Connect,
    snapshot: Snapshot,
    tables: Sequence[BulkTable],
    tell: Tell,
    *,
    as_of: str | None = None,
    left_out: Sequence[str] = (),
) -> list[WrittenTable]:
    """Write a package of these tables; nothing is at its place before all of it is. `tell` hears of each table.

    Raises ExportError, and what reading raises.
    """
    check_place(place)
    place = place.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.parent / f".{place.name}-unfinished-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        written = []
        for table in tables:
            one = await write_table(beside, connect, snapshot, table, as_of)
            written.append(one)
            tell(one)
        async with connect() as conn:
            sources = list_sources(await read_list(conn, snapshot, "sources"))
        (beside / README).write_bytes(write_readme(snapshot, written, left_out))
        (beside / DESCRIPTOR).write_bytes(write_descriptor(snapshot, written, sources, as_of))
        put_in_place(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def put_in_place(beside: Path, place: Path) -> None:
    """Move a finished folder to its place; a former export there is put aside first, and back where that fails."""
    former = place.parent / f".{place.name}-former-{os.getpid()}"
    has_former = place.exists() and any(place.iterdir())
    if has_former:
        place.rename(former)
    try:
        beside.rename(place)
    except OSError:
        if has_former:
            former.rename(place)
        raise
    shutil.rmtree(former, ignore_errors=True)
