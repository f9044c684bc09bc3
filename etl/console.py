"""What the commands of `borough` share: a connection, a load that is shown, sentences instead of tracebacks."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import asyncpg
import msgspec
import typer

import sql
import sql.settings
from etl.errors import EtlError
from etl.load import load
from etl.payments.explain import explain_files, render
from etl.publish import publish
from etl.reference import seed
from etl.report import LoadReport, Options, Progress
from etl.sample import write_sample
from etl.show import LoadDisplay
from etl.status import read_status, render_status
from sql import embedded
from sql.errors import DatabaseError, NotMigrated, explain
from sql.settings import Settings


@asynccontextmanager
async def owner(
    settings: Settings | None = None, *, up_to_date: bool = True
) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do everything, to a database with its tables and reference facts."""
    async with await sql.connect(settings, min_size=1, max_size=1) as pool, pool.acquire() as conn:
        if up_to_date:
            if waiting := await sql.pending(conn):
                raise NotMigrated(f"The database lacks {', '.join(waiting)}. Run: borough migrate")
            await seed(conn)
        yield conn


async def load_files(
    paths: list[Path],
    options: Options,
    *,
    as_json: bool,
    settings: Settings | None = None,
    quiet: bool = False,
) -> LoadReport:
    """Load and publish, with its progress shown."""
    settings = settings or sql.settings.read()
    with LoadDisplay(as_json=as_json, quiet=quiet) as display:
        async with owner(settings) as conn:
            report = await load(
                conn,
                paths,
                index_folder=settings.data / "index",
                options=options,
                progress=Progress(display.found, display.file, display.metric, display.say),
            )
        display.end(report)
    return report


async def publish_shown(*, as_json: bool) -> None:
    """Publish what is stale, and say so."""
    async with owner() as conn:
        release = await publish(conn)
    said = f"Published release {release.release}." if release else "Nothing to publish."
    print(json.dumps({"release": release.release if release else None}) if as_json else said)


async def status_shown(*, as_json: bool) -> None:
    """Say what is loaded and what is published."""
    async with owner() as conn:
        found = await read_status(conn)
    print(json.dumps(found, default=str) if as_json else render_status(found))


async def migrate_shown() -> None:
    """Bring the database up to date, and say what that took."""
    async with owner(up_to_date=False) as conn:
        applied = await sql.migrate(conn)
        await seed(conn)
    print(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")


def stop_shown() -> None:
    """Stop the embedded database servers, and say which."""
    settings = sql.settings.read()
    if settings.database_url:
        fail("DATABASE_URL names a server that this command did not start. Stop it where it was started.")
    folders = (settings.data, settings.data / "demo")
    stopped = guard(lambda: [folder for folder in folders if embedded.stop(folder)])
    print(
        f"Stopped the database in {', '.join(map(str, stopped))}."
        if stopped
        else "No embedded database was running."
    )


def explain_payments(paths: list[Path], options: Options, *, as_json: bool) -> bool:
    """Print how files of payments would be read; whether all of them would be loaded."""

    def work() -> bool:
        is_loadable = True
        for explanation in explain_files(paths, options):
            print(msgspec.json.encode(explanation).decode() if as_json else render(explanation), flush=True)
            is_loadable = is_loadable and explanation.is_loadable
        return is_loadable

    return bool(guard(work))


def make_sample(folder: Path, seed: int, months: int, scale: float) -> None:
    """Write sample data into a folder, and say so."""
    files = guard(lambda: write_sample(folder, seed=seed, months=months, scale=scale))
    print(f"Wrote {len(files)} files of sample data, not real, to {folder}.")


STOPPED = "Stopped. What was loaded stays; the next load or serve publishes it."
STOPPED_WRITING = "Stopped. Files that were written whole stay; run the same command again for the rest."


def run(work: Coroutine[Any, Any, Any], stopped: str = STOPPED) -> Any:
    """Run a command's work, as `guard` does."""
    return guard(lambda: asyncio.run(work), stopped=stopped)


def guard(work: Callable[[], Any], *more: type[Exception], stopped: str = STOPPED) -> Any:
    """Do it; what a person can mend ends in one sentence, not in a traceback. `more`: other errors that say it.

    `stopped` is said where it is interrupted.
    """
    told: tuple[type[Exception], ...] = (EtlError, DatabaseError, *more)
    try:
        return work()
    except told as error:
        fail(str(error))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        fail(str(explain(error, "the database")))
    except KeyboardInterrupt:
        print(stopped, file=sys.stderr)
        raise typer.Exit(130) from None


def fail(sentence: str) -> NoReturn:
    """End the command with a sentence."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
