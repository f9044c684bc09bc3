"""`borough`: load police and council files, publish figures, serve them.

Exit codes: 0 all done; 1 something was refused (the rest was done, the refusals are listed); 2 wrong usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
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
Sources = Annotated[list[str] | None, typer.Argument(help="police, payments, …", metavar="SOURCE…")]
Addresses = Annotated[Path | None, typer.Option(help="Another table of addresses (docs/fetching.md).")]
First = Annotated[str | None, typer.Option("--from", help="The first month (2024-01).")]
Last = Annotated[str | None, typer.Option("--to", help="The last month, included.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="List what would be fetched; move no file.")]
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
    council: Annotated[
        str | None, typer.Option(help="Who paid, where payments do not say (hackney); confirms a guess.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="The month of payments without dates (2011-04).")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say how files of payments would be read; load nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Load police files, tables of the Met, MOPAC and councils, populations, boundaries, postcodes. Publish."""
    from etl.console import explain_payments, load_files, run
    from etl.options import parse_council, parse_day, parse_only, parse_period
    from etl.report import Options

    try:
        options = Options(
            vintage=parse_day(vintage) if vintage else None,
            force=force,
            only=parse_only(only or []),
            accept_rejects=accept_rejects,
            replace_sample=replace_sample,
            council=parse_council(council) if council else None,
            period=parse_period(period) if period else None,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if explain:
        raise typer.Exit(0 if explain_payments(paths, options, as_json=as_json) else 1)
    report = run(load_files(paths, options, as_json=as_json))
    if report.refused:
        raise typer.Exit(1)


@app.command()
def fetch(
    sources: Sources = None,
    first: First = None,
    last: Last = None,
    council: Annotated[list[str] | None, typer.Option(help="Of the payments those of this council.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All there is: every year, every archive, files that name no month.")
    ] = False,
    accept_smaller: Annotated[
        bool, typer.Option("--accept-smaller", help="Take files that have shrunk by over a fifth.")
    ] = False,
    addresses: Addresses = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Fetch files from their publishers into BOROUGH_DATA/raw; without SOURCE list what there is. Loads nothing."""
    import sql.settings
    from etl.console import guard, run
    from etl.fetch.command import Asked, fetch_shown, list_sources

    asked = Asked.of(
        sources, council, addresses, first, last, is_all=everything, accept_smaller=accept_smaller
    )
    if not (asked.sources or dry_run):
        print("\n".join(guard(lambda: list_sources(asked, sql.settings.read().data))))
        return
    if run(fetch_shown(asked, dry_run=dry_run, as_json=as_json)).is_wrong:
        raise typer.Exit(1)


@app.command()
def refresh(
    only: Annotated[list[str] | None, typer.Option(help="This source alone; may be repeated.")] = None,
    addresses: Addresses = None,
    dry_run: DryRun = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what changed or failed.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch what is new, load it, publish, and sum up in lines that a mail can carry."""
    from etl.console import run
    from etl.fetch.command import Asked
    from etl.refresh import refresh_shown

    asked = Asked.of(only, None, addresses)
    if not run(refresh_shown(asked, dry_run=dry_run, as_json=as_json, quiet=quiet)):
        raise typer.Exit(1)


@app.command()
def publish(as_json: Json = False) -> None:
    """Publish what was loaded and not published yet. (`load` and `serve` do so themselves.)"""
    from etl.console import publish_shown, run

    run(publish_shown(as_json=as_json))


@app.command()
def status(as_json: Json = False) -> None:
    """Say what is loaded, what is published and what is not yet."""
    from etl.console import run, status_shown

    run(status_shown(as_json=as_json))


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write it.", metavar="DIR")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 2026,
    months: Annotated[int, typer.Option(help="How many months.", min=1, max=240)] = 24,
    scale: Annotated[float, typer.Option(help="1 is a tenth of real volume.", min=0.01, max=100)] = 1.0,
) -> None:
    """Write invented files in the publishers' own form, marked as sample in every row."""
    from etl.console import make_sample

    make_sample(folder, seed, months, scale)


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
    from api.errors import ServeError
    from api.headlines import print_headlines
    from api.serve import check_port
    from etl.console import guard, load_files, make_sample, run
    from etl.report import Options

    settings = sql.settings.read()
    if settings.database_url is None:
        settings = msgspec.structs.replace(settings, data=settings.data / "demo")
    if serve_it:
        guard(lambda: check_port(host, port), ServeError)
    folder = settings.data / "sample"
    if not folder.exists():
        # a run that was broken off leaves the unfinished folder, which is written again
        unfinished = settings.data / "sample-unfinished"
        make_sample(unfinished, 2026, 24, 1.0)
        unfinished.rename(folder)

    report = run(load_files([folder], Options(), as_json=False, settings=settings, quiet=True))
    if report.refused:
        raise typer.Exit(1)
    run(print_headlines(settings))
    if serve_it:
        _serve(settings, host, port, workers)


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1) -> None:
    """Serve the API and the pages."""
    import sql.settings

    _serve(sql.settings.read(), host, port, workers)


@app.command()
def report(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file, or the folder with --all.")],
    area: Annotated[str | None, typer.Argument(help="hackney, CE, met, london, …", metavar="AREA")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every borough and BCU, met and london.")] = False,
    form: Annotated[
        str | None,
        typer.Option("--format", help="html, pdf, xlsx, csv or json; else the file's ending says it."),
    ] = None,
    first: First = None,
    last: Last = None,
    as_of: Annotated[str | None, typer.Option(help="As known in a release or on a day (2026-12-03).")] = None,
    meeting: Annotated[str | None, typer.Option(help="The day of the meeting (2026-12-03).")] = None,
    frozen: Annotated[bool, typer.Option("--freeze", help="Keep it for ever, and print its link.")] = False,
) -> None:
    """Write the report of an area as a page, PDF, workbook, CSV or JSON."""
    from api.report.command import Asked, write_reports
    from etl.console import STOPPED_WRITING, run
    from etl.freeze import freezing

    asked = Asked(
        area=area, output=output, is_all=everything, form=form, first=first, last=last, as_of=as_of, meeting=meeting,
        is_frozen=frozen,
    )  # fmt: skip
    if code := run(write_reports(asked, freezing), STOPPED_WRITING):
        raise typer.Exit(code)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write it.", metavar="DIR")],
    only: Annotated[list[str] | None, typer.Option(metavar="TABLE", help="Only this. Repeat.")] = None,
    records: Annotated[bool, typer.Option("--records/--no-records", help="With the rows behind.")] = True,
) -> None:
    """Write everything as a data package: CSV and Parquet, with schemas, licences and check sums."""
    from api.bulk.command import FAILURES, export_folder
    from etl.console import guard

    stopped = "Stopped. No package was written."
    guard(lambda: export_folder(folder, only or [], has_records=records), *FAILURES, stopped=stopped)


@app.command()
def stop() -> None:
    """Stop the embedded database server (the demo's too)."""
    from etl.console import stop_shown

    stop_shown()


@app.command()
def migrate() -> None:
    """Bring the database up to date with this version: tables, areas, words, populations."""
    from etl.console import migrate_shown, run

    run(migrate_shown())


def main() -> None:
    """Run the command line."""
    app()


def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    from api.errors import ServeError
    from api.serve import check_port
    from api.serve import serve as serve_api
    from etl.console import guard, owner, run
    from etl.publish import publish as publish_stale

    async def finish() -> None:
        async with owner(settings) as conn:
            await publish_stale(conn, wait=False)

    guard(lambda: check_port(host, port), ServeError)
    run(finish())
    guard(lambda: serve_api(settings, host, port, workers), ServeError)


if __name__ == "__main__":
    main()
