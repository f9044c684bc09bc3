# ruff: noqa: N818
"""Who draws: a process of its own, so that no answer waits while a picture is made.

CannotDraw(ApiError)    500  what was asked for cannot be made: a fault of ours, as a figure without a text alternative is
Unavailable(ApiError)   503  it took too long, or the process died twice
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from api.draw.drawings import Drawing, SeriesDrawing
from api.draw.jobs import (
    LENGTH_BYTES,
    Failed,
    Form,
    frame,
    read_outcome,
    write_draw_job,
    write_typeset_job,
)
from api.errors import ApiError, Unavailable

__all__ = ["CannotDraw", "Form", "Workshop"]

KEPT_BYTES = 24 * 1024 * 1024
LIMIT_SECONDS = 20.0
ROOT = Path(__file__).parent.parent.parent
SLOW = "This picture or report took too long to make: ask again in a minute."
# A picture and a document of nothing, by which a process gets ready.
FIRST_DRAWING = SeriesDrawing(
    title="-", text="-", unit="-", statistic="rate", points=(("2024-01", 1.0), ("2024-02", 2.0))
)
FIRST_DOCUMENT = b'#set document(title: "-")\n#set text(font: "Source Sans Pro", lang: "en")\n= -\n#table(table.header[-], [*-*])'
DEAD = "What makes pictures and reports stopped twice: ask again in a minute."


class CannotDraw(ApiError):
    """What was asked for cannot be made; the sentence says why."""

    status = 500


class Workshop:
    """Draws and typesets in a process that starts at the first need, and again where it died.

    One job at a time, in the order asked. What was made is kept, up to `kept_bytes`: a drawing says all that its picture
    shows, so no release makes it wrong.
    """

    def __init__(self, *, kept_bytes: int = KEPT_BYTES, limit_seconds: float = LIMIT_SECONDS) -> None:
        self.limit_seconds = limit_seconds
        self._kept = Kept(kept_bytes)
        self._turn = asyncio.Lock()
        self._asked: dict[bytes, asyncio.Task[bytes]] = {}
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The process, where it runs."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process else None

    async def draw(self, drawing: Drawing, form: Form = "page") -> bytes:
        """A drawing as a picture. Forms: "page" is SVG for our own pages, the others are files that stand alone.

        Raises CannotDraw, Unavailable.
        """
        return await self._ask(write_draw_job(drawing, form))

    async def draw_all(self, drawings: Sequence[Drawing], form: Form = "page") -> list[bytes]:
        """Several drawings, in their order. Others' single pictures come in between."""
        return [await self.draw(drawing, form) for drawing in drawings]

    async def typeset(self, main: bytes, files: Mapping[str, bytes] | None = None) -> bytes:
        """A typst document, and the files it names, as PDF/UA-1. Raises CannotDraw (with what typst says), Unavailable."""
        return await self._ask(write_typeset_job(main, files or {}))

    async def warm(self) -> None:
        """Do once what a process does slowly the first time, before somebody waits for it: draw, and typeset.

        Raises CannotDraw, Unavailable.
        """
        await self.draw(FIRST_DRAWING)
        await self.typeset(FIRST_DOCUMENT)

    async def close(self) -> None:
        """End the process. Jobs that wait are given up."""
        waiting = list(self._asked.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._stop()

    async def _ask(self, message: bytes) -> bytes:
        key = sha256(message).digest()
        if (found := self._kept.find(key)) is not None:
            return found
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._make(key, message))
            task.add_done_callback(lambda done: self._forget(key, done))
        # Who asked may go away; others may wait for the same, and the process must not be left in mid-sentence.
        return await asyncio.shield(task)

    def _forget(self, key: bytes, task: asyncio.Task[bytes]) -> None:
        self._asked.pop(key, None)
        if not task.cancelled():
            task.exception()

    async def _make(self, key: bytes, message: bytes) -> bytes:
        async with self._turn:
            try:
                answer = await asyncio.wait_for(self._converse_twice(message), self.limit_seconds)
            except TimeoutError:
                await self._stop()
                raise Unavailable(SLOW, retry_after_seconds=60) from None
            except BaseException:
                await self._stop()
                raise
        outcome = read_outcome(answer)
        if isinstance(outcome, Failed):
            raise CannotDraw(f"This picture or report cannot be made. {outcome.sentence}")
        self._kept.keep(key, outcome.content)
        return outcome.content

    async def _converse_twice(self, message: bytes) -> bytes:
        """The answer of the process; of a new one where it dies."""
        for _ in range(2):
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                return await self._converse(message)
            await self._stop()
        raise Unavailable(DEAD, retry_after_seconds=60)

    async def _converse(self, message: bytes) -> bytes:
        process = await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(frame(message))
        await process.stdin.drain()
        head = await process.stdout.readexactly(LENGTH_BYTES)
        return await process.stdout.readexactly(int.from_bytes(head, "big"))

    async def _start(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            # A session of its own: Ctrl-C in a terminal is for the application, which then closes it.
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "api.draw.worker",
                stdin=PIPE,
                stdout=PIPE,
                cwd=ROOT,
                start_new_session=True,
            )
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Kept:
    """What was made, by its key; what was asked for longest ago goes first where it grows over `most_bytes`."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._by_key: OrderedDict[bytes, bytes] = OrderedDict()

    def find(self, key: bytes) -> bytes | None:
        """What was kept, if it still is."""
        if key in self._by_key:
            self._by_key.move_to_end(key)
        return self._by_key.get(key)

    def keep(self, key: bytes, content: bytes) -> None:
        """Keep it, unless it is larger than a quarter of all."""
        if len(content) > self.most_bytes // 4 or key in self._by_key:
            return
        self._by_key[key] = content
        self.bytes += len(content)
        while self.bytes > self.most_bytes:
            self.bytes -= len(self._by_key.popitem(last=False)[1])
