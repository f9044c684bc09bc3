"""Loading end to end, unzip to published, against unzip and `COPY` of the same files as text into a logged table.

Both write to the same server, each run into a prepared database of its own (ours: tables, reference facts, boundaries);
pairs are run in turn. Real zips where they are there, the sample's else.
"""

import argparse
import asyncio
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import asyncpg

from etl.geography import open_index
from etl.load import load
from etl.reference import seed
from etl.report import Options
from etl.sample import write_sample
from sql import Settings, connect, embedded, migrate

REAL = Path(__file__).parents[3] / "shared" / "data" / "police"
PAIRS = 5

# Zips that are loaded together, and what they are partial to.
Batches = list[tuple[list[Path], Options]]


def find_real() -> Batches | None:
    """The real zips: Met searches and City crime, and Met burglaries; None where they are not there."""
    whole, burglary = (sorted((REAL / name).glob("*.zip")) for name in ("whole", "met-burglary-only"))
    return [(whole, Options()), (burglary, Options(only=("burglary",)))] if whole and burglary else None


async def measure_load(data: Path, batches: Batches, pairs: int = PAIRS) -> dict[str, object]:
    """Seconds of both ways and the ratio of their speeds (ours over the peer's), pair by pair. Warm-up not counted."""
    address = embedded.start(data)
    ours, peers = [], []
    rows = 0
    for pair in range(pairs + 1):
        seconds, rows = await _load_ours(address, data, batches)
        peer_seconds = await _copy_text(address, [zip_ for zips, _ in batches for zip_ in zips])
        if pair:
            ours.append(seconds)
            peers.append(peer_seconds)
    ratios = [peer / own for own, peer in zip(ours, peers, strict=True)]
    return {
        "files": "real zips" if batches[0][0][0].is_relative_to(REAL) else "sample zips",
        "rows": rows,
        "seconds": statistics.median(ours),
        "peer_seconds": statistics.median(peers),
        "ratio": statistics.median(ratios),
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
    }


async def _load_ours(address: str, data: Path, batches: Batches) -> tuple[float, int]:
    async with _Database(address, "bench_ours") as database:
        pool = await connect(Settings(database_url=database), max_size=1)
        async with pool, pool.acquire() as conn:
            await migrate(conn)
            await seed(conn)
            await open_index(conn, data / "index")
            start = time.perf_counter()
            reports = [
                await load(conn, zips, index_folder=data / "index", options=options)
                for zips, options in batches
            ]
            seconds = time.perf_counter() - start
    assert all(report.release and not report.refused for report in reports)
    return seconds, sum(file.rows_loaded for report in reports for file in report.files)


async def _copy_text(address: str, zips: list[Path]) -> float:
    async with _Database(address, "bench_peer") as database:
        conn = await asyncpg.connect(database)
        try:
            start = time.perf_counter()
            for path in zips:
                with zipfile.ZipFile(path) as archive:
                    for member in archive.namelist():
                        await _copy_member(conn, archive.read(member))
            return time.perf_counter() - start
        finally:
            await conn.close()


async def _copy_member(conn: asyncpg.Connection, content: bytes) -> None:
    columns = content.split(b"\n", 1)[0].decode().strip().split(",")
    table = f"text_{len(columns)}"
    async with conn.transaction():
        names = ", ".join(f'"{column}" text' for column in columns)
        await conn.execute(f"create table if not exists {table} ({names})")
        await conn.copy_to_table(table, source=io.BytesIO(content), format="csv", header=True)


class _Database:
    """A fresh database of the server, dropped afterwards."""

    def __init__(self, address: str, name: str) -> None:
        self.address = address
        self.name = name

    async def __aenter__(self) -> str:
        await self._administer(f"drop database if exists {self.name}", f"create database {self.name}")
        base, _, query = self.address.partition("?")
        return f"{base.rsplit('/', 1)[0]}/{self.name}?{query}"

    async def __aexit__(self, *_: object) -> None:
        await self._administer(f"drop database {self.name} with (force)")

    async def _administer(self, *statements: str) -> None:
        conn = await asyncpg.connect(self.address)
        try:
            for statement in statements:
                await conn.execute(statement)
        finally:
            await conn.close()


def measure_memory(data: Path, zips: list[Path]) -> dict[str, object]:
    """Peak resident memory, in MB, of a process that loads the zips into an empty database."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_load", "--load", *map(str, zips)]
    done = subprocess.run(
        command, env={**os.environ, "BOROUGH_DATA": str(data)}, check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def make_zips(folder: Path, scale: float, months: int) -> list[Path]:
    """Sample files of that scale, zipped by month as the publisher's archive is; the unzipped files are removed."""
    files = write_sample(folder / "sample", scale=scale, months=months)
    zips = []
    for month in sorted({file.parent for file in files}):
        path = folder / f"{month.name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in sorted(month.iterdir()):
                archive.write(file, f"{month.name}/{file.name}")
                file.unlink()
        zips.append(path)
    return zips


async def _load_once(zips: list[Path]) -> None:
    settings = Settings(data=Path(os.environ["BOROUGH_DATA"]))
    start = time.perf_counter()
    async with await connect(settings, max_size=1) as pool, pool.acquire() as conn:
        await seed(conn)
        report = await load(conn, zips, index_folder=settings.data / "index")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(file.rows_loaded for file in report.files)
    print(
        json.dumps({"rows": rows, "peak_mb": round(peak), "seconds": round(time.perf_counter() - start, 1)})
    )


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", nargs="+", type=Path, help="load these zips once and print the peak memory")
    asked = parser.parse_args()
    if asked.load:
        asyncio.run(_load_once(asked.load))
        return
    with tempfile.TemporaryDirectory(prefix="borough-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        batches = find_real() or [(make_zips(folder, 1.0, 24), Options())]
        try:
            print(json.dumps(asyncio.run(measure_load(folder / "data", batches)), indent=1))
        finally:
            embedded.stop(folder / "data")


if __name__ == "__main__":
    main()
