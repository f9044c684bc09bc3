"""`borough export DIR`: everything as a data package, as files."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bulk.folder import FORMER, NO_RECORDS, ExportError, check_place, write_folder
from api.bulk.tables import choose_tables
from api.bulk.write import WrittenTable
from api.errors import ApiError, NotFound
from api.recall import recall
from api.snapshot import Snapshot, load_snapshot
from sql import connect
from sql.settings import Settings

MEGABYTE = 1_000_000
# What the sentence of is enough to mend.
FAILURES = (ExportError, ApiError)


def export_folder(place: Path, only: Sequence[str], *, has_records: bool) -> None:
    """Do what the command is asked to. Raises what `FAILURES` lists, and BadParameter of typer for an unknown table."""
    try:
        choose_tables(only, has_records=has_records)
    except NotFound as error:
        raise typer.BadParameter(str(error), param_hint="--only") from None
    asyncio.run(export(place, only, has_records=has_records))


async def export(
    place: Path,
    only: Sequence[str],
    *,
    has_records: bool,
    as_of: str | None = None,
    settings: Settings | None = None,
) -> None:
    """Write the package and say what was written, with a bar where somebody watches.

    Raises ExportError, ApiError (a release that is not there among them).
    """
    check_place(place)
    async with await connect(settings, role="reader", min_size=1, max_size=2) as pool:
        async with pool.acquire() as conn:
            newest = await load_snapshot(conn)
            snapshot = await recall(conn, newest, as_of)
        is_former = snapshot.release_id != newest.release_id
        tables = choose_tables(only, has_records=has_records and not is_former)
        left_out = [FORMER] if is_former else [] if has_records else [NO_RECORDS]
        began = time.perf_counter()
        with _Shown(len(tables)) as shown:
            written = await write_folder(
                place, pool.acquire, snapshot, tables, shown.tell, as_of=as_of, left_out=left_out
            )
    seconds = time.perf_counter() - began
    print(_sum_up(place, snapshot, written, seconds))


def _sum_up(place: Path, snapshot: Snapshot, written: Sequence[WrittenTable], seconds: float) -> str:
    size = sum(one.csv.bytes + one.parquet.bytes for one in written) / MEGABYTE
    rows = sum(one.rows for one in written)
    sample = " It is sample data, not real." if snapshot.is_sample else ""
    release = snapshot.release.release if snapshot.release else ""
    return f"Wrote {len(written)} tables, {rows:,} rows, {size:,.1f} MB, to {place} in {seconds:.0f} s: release {release}.{sample}"


class _Shown:
    """How far the export is: a bar for a person, a line a table for a file."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("Writing", total=count)

    def __enter__(self) -> "_Shown":
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def tell(self, written: WrittenTable) -> None:
        """One table more."""
        if self.console.is_terminal:
            self.bar.update(self.task, advance=1, description=written.table.name)
        else:
            print(f"{written.table.name}: {written.rows:,} rows", flush=True)
