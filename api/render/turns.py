"""Slow formats are written one at a time, in a thread, so that other answers hardly wait."""

import asyncio
import threading
from collections.abc import Callable

from api.render.answer import Answer

_TURN = threading.Lock()


async def render_in_turn(render: Callable[[Answer], bytes], answer: Answer) -> bytes:
    """What `render` makes of the answer, after those who asked before."""

    def work() -> bytes:
        with _TURN:
            return render(answer)

    return await asyncio.to_thread(work)
