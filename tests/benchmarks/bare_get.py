"""The peer of a repeated GET: an ASGI application that only returns the same bytes with the same headers.

BARE_ANSWER names a file: the head's lines (name, colon, value), a blank line, the body.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


def create_app() -> Callable[[Any, Any, Any], Awaitable[None]]:
    """The application."""
    head, _, body = Path(os.environ["BARE_ANSWER"]).read_bytes().partition(b"\r\n\r\n")
    headers = [tuple(line.split(b": ", 1)) for line in head.split(b"\r\n")]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    content = {"type": "http.response.body", "body": body}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(start)
        await send(content)

    return application
