"""A monthly archive as data.police.uk publishes it: all forces, 36 months, in one zip; and what is measured of it.

Run by hand for one of 1 GB (about a minute, and its room on the disk):

    python -m tests.etl.fetch.archive [MEGABYTES] [FOLDER]
"""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl.fetch.addresses import Police, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.publishers.police import get_archive
from etl.fetch.wanted import FetchSettings, Wanted
from etl.months import parse_month
from tests.etl.fetch.server import Reply, Request, Server

ROOT = Path(__file__).parents[3]
LONDON = ("metropolitan", "city-of-london")
FORCES = (
    "avon-and-somerset", "bedfordshire", "btp", "cambridgeshire", "cheshire", "city-of-london", "cleveland", "cumbria",
    "derbyshire", "devon-and-cornwall", "dorset", "durham", "dyfed-powys", "essex", "gloucestershire", "greater-manchester",
    "gwent", "hampshire", "hertfordshire", "humberside", "kent", "lancashire", "leicestershire", "lincolnshire",
    "merseyside", "metropolitan", "norfolk", "north-wales", "north-yorkshire", "northamptonshire", "northern-ireland",
    "northumbria", "nottinghamshire", "south-wales", "south-yorkshire", "staffordshire", "suffolk", "surrey", "sussex",
    "thames-valley", "warwickshire", "west-mercia", "west-midlands", "wiltshire",
)  # fmt: skip
KINDS = {"street": 10, "outcomes": 6, "stop-and-search": 1}
# the Met's share of recorded crime in England and Wales is about a sixth; of the other forces each has about a fiftieth
WEIGHT = {"metropolitan": 8.0, "city-of-london": 0.1}
LINE = "{:064x},2024-02,Metropolitan Police Service,Metropolitan Police Service,{:.6f},{:.6f},On or near Mill Row,E01000{:03}\n"
QUICK = FetchSettings(
    requests_per_second=1000, first_wait_seconds=0.01, longest_wait_seconds=0.1, timeout_seconds=5
)


def list_months(last: str, count: int) -> list[str]:
    """The `count` months that end with `last`, the earliest first."""
    year, month = map(int, last.split("-"))
    numbers = [year * 12 + month - 1 - back for back in range(count)]
    return [f"{number // 12}-{number % 12 + 1:02}" for number in reversed(numbers)]


def build_archive(path: Path, size: int, last: str = "2024-02", months: int = 36, seed: int = 7) -> None:
    """Write an archive of about `size` bytes. London's members are text; the others' bytes cannot be pressed and mean nothing."""
    rng = random.Random(seed)
    pool = rng.randbytes(4 << 20)
    unit = size / (months * sum(KINDS.values()) * sum(WEIGHT.get(force, 1.0) for force in FORCES))
    with zipfile.ZipFile(path, "w") as archive:
        for month in list_months(last, months):
            for force in FORCES:
                for kind, share in KINDS.items():
                    name = f"{month}/{month}-{force}-{kind}.csv"
                    wanted = max(200, int(unit * share * WEIGHT.get(force, 1.0)))
                    if force in LONDON and month == last:
                        archive.writestr(name, write_member(rng, wanted), zipfile.ZIP_DEFLATED, 1)
                    else:
                        archive.writestr(
                            name, take(pool, rng.randrange(len(pool)), wanted), zipfile.ZIP_STORED
                        )


def write_member(rng: random.Random, packed: int) -> str:
    """Text in the form of a street file that is pressed into about `packed` bytes."""
    lines = ["Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code\n"]
    lines += [
        LINE.format(
            rng.getrandbits(256), rng.uniform(-0.5, 0.3), rng.uniform(51.3, 51.7), rng.randrange(1000)
        )
        for _ in range(max(1, packed // 62))
    ]
    return "".join(lines)


def take(pool: bytes, start: int, size: int) -> bytes:
    """`size` bytes of a ring."""
    out = bytearray(pool[start : start + size])
    while len(out) < size:
        out += pool[: size - len(out)]
    return bytes(out)


def find_wanted(names: list[str], month: str = "2024-02") -> list[str]:
    """The members of London's two forces, of the months that begin with `month`."""
    return [
        name for name in names if name.startswith(month) and any(f"-{force}-" in name for force in LONDON)
    ]


async def fetch_members(
    archive: Path, server: Server, raw: Path, month: str = "2024-02", settings: FetchSettings = QUICK
) -> dict[str, Any]:
    """Fetch London's members by Range; compare them with the archive; say what was moved."""
    server.file("/2024-02.zip", archive, etag='"a"')
    before, began = server.sent, time.perf_counter()
    async with Fetcher(raw, settings) as fetcher:
        remote = await fetcher.open_zip(server.url("/2024-02.zip"), "police", "police")
        names = set(find_wanted([member.name for member in remote.members], month))
        wanted = [member for member in remote.members if member.name in names]
        contents = {member.name: content async for member, content in remote.extract_many(wanted)}
    seconds = time.perf_counter() - began
    with zipfile.ZipFile(archive) as local:
        assert sorted(contents) == sorted(find_wanted(local.namelist(), month))
        assert all(content == local.read(name) for name, content in contents.items())
        count = len(local.namelist())
    return {
        "archive_bytes": remote.size,
        "members": count,
        "members_fetched": len(contents),
        "bytes_moved": remote.bytes_moved,
        "bytes_sent": server.sent - before,
        "share": remote.bytes_moved / remote.size,
        "requests": len(server.requests),
        "seconds": round(seconds, 2),
    }


async def run_child(
    raw: Path, url: str, *, kill_when: Callable[[], bool] | None = None, what: str = "child"
) -> dict[str, Any] | None:
    """Fetch a whole archive in another process, or (`what` "members") London's members of it.

    `kill_when`: send it SIGKILL when this is so.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.etl.fetch.archive", what, str(raw), url,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if kill_when:
        async with asyncio.timeout(60):
            while not kill_when():
                await asyncio.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    out, _ = await child.communicate()
    if kill_when:
        assert child.returncode == -signal.SIGKILL
        return None
    result: dict[str, Any] = json.loads(out)
    return result


def want_archive(url: str) -> Wanted:
    """The whole archive."""
    return Wanted(
        source="police", publisher="police", url=url, file_name="2024-02.zip", expects="zip", key="2024-02"
    )


async def child(raw: Path, url: str) -> None:
    """What the other process does."""
    async with Fetcher(raw, QUICK) as fetcher:
        fetched = await fetcher.get(want_archive(url))
    print(json.dumps({"status": fetched.status, "moved": fetched.bytes_moved, "sha256": fetched.sha256}))


async def child_members(raw: Path, url: str) -> None:
    """What it does for the members of all 36 months."""
    entry = read_addresses()["police"]
    assert isinstance(entry, Police)
    months = [parse_month(month) for month in list_months("2024-02", 36)]
    async with Fetcher(raw, QUICK) as fetcher:
        fetched = await get_archive(fetcher, want_archive(url), raw=raw, entry=entry, months=months)
    print(json.dumps({"status": fetched.status, "moved": fetched.bytes_moved, "sha256": fetched.sha256}))


async def kill_and_resume(archive: Path, server: Server, raw: Path, at: int) -> dict[str, Any]:
    """Kill a whole download with SIGKILL when the server has sent `at` bytes of it, and start it again."""
    url = server.url("/whole.zip")
    server.file("/whole.zip", archive, etag='"a"', hold=at)
    parts = raw / "police" / "parts"
    # the server holds the rest back: what it has sent arrives in the end
    await run_child(
        raw, url, kill_when=lambda: any(part.stat().st_size >= at for part in parts.glob("*.part"))
    )
    (part,) = parts.glob("*.part")
    had = part.stat().st_size
    server.release.set()
    again = await run_child(raw, url)
    assert again
    assert again["status"] == "new"
    third = await run_child(raw, url)
    assert third
    assert (third["status"], third["moved"]) == ("unchanged", 0)
    zips = list(raw.rglob("*.zip"))
    assert len(zips) == 1
    return {"had_after_kill": had, "moved_again": again["moved"], "remaining": archive.stat().st_size - had}


class Unreliable:
    """Fails a share of a server's requests, each in one of six ways, the same ones in every run of a seed."""

    def __init__(self, server: Server, share: float, seed: int) -> None:
        self.server = server
        self.share = share
        self.seed = seed
        self.asked: Counter[str] = Counter()
        self.failed = 0

    def __call__(self, request: Request) -> Reply | None:
        what = f"{request.method} {request.target} {request.headers.get('range', '')}"
        self.asked[what] += 1
        rng = random.Random(f"{self.seed} {what} {self.asked[what]}")
        if rng.random() >= self.share:
            return None
        self.failed += 1
        right = self.server.right(request)
        return rng.choice(
            (
                Reply(500),
                Reply(503, {"Retry-After": "0"}),
                Reply(429, {"Retry-After": "0"}),
                replace(right, cut=right.length // 2),
                replace(right, cut=right.length // 2, reset=True),
                replace(right, cut=0, reset=True),
            )
        )


async def measure(megabytes: int, folder: Path) -> None:
    """Everything, with an archive of this size."""
    archive = folder / "2024-02.zip"
    began = time.perf_counter()
    build_archive(archive, megabytes * 1_000_000)
    print(f"built {archive.stat().st_size:,} bytes in {time.perf_counter() - began:.0f} s")
    async with Server() as server:
        print("by range:", await fetch_members(archive, server, folder / "range"))
    async with Server() as server:
        at = archive.stat().st_size * 2 // 3
        print("killed and resumed:", await kill_and_resume(archive, server, folder / "kill", at))
    async with Server() as server:
        server.fault = unreliable = Unreliable(server, 0.3, 1)
        print("all months, with failures:", await fetch_members(archive, server, folder / "fail", ""))
        print(f"failed {unreliable.failed} of {len(server.requests)} requests")
    async with Server() as server:
        server.fault = unreliable = Unreliable(server, 0.3, 4)
        print("whole, with failures:", await fetch_whole(archive, server, folder / "whole"))
        print(f"failed {unreliable.failed} of {len(server.requests)} requests")


async def fetch_whole(archive: Path, server: Server, raw: Path) -> dict[str, Any]:
    """Fetch the whole archive, twice; say what was moved and what is stored."""
    server.file("/whole.zip", archive, etag='"a"')
    moved = []
    for _ in range(2):
        async with Fetcher(raw, QUICK) as fetcher:
            fetched = await fetcher.get(want_archive(server.url("/whole.zip")))
        assert fetched.path
        moved.append((fetched.status, fetched.bytes_moved))
    return {"runs": moved, "stored": [path.stat().st_size for path in raw.rglob("*.zip")]}


def main() -> None:
    if sys.argv[1:2] in (["child"], ["members"]):
        work = child if sys.argv[1] == "child" else child_members
        asyncio.run(work(Path(sys.argv[2]), sys.argv[3]))
        return
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    parent = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        asyncio.run(measure(megabytes, Path(folder)))


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    main()
