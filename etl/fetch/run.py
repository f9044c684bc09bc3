"""Carry out a plan: every file fetched, several at once, whatever becomes of the others."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from etl.fetch.client import Fetcher
from etl.fetch.errors import UNLIKE, FetchError, KeptOut
from etl.fetch.step import Plan, Step
from etl.fetch.wanted import Fetched, Status, Wanted

# what is put together is held in memory meanwhile, of an archive a file or two of 25 MB
MOST_TOGETHER = 2


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A file that would be fetched: its size where it is known, and when the copy at hand was retrieved."""

    wanted: Wanted
    size: int | None
    retrieved: datetime | None
    is_confirmed: bool
    parts: str
    message: str = ""


async def run_plan(
    fetcher: Fetcher, plan: Plan, ended: Callable[[Fetched], None] = lambda _: None
) -> list[Fetched]:
    """Fetch every file of a plan, in the plan's order. `ended`: told what became of each, as it ends.

    How many at once, and how often a publisher is asked, is the fetcher's to limit.
    """

    together = asyncio.Semaphore(MOST_TOGETHER)

    async def one(step: Step) -> Fetched:
        if step.get is None:
            fetched = await run_step(fetcher, step)
        else:
            async with together:
                fetched = await run_step(fetcher, step)
        ended(fetched)
        return fetched

    return list(await asyncio.gather(*(one(step) for step in plan.steps)))


async def run_step(fetcher: Fetcher, step: Step) -> Fetched:
    """Fetch one file. Never raises for what a publisher does."""
    try:
        return await step.run(fetcher)
    except FetchError as error:
        return _tell(fetcher, step.wanted, "kept_out" if isinstance(error, KeptOut) else "failed", str(error))
    except OSError as error:
        said = f"{step.wanted.file_name} could not be written: {error}. Make room, or correct the folder."
        return _tell(fetcher, step.wanted, "failed", said)
    except UNLIKE as error:
        said = f"{step.wanted.publisher} answers in another way than it used to ({type(error).__name__}: {error})."
        return _tell(fetcher, step.wanted, "failed", said)


def _tell(fetcher: Fetcher, wanted: Wanted, status: Status, said: str) -> Fetched:
    """What became of a file that did not come, with the copy that is to be used now."""
    last = fetcher.last(wanted)
    return Fetched(
        wanted=wanted,
        status=status,
        path=fetcher.store.path(last) if last else None,
        bytes_moved=0,
        sha256=last.sha256 if last else None,
        retrieved=last.retrieved_at if last else fetcher.clock.now(),
        message=f"{said} The copy of {last.retrieved_at:%Y-%m-%d} stays." if last else said,
    )


async def list_plan(fetcher: Fetcher, plan: Plan) -> list[Listed]:
    """What a plan would fetch, with sizes where they are known or asked for by HEAD; no file is moved."""
    return list(await asyncio.gather(*(_list_step(fetcher, step) for step in plan.steps)))


async def _list_step(fetcher: Fetcher, step: Step) -> Listed:
    last, size, message = fetcher.last(step.wanted), step.size, ""
    # what an API puts together has no size before it is asked
    is_file = step.get is None or step.wanted.expects == "zip"
    if size is None and is_file:
        try:
            size = await fetcher.measure(step.wanted.url, step.wanted.publisher)
        except FetchError as error:
            message = str(error)
    return Listed(
        wanted=step.wanted,
        size=size,
        retrieved=last.retrieved_at if last else None,
        is_confirmed=step.is_confirmed,
        parts=step.parts,
        message=message,
    )
