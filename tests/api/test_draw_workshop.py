"""The process that draws: started at the first need, one job at a time, ended where a job takes too long, started again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from api.app import create_app
from api.draw.picture import draw
from api.draw.workshop import CannotDraw, Kept, Workshop
from api.errors import Unavailable
from tests.api.conftest import running
from tests.api.drawn import make_all, make_marks

ROOT = Path(__file__).parent.parent.parent
DRAWINGS = list(make_all(make_marks(5)).values())
# A document that is never ready.
ENDLESS = b'#set document(title: "x")\n#let m = 0\n#for i in range(1000000000) { m += i }'


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    workshop = Workshop()
    yield workshop
    await workshop.close()


async def find_pid(workshop: Workshop, *, other_than: int | None = None) -> int:
    """The process, as soon as there is one (another one)."""
    async with asyncio.timeout(10):
        while workshop.pid in (None, other_than):
            await asyncio.sleep(0.01)
    assert workshop.pid is not None
    return workshop.pid


async def test_it_draws_what_the_process_draws_and_starts_at_the_first_need(workshop: Workshop) -> None:
    assert workshop.pid is None
    assert await workshop.draw_all(DRAWINGS, "page") == [draw(one, "page") for one in DRAWINGS]
    pid = workshop.pid
    assert pid is not None
    assert await workshop.draw(DRAWINGS[0], "svg") == draw(DRAWINGS[0], "svg")
    assert workshop.pid == pid
    await workshop.close()
    assert workshop.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_jobs_asked_at_once_are_done_once_and_kept(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    converse = Workshop._converse

    async def listen(self: Workshop, message: bytes) -> bytes:
        sent.append(message)
        return await converse(self, message)

    monkeypatch.setattr(Workshop, "_converse", listen)
    pictures = await asyncio.gather(*(workshop.draw(DRAWINGS[1]) for _ in range(20)))
    assert len(set(pictures)) == 1
    await workshop.draw(DRAWINGS[1])
    assert len(sent) == 1


async def test_a_process_that_was_killed_in_the_middle_of_a_job_is_replaced(workshop: Workshop) -> None:
    job = asyncio.create_task(workshop.typeset(ENDLESS))
    first = await find_pid(workshop)
    waiting = asyncio.create_task(workshop.draw(DRAWINGS[0]))
    os.kill(first, signal.SIGKILL)
    # The job is tried once more; where that fails too it is given up, and the next one is done.
    os.kill(await find_pid(workshop, other_than=first), signal.SIGKILL)
    with pytest.raises(Unavailable, match="stopped twice"):
        await job
    assert await waiting == draw(DRAWINGS[0], "page")


async def test_a_job_that_takes_too_long_is_given_up_and_the_next_is_done() -> None:
    workshop = Workshop(limit_seconds=2.0)
    try:
        with pytest.raises(Unavailable, match="too long") as refused:
            await workshop.typeset(ENDLESS)
        assert refused.value.status == 503
        workshop.limit_seconds = 20.0
        assert await workshop.draw(DRAWINGS[0]) == draw(DRAWINGS[0], "page")
    finally:
        await workshop.close()


async def test_who_goes_away_takes_nothing_from_who_stays(workshop: Workshop) -> None:
    leaves, stays = (asyncio.create_task(workshop.draw(DRAWINGS[2])) for _ in range(2))
    await find_pid(workshop)
    leaves.cancel()
    assert await stays == draw(DRAWINGS[2], "page")
    assert await workshop.draw(DRAWINGS[3]) == draw(DRAWINGS[3], "page")


async def test_a_fault_of_a_document_is_a_sentence_and_the_process_goes_on(workshop: Workshop) -> None:
    picture = await workshop.draw(DRAWINGS[1], "svg")
    pid = workshop.pid
    with pytest.raises(CannotDraw, match="alt text"):
        await workshop.typeset(b'#set document(title: "x")\n#figure(image("a.svg"))', {"a.svg": picture})
    document = b'#set document(title: "x")\n#figure(image("a.svg", alt: "Marks on a line"))'
    assert (await workshop.typeset(document, {"a.svg": picture})).startswith(b"%PDF-")
    assert workshop.pid == pid


async def test_close_gives_up_what_waits(workshop: Workshop) -> None:
    jobs = [asyncio.create_task(workshop.typeset(ENDLESS)), asyncio.create_task(workshop.draw(DRAWINGS[0]))]
    pid = await find_pid(workshop)
    await workshop.close()
    assert [type(one) for one in await asyncio.gather(*jobs, return_exceptions=True)] == [
        asyncio.CancelledError
    ] * 2
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    kept = Kept(100)
    for name in (b"a", b"b", b"c", b"d"):
        kept.keep(name, name * 25)
    kept.find(b"a")
    kept.keep(b"e", b"e" * 20)
    assert [kept.find(name) is not None for name in (b"a", b"b", b"c", b"d", b"e")] == [
        True,
        False,
        True,
        True,
        True,
    ]
    assert kept.bytes == 95
    kept.keep(b"large", b"x" * 26)
    assert kept.find(b"large") is None


async def test_the_application_starts_no_process(
    reader: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    async def start(self: Workshop) -> None:
        started.append("a process")

    monkeypatch.setattr(Workshop, "_start", start)
    async with running(create_app(reader)) as client:
        assert (await client.get("/health/live")).status_code == 200
    assert not started


def test_the_application_imports_nothing_that_draws() -> None:
    code = "import sys, api.app; print(*{name.split('.')[0] for name in sys.modules} & {'altair', 'vl_convert', 'typst'})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
