"""`borough`: load police and council files, publish figures, serve them.

Exit codes: 0 all done; 1 something was refused (the rest was done, the refusals are listed); 2 wrong usage.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    import asyncpg

    from etl.report import LoadReport, Options
    from sql import Settings

app = typer.Typer(
    name="borough",
    help="Police and council figures for London's boroughs, with their uncertainty, gaps and history.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program, one object a line.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
Workers = Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)]


@app.command()
def load(
    paths: Annotated[
        list[Path], typer.Argument(help="Files, folders or zips, as published.", metavar="PATH…")
    ],
    vintage: Annotated[
        str | None,
        typer.Option(
            help="When the copy was published (2024-02 or 2024-02-29). Else: its archive's month, the month after a table's last,"
            " or the file's date."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Load a copy even though a later one is in the database.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="The copy is partial: category=burglary. Other categories do not become zero."),
    ] = None,
    accept_rejects: Annotated[
        bool,
        typer.Option("--accept-rejects", help="Load a file although over 5% of its rows cannot be used."),
    ] = False,
    replace_sample: Annotated[
        bool, typer.Option("--replace-sample", help="Drop the sample data to make room for real files.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Load police files, tables of the Met and MOPAC, populations, boundaries, postcodes, by name or header. Publish."""
    from etl.options import parse_day, parse_only
    from etl.report import Options

    try:
        options = Options(
            vintage=parse_day(vintage) if vintage else None,
            force=force,
            only=parse_only(only or []),
            accept_rejects=accept_rejects,
            replace_sample=replace_sample,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    report = _run(_load(paths, options, as_json))
    if report.refused:
        raise typer.Exit(1)


@app.command()
def publish(as_json: Json = False) -> None:
    """Publish what was loaded and not published yet. (`load` and `serve` do so themselves.)"""
    from etl.publish import publish as publish_stale

    async def work() -> None:
        async with _owner() as conn:
            release = await publish_stale(conn)
        said = f"Published release {release.release}." if release else "Nothing to publish."
        print(json.dumps({"release": release.release if release else None}) if as_json else said)

    _run(work())


@app.command()
def status(as_json: Json = False) -> None:
    """Say what is loaded, what is published and what is not yet."""
    from etl.status import read_status, render_status

    async def work() -> None:
        async with _owner() as conn:
            found = await read_status(conn)
        print(json.dumps(found, default=str) if as_json else render_status(found))

    _run(work())


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write it.", metavar="DIR")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 2026,
    months: Annotated[int, typer.Option(help="How many months.", min=1, max=240)] = 24,
    scale: Annotated[float, typer.Option(help="1 is a tenth of real volume.", min=0.01, max=100)] = 1.0,
) -> None:
    """Write invented police files in the publishers' own form, marked as sample in every row."""
    _write_sample(folder, seed, months, scale)


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    serve_it: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the figures afterwards.")
    ] = True,
) -> None:
    """Make sample data, load it into a database of its own, print borough figures and serve them."""
    import msgspec

    import sql.settings
    from api.headlines import print_headlines
    from api.serve import check_port
    from etl.report import Options

    settings = sql.settings.read()
    if settings.database_url is None:
        settings = msgspec.structs.replace(settings, data=settings.data / "demo")
    if serve_it:
        _guard(lambda: check_port(host, port))
    folder = settings.data / "sample"
    if not folder.exists():
        # a run that was broken off leaves the unfinished folder, which is written again
        unfinished = settings.data / "sample-unfinished"
        _write_sample(unfinished, 2026, 24, 1.0)
        unfinished.rename(folder)

    report = _run(_load([folder], Options(), as_json=False, settings=settings, quiet=True))
    if report.refused:
        raise typer.Exit(1)
    _run(print_headlines(settings))
    if serve_it:
        _serve(settings, host, port, workers)


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1) -> None:
    """Serve the API and the pages."""
    import sql.settings

    _serve(sql.settings.read(), host, port, workers)


@app.command()
def stop() -> None:
    """Stop the embedded database server (the demo's too)."""
    import sql.settings
    from sql import embedded

    settings = sql.settings.read()
    if settings.database_url:
        _fail("DATABASE_URL names a server that this command did not start. Stop it where it was started.")
    folders = (settings.data, settings.data / "demo")
    stopped = _guard(lambda: [folder for folder in folders if embedded.stop(folder)])
    print(
        f"Stopped the database in {', '.join(map(str, stopped))}."
        if stopped
        else "No embedded database was running."
    )


@app.command()
def migrate() -> None:
    """Bring the database up to date with this version: tables, areas, words, populations."""
    import sql.settings

    async def work() -> None:
        async with _owner(up_to_date=False) as conn:
            applied = await sql.migrate(conn)
            await _seed(conn)
        print(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")

    _run(work())


def main() -> None:
    """Run the command line."""
    app()


async def _load(
    paths: list[Path], options: Options, as_json: bool, settings: Settings | None = None, quiet: bool = False
) -> LoadReport:
    import sql.settings
    from etl.load import Progress, load
    from etl.show import LoadDisplay

    settings = settings or sql.settings.read()
    with LoadDisplay(as_json=as_json, quiet=quiet) as display:
        async with _owner(settings) as conn:
            report = await load(
                conn,
                paths,
                index_folder=settings.data / "index",
                options=options,
                progress=Progress(display.found, display.file, display.metric, display.say),
            )
        display.end(report)
    return report


def _write_sample(folder: Path, seed: int, months: int, scale: float) -> None:
    from etl.sample import write_sample

    files = _guard(lambda: write_sample(folder, seed=seed, months=months, scale=scale))
    print(f"Wrote {len(files)} files of sample data, not real, to {folder}.")


def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    from api.serve import check_port
    from api.serve import serve as serve_api
    from etl.publish import publish as publish_stale

    async def finish() -> None:
        async with _owner(settings) as conn:
            await publish_stale(conn, wait=False)

    _guard(lambda: check_port(host, port))
    _run(finish())
    _guard(lambda: serve_api(settings, host, port, workers))


@asynccontextmanager
async def _owner(
    settings: Settings | None = None, *, up_to_date: bool = True
) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do everything, to a database with its tables and reference facts."""
    import sql.settings
    from sql.errors import NotMigrated

    async with await sql.connect(settings, min_size=1, max_size=1) as pool, pool.acquire() as conn:
        if up_to_date:
            if waiting := await sql.pending(conn):
                raise NotMigrated(f"The database lacks {', '.join(waiting)}. Run: borough migrate")
            await _seed(conn)
        yield conn


async def _seed(conn: asyncpg.Connection) -> None:
    from etl.reference import seed

    await seed(conn)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return _guard(lambda: asyncio.run(work))


def _guard(work: Callable[[], Any]) -> Any:
    """Do it; what a person can mend ends in one sentence, not in a traceback."""
    import asyncpg

    from api.errors import ServeError
    from etl.errors import EtlError
    from sql.errors import DatabaseError, explain

    try:
        return work()
    except (EtlError, DatabaseError, ServeError) as error:
        _fail(str(error))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        _fail(str(explain(error, "the database")))
    except KeyboardInterrupt:
        print("Stopped. What was loaded stays; the next load or serve publishes it.", file=sys.stderr)
        raise typer.Exit(130) from None


def _fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    main()
