"""The time of a first GET with ten times the events loaded and ten releases of history, against the same GET without."""

import statistics
import time
import zipfile
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from etl.load import load
from etl.report import Options
from sql import Settings, connect
from tests.benchmarks.bench_get import METRIC, serving
from tests.benchmarks.load_http import make_request, measure_seconds

FIRST, LAST = "2023-09", "2024-08"
RELEASES = 10
SETTLE_SECONDS = 8
STOPS = "metropolitan-stop-and-search.csv"


def measure_tenfold(
    address: str, tenfold_address: str, *, rounds: int = 5, each: int = 20
) -> dict[str, float]:
    """Median seconds of a first GET of 12 months × 33 boroughs from either database, in alternation, and their ratio."""
    with ExitStack() as stack:
        one = stack.enter_context(serving("api.app:create_app", {"DATABASE_URL": address}))
        ten = stack.enter_context(serving("api.app:create_app", {"DATABASE_URL": tenfold_address}))
        # each worker first works out what all scorecards share
        time.sleep(SETTLE_SECONDS)
        times = []
        for turn in range(rounds + 1):
            requests = [make_request(make_path(turn * each + number)) for number in range(each)]
            times.append((measure_seconds(one, requests), measure_seconds(ten, requests)))
    times = times[1:]
    return {
        "seconds": statistics.median(plain for plain, _ in times),
        "tenfold_seconds": statistics.median(tenfold for _, tenfold in times),
        "time_ratio": statistics.median(tenfold / plain for plain, tenfold in times),
    }


async def add_releases(data: Path, zips: list[Path], folder: Path) -> int:
    """Publish the searches of the asked months again and again, each time with a few rows less; how many releases there are.

    The files are written to `folder`, each copy with a later vintage than the one before.
    """
    settings = Settings(data=data)
    asked = [path for path in zips if FIRST <= path.stem <= LAST]
    async with await connect(settings, max_size=1) as pool, pool.acquire() as conn:
        for turn in range(1, RELEASES):
            copies = [drop_rows(path, folder / f"copy-{turn}", 50 * turn) for path in asked]
            options = Options(vintage=date(2025, 1, 1) + timedelta(days=turn))
            report = await load(conn, copies, index_folder=data / "index", options=options)
            assert report.release is not None
        return int(await conn.fetchval("select count(*) from release"))


def drop_rows(path: Path, folder: Path, count: int) -> Path:
    """The Met's searches of a month's zip without the first of its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{path.stem}-{STOPS}"
    with zipfile.ZipFile(path) as archive:
        header, *rows = archive.read(f"{path.stem}/{name}").splitlines(keepends=True)
    copy = folder / name
    copy.write_bytes(header + b"".join(rows[count:]))
    return copy


def make_path(number: int) -> str:
    """The same question in words that were never used before, so that no cache answers."""
    one, other = divmod(number, 33)
    again = f"area=E090000{one + 1:02d}&area=E090000{other + 1:02d}"
    return f"/v1/values?metric={METRIC}&window=month&from={FIRST}&to={LAST}&area=boroughs&{again}"
