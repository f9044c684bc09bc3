"""Given the real server with two workers, expect both to follow a release, and a clean start and end."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import asyncpg
import httpx
import pytest

from api.errors import ServeError
from api.serve import check_port
from tests.api.given import NEW, OLD, build_world, revise

PATH = "/v1/values?metric=stop_search_rate&area=hackney&from=2023-09&to=2024-08"
START = """
import sys
from api.errors import ServeError
from api.serve import serve
try:
    serve(port=int(sys.argv[1]), workers=2)
except ServeError as error:
    sys.exit(str(error))
"""
CONNECTIONS = 16


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture(scope="module")
async def served(pool: asyncpg.Pool) -> asyncpg.Pool:
    await build_world(pool)
    return pool


@pytest.fixture(scope="module")
def process(database: str, served: asyncpg.Pool, port: int) -> Iterator[subprocess.Popen[str]]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        started = subprocess.Popen(
            [sys.executable, "-c", START, str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


async def ask(port: int, clients: list[httpx.AsyncClient]) -> set[str | None]:
    answers = await asyncio.gather(*(client.get(f"http://127.0.0.1:{port}{PATH}") for client in clients))
    return {answer.headers.get("x-release") for answer in answers}


async def test_two_workers_follow_a_release_within_a_second(
    served: asyncpg.Pool, process: subprocess.Popen[str], port: int
) -> None:
    # Each client keeps one connection, and a connection stays with the worker that took it.
    clients = [httpx.AsyncClient(timeout=10) for _ in range(CONNECTIONS)]
    try:
        ends = time.monotonic() + 30
        while True:
            try:
                if await ask(port, clients) == {OLD}:
                    break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()
            assert time.monotonic() < ends
            await asyncio.sleep(0.1)
        await revise(served, NEW, numerator=1000)
        published = time.monotonic()
        while await ask(port, clients) != {NEW}:
            assert time.monotonic() - published < 1.0
        await asyncio.sleep(1.5)
        counts = (await clients[0].get(f"http://127.0.0.1:{port}/metrics")).text
        computed = [line for line in counts.splitlines() if line.startswith("borough_answers_computed_total")]
        # Each worker computed the figure at least once a release.
        assert sum(float(line.split()[-1]) for line in computed if '"200"' in line) >= 4
    finally:
        for client in clients:
            await client.aclose()


def test_a_port_that_is_taken(process: subprocess.Popen[str], port: int) -> None:
    with pytest.raises(ServeError, match=f"Port {port} of 127.0.0.1 is taken: stop what listens there"):
        check_port("127.0.0.1", port)
    second = subprocess.run(
        [sys.executable, "-c", START, str(port)], capture_output=True, text=True, timeout=30, check=False
    )
    assert second.returncode == 1
    assert "is taken" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_host_or_port_that_cannot_be() -> None:
    with pytest.raises(ServeError, match="no address of this machine"):
        check_port("192.0.2.1", 8000)
    with pytest.raises(ServeError, match="choose one from 1 to 65535"):
        check_port("127.0.0.1", 99_999)


def test_it_ends_when_told_to(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=15)
    assert process.returncode == 0, err
    assert out.startswith("Serving http://127.0.0.1:")
    assert "Traceback" not in err
