"""`borough refresh`: fetch what is new, load it, publish, and say in a few lines what became of it.

Killed at any point and started again it goes on: what was fetched is not fetched again, what was loaded changes nothing.
"""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import asyncpg
import msgspec

import sql.settings
from etl.console import owner
from etl.fetch.addresses import Source
from etl.fetch.command import RAW, Asked, Outcome, fetch, hold, read_request
from etl.fetch.files import write_whole
from etl.fetch.plan import Request
from etl.fetch.show import FetchDisplay
from etl.fetch.store import Store
from etl.fetch.wanted import Clock, FetchSettings, SystemClock
from etl.ledger import LEDGER, Due, Ledger, choose_due, enter, is_as_before, match_reports, read_ledger
from etl.load import load
from etl.refresh_report import Refreshed, render_refresh, tell_refresh
from etl.report import LoadReport, Options, Progress
from etl.show import LoadDisplay
from sql.settings import Settings

# loaded with the same bytes under another name, or for good by hand
OUTLINE = "outline-"


async def refresh(
    entries: dict[str, Source],
    request: Request,
    settings: Settings,
    *,
    fetch_display: FetchDisplay,
    progress: Progress | None = None,
    fetch_settings: FetchSettings | None = None,
    clock: Clock | None = None,
    connection: asyncpg.Connection | None = None,
) -> Refreshed:
    """Fetch, load, publish. `connection`: to the database in place of the settings' own.

    Raises FetchBusy where another refresh is at work, sql.errors where there is no database; what a publisher or a file does is in
    the answer.
    """
    clock = clock or SystemClock()
    started, begun = clock.now(), time.perf_counter()
    with hold(settings.data):
        outcome = await fetch(
            entries, request, settings.data, fetch_display, settings=fetch_settings, clock=clock
        )
        fetched = time.perf_counter()
        if connection is not None:
            given = await give(connection, settings.data, progress or Progress(), clock)
        else:
            async with owner(settings) as conn:
                given = await give(conn, settings.data, progress or Progress(), clock)
    return summarise(outcome, given, started, fetched - begun, time.perf_counter() - fetched)


class Gave(msgspec.Struct, frozen=True):
    """What was given to the loader, and what became of it. `left`: boundaries that were not, and why."""

    due: list[Due]
    report: LoadReport
    left: str


async def give(conn: asyncpg.Connection, data: Path, progress: Progress, clock: Clock) -> Gave:
    """Load the stored files that the database was not given yet, and publish once."""
    database = await name_database(conn)
    ledger = read_ledger(data)
    if ledger.database != database:
        ledger = Ledger(database=database)
    copies = Store(data / RAW, clock).copies()
    due = choose_due(copies, data / RAW, ledger, await read_vintages(conn))
    left = await explain_boundaries(conn, [copy.path for copy in copies if copy.source == "boundaries"])
    if left:
        due = [one for one in due if not one.name.startswith("boundaries/")]
    report = await load(
        conn,
        [one.path for one in due],
        index_folder=data / "index",
        options=Options(vintages={one.path: one.vintage for one in due if one.vintage}),
        progress=progress,
    )
    entered = enter(ledger, due, report.files)
    write_whole(data / LEDGER, msgspec.json.format(msgspec.json.encode(entered), indent=1))
    return Gave(due, report, left)


async def name_database(conn: asyncpg.Connection) -> str:
    """What tells a database from every other: when it was made."""
    return str(await conn.fetchval("select applied_at from schema_migration order by number limit 1"))


async def read_vintages(conn: asyncpg.Connection) -> dict[str, date]:
    """The latest vintage with which each file is in the database, by its bytes."""
    rows = await conn.fetch("select sha256, max(vintage) as vintage from resource group by sha256")
    return {row["sha256"]: row["vintage"] for row in rows}


async def explain_boundaries(conn: asyncpg.Connection, paths: Iterable[str]) -> str:
    """Why fetched boundaries do not take the place of those in use, or '': a person loaded better ones."""
    current = await conn.fetchval("select vintage from boundary_set where is_current")
    ours = {Path(path).stem for path in paths}
    if not ours or current is None or current.startswith(OUTLINE) or current.partition("@")[0] in ours:
        return ""
    return (
        f"The boundaries in use ({current}) were loaded by hand and stay; borough load puts the fetched ones in"
        " their place."
    )


def summarise(outcome: Outcome, given: Gave, started: datetime, fetching: float, loading: float) -> Refreshed:
    """What a refresh came to."""
    reports = match_reports(given.due, given.report.files)
    again = {
        one.path.name for one in given.due if one.name in reports and is_as_before(one, reports[one.name])
    }
    refused = [file for file in given.report.files if file.status == "refused"]
    return Refreshed(
        started=started,
        outcome=outcome,
        loaded=[file for file in given.report.files if file.status == "loaded"],
        unchanged=sum(file.status == "unchanged" for file in given.report.files),
        refused=[file for file in refused if file.file.partition(":")[0] not in again],
        refused_before=sum(file.file.partition(":")[0] in again for file in refused),
        left=given.left,
        release=given.report.release.release if given.report.release else None,
        seconds_fetching=fetching,
        seconds_loading=loading,
    )


async def refresh_shown(asked: Asked, *, dry_run: bool, as_json: bool, quiet: bool) -> bool:
    """`borough refresh` as a person, a program or cron sees it. Whether nothing was wrong."""
    entries, request = read_request(asked)
    settings = sql.settings.read()
    with ExitStack() as stack:
        shown = stack.enter_context(FetchDisplay(as_json=as_json, quiet=quiet))
        if dry_run:
            stack.enter_context(hold(settings.data))
            listed = await fetch(entries, request, settings.data, shown, dry_run=True)
            return not listed.is_wrong
        display = LoadDisplay(as_json=as_json, quiet=True)
        progress = Progress()
        if not quiet:
            shown.bars.stop()
            stack.enter_context(display)
            progress = Progress(display.found, display.file, display.metric, display.say)
        done = await refresh(entries, request, settings, fetch_display=shown, progress=progress)
    if as_json:
        print(msgspec.json.encode(tell_refresh(done)).decode(), flush=True)
    elif done.is_news or not quiet:
        print(render_refresh(done), flush=True)
    return not done.is_wrong
