"""GET: a repeated one against a bare ASGI application, a first-time one against FastAPI with one plain query.

    python -m tests.benchmarks.bench_get [--dsn ADDRESS]

Everything listens on 127.0.0.1, under the same server (granian, one worker), and stops by itself. Without an
address the embedded database of BOROUGH_DATA is asked. The database must hold a release.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from sql import dsn
from tests.benchmarks.load_http import make_request, measure_rate, measure_seconds, read_answer

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
# What the server writes itself, whatever the application says.
SERVER_HEADERS = (b"date", b"server", b"connection")
METRIC, BASIS = "stop_search_rate", "officer_defined"


def measure_hot(
    address: str, *, pairs: int = 5, seconds: float = 2.0, first: str = "2023-09", last: str = "2024-08"
) -> dict[str, float]:
    """Answers a second to a repeated GET of 33 boroughs, ours and the bare application's, and their ratio.

    Measured in alternation; each figure is the median over the pairs, the ratio that of the pairs' ratios.
    """
    path = f"/v1/values?metric={METRIC}&area=boroughs&from={first}&to={last}"
    request = make_request(path, "Accept: application/json")
    with ExitStack() as stack:
        ours = stack.enter_context(serving("api.app:create_app", {"DATABASE_URL": address}))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="borough-bench-")))
        answer = folder / "answer"
        answer.write_bytes(_copy_answer(ours, request))
        bare = stack.enter_context(
            serving("tests.benchmarks.bare_get:create_app", {"BARE_ANSWER": str(answer)}, "asginl")
        )
        size = answer.stat().st_size
        rates = [
            (measure_rate(ours, [request], seconds=seconds), measure_rate(bare, [request], seconds=seconds))
            for _ in range(pairs)
        ]
    return {
        "ours_per_second": statistics.median(our for our, _ in rates),
        "bare_per_second": statistics.median(peer for _, peer in rates),
        "ratio": statistics.median(our / peer for our, peer in rates),
        "answer_bytes": size,
    }


def measure_cold(
    address: str, *, rounds: int = 5, each: int = 20, first: str = "2023-09", last: str = "2024-08"
) -> dict[str, float]:
    """Seconds of a first-time GET of 12 months × 33 boroughs, ours and FastAPI's with one plain query.

    Every question of ours is asked in words that were never used before (two boroughs named once more, which
    changes nothing in the answer), so none comes from memory. Measured in alternation, medians.
    """
    begin, end = f"{first}-01", f"{last}-01"
    peer_path = f"/values?metric={METRIC}&basis={BASIS}&first={begin}&last={end}"
    with ExitStack() as stack:
        ours = stack.enter_context(serving("api.app:create_app", {"DATABASE_URL": address}))
        peer = stack.enter_context(
            serving("tests.benchmarks.peer_get:create_app", {"PEER_DATABASE": address})
        )
        codes = [f"E090000{number:02d}" for number in range(1, 34)]
        times = []
        for turn in range(rounds + 1):
            requests = []
            for number in range(each):
                one, other = divmod(turn * each + number, 33)
                words = f"area=boroughs&area={codes[one]}&area={codes[other]}"
                path = f"/v1/values?metric={METRIC}&window=month&from={first}&to={last}&{words}"
                requests.append(make_request(path))
            mine = measure_seconds(ours, requests)
            theirs = measure_seconds(peer, [make_request(peer_path)] * each)
            times.append((mine, theirs))
        times = times[1:]
        rows = count_rows(ours, requests[0]), count_rows(peer, make_request(peer_path))
    return {
        "ours_seconds": statistics.median(mine for mine, _ in times),
        "peer_seconds": statistics.median(theirs for _, theirs in times),
        "ratio": statistics.median(theirs / mine for mine, theirs in times),
        "our_rows": rows[0],
        "peer_rows": rows[1],
    }


def count_rows(port: int, request: bytes) -> int:
    """How many rows an answer has."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        body = json.loads(read_answer(connection)[1])
    return len(body["data"] if isinstance(body, dict) else body)


@contextmanager
def serving(target: str, environment: Mapping[str, str], interface: str = "asgi") -> Iterator[int]:
    """The port of an application under granian with one worker, in its own process, until the block ends.

    `interface` asginl: an application that has no start and end of its own.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", interface, "--factory", "--no-ws"]
    command += [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--log-level",
        "warning",
        target,
    ]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start within {START_SECONDS:g} seconds")


def _copy_answer(port: int, request: bytes) -> bytes:
    """An answer as the bare application will give it: our headers, without those that the server adds."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        head, body = read_answer(connection)
    lines = [
        line
        for line in head.strip().split(b"\r\n")[1:]
        if line.split(b":", 1)[0].lower() not in SERVER_HEADERS
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", help="the address of a database that holds a release")
    parser.add_argument("--from", dest="first", default="2023-09")
    parser.add_argument("--to", dest="last", default="2024-08")
    given = parser.parse_args()
    date.fromisoformat(f"{given.first}-01")
    address = given.dsn or dsn()
    print(json.dumps({"hot": measure_hot(address, first=given.first, last=given.last)}, indent=2))
    print(json.dumps({"cold": measure_cold(address, first=given.first, last=given.last)}, indent=2))


if __name__ == "__main__":
    main()
