"""Every benchmark, each against its peer in the same run: `python -m tests.benchmarks`, or `make bench`.

Prints the ratios and writes docs/benchmarks.md. Takes some minutes; everything listens on 127.0.0.1 and stops by itself.
"""

import argparse
import asyncio
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import sql.settings
from etl.load import load
from etl.reference import seed
from etl.report import Options
from sql import Settings, connect, embedded
from tests.benchmarks import bench_get, bench_load, bench_place, bench_report
from tests.benchmarks.bench_tenfold import add_releases, measure_tenfold

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Ratios against a peer measured in the same run, on the same machine, in alternation (`make bench`). A ratio over 1 is
faster than the peer; for times and memory less is better. Absolute figures depend on the machine and on what else runs there.

"""

Row = tuple[str, str, str, str, str]


def measure_all(folder: Path, months: int) -> list[Row]:
    """(work, measured, floor, aim, detail) of every benchmark."""
    rows = [write_place(bench_place.measure())]
    zips = bench_load.make_zips(folder / "sample-1", 1.0, months)
    tenfold = bench_load.make_zips(folder / "sample-10", 10.0, months)
    rows.append(
        write_load(
            asyncio.run(
                bench_load.measure_load(folder / "load", bench_load.find_real() or [(zips, Options())])
            )
        )
    )
    embedded.stop(folder / "load")
    rows.append(write_memory(bench_load.measure_memory(folder / "tenfold", tenfold)))
    asyncio.run(fill(folder / "one", zips))
    releases = asyncio.run(add_releases(folder / "tenfold", tenfold, folder / "copies"))
    try:
        one, ten = embedded.start(folder / "one"), embedded.start(folder / "tenfold")
        rows.append(write_hot(bench_get.measure_hot(one)))
        rows.append(write_cold(bench_get.measure_cold(one)))
        rows.append(write_tenfold(measure_tenfold(one, ten), releases))
        rows += write_pages(bench_report.measure_report(one))
    finally:
        embedded.stop(folder / "one")
        embedded.stop(folder / "tenfold")
    return rows


async def fill(data: Path, zips: list[Path]) -> None:
    """Load the zips into the embedded database of `data`."""
    async with await connect(Settings(data=data), max_size=1) as pool, pool.acquire() as conn:
        await seed(conn)
        await load(conn, zips, index_folder=data / "index")


def write_place(found: dict[str, Any]) -> Row:
    kind = "real stop points" if found["are_real"] else "generated points"
    detail = (
        f"{found['points']:,} {kind}; {found['placer_points_per_second'] / 1e6:.1f} million points a second;"
        f" {found['differences']} answers differ from the join's; index built in {found['build_seconds']:.2f} s, loaded in"
        f" {found['load_seconds'] * 1000:.0f} ms"
    )
    return "placing points, against `geopandas.sjoin`", f"{found['ratio']:.0f}×", "10×", "30×", detail


def write_load(found: dict[str, Any]) -> Row:
    detail = (
        f"{found['rows']:,} rows of {found['files']}: {found['seconds']:.2f} s against {found['peer_seconds']:.2f} s;"
        f" pairs {found['ratio_low']:.2f} to {found['ratio_high']:.2f}"
    )
    work = "loading zips, unzip to published, against unzip and `COPY` as text"
    return work, f"{found['ratio']:.2f}×", "0.4×", "0.8×", detail


def write_memory(found: dict[str, Any]) -> Row:
    detail = f"{found['rows']:,} rows (the sample at ten times its size) in {found['seconds']} s"
    return "peak memory of a load", f"{found['peak_mb']} MB", "800 MB", "400 MB", detail


def write_hot(found: dict[str, Any]) -> Row:
    detail = (
        f"{found['ours_per_second']:,.0f} against {found['bare_per_second']:,.0f} answers a second of"
        f" {found['answer_bytes']:,} bytes, one worker"
    )
    return (
        "a repeated GET, against a bare ASGI app with the same bytes",
        f"{found['ratio']:.2f}×",
        "0.3×",
        "0.7×",
        detail,
    )


def write_cold(found: dict[str, Any]) -> Row:
    detail = (
        f"{found['our_rows']} rows in {found['ours_seconds'] * 1000:.1f} ms against {found['peer_seconds'] * 1000:.1f} ms for"
        f" {found['peer_rows']} rows"
    )
    work = "a first GET of 12 months × 33 boroughs, against FastAPI and asyncpg with one plain query"
    return work, f"{found['ratio']:.2f}×", "1×", "2×", detail


def write_tenfold(found: dict[str, Any], releases: int) -> Row:
    before, after = found["seconds"] * 1000, found["tenfold_seconds"] * 1000
    detail = f"{before:.1f} ms; with ten times the events and {releases} releases {after:.1f} ms"
    work = f"the same GET with 10× the events and {releases} releases, in times"
    return work, f"{found['time_ratio']:.2f}×", "1.2×", "1.0×", detail


def write_pages(found: dict[str, float]) -> list[Row]:
    at_once, later = found["at_once_seconds"], found["later_seconds"] * 1000
    again, printed = found["again_seconds"] * 1000, found["printed_seconds"]
    first = "a report page, first, at once after a start"
    detail = f"of another area, 20 s later: {later:.0f} ms; the first PDF: {printed:.2f} s"
    return [
        (first, f"{at_once:.2f} s", "1 s", "0.3 s", detail),
        (
            "a report page, repeated",
            f"{again:.1f} ms",
            "5 ms",
            "2 ms",
            "packed with brotli, over one connection",
        ),
    ]


def write_report(rows: list[Row], report: Path) -> None:
    """Write docs/benchmarks.md: the machine, the date, the table."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    lines = ["| work | measured | floor | aim | detail |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    report.write_text(
        f"{HEAD}Measured {datetime.now(UTC):%-d %B %Y} on {machine}.\n\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table("work", "measured", "floor", "aim", "detail", show_lines=True)
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--months", type=int, default=24, help="months of sample data")
    asked = parser.parse_args()
    for name, _, _ in sql.settings.describe():
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="borough-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        rows = measure_all(folder, asked.months)
    show(rows)
    write_report(rows, asked.report)


if __name__ == "__main__":
    main()
