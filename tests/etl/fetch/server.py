"""A real HTTP/1.1 server on 127.0.0.1, for tests: files with ETags and ranges, and every way in which a server fails.

    async with Server() as server:
        server.file("/a.csv", b"one,two\\n", etag='"1"')
        server.script("/a.csv", Reply(500), Reply(429, {"Retry-After": "1"}))   # these first, then the file
        … server.url("/a.csv") … server.requests … server.sent

It ends with its block, and answers no more than MOST_REQUESTS.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

MOST_REQUESTS = 20_000
LONGEST_SECONDS = 60
PIECE = 1 << 18


@dataclass(frozen=True)
class Request:
    """What was asked: `path` without the query, header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


@dataclass(frozen=True)
class Reply:
    """What is answered. `file`, `start`, `size`: a range of a file in place of `body`.

    `cut`: bytes of the body after which the connection ends, as if it were whole (`reset`: is reset). `hold`: bytes after
    which it waits until `Server.release` is set. `drip`: seconds between pieces of `drip_bytes`. `drip_head`: seconds between
    the bytes of the header. `is_endless`: no Content-Length, the end of the connection is the end of the body.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None
    start: int = 0
    size: int = 0
    cut: int | None = None
    reset: bool = False
    hold: int | None = None
    drip: float = 0
    drip_bytes: int = 1
    drip_head: float = 0
    is_endless: bool = False

    @property
    def length(self) -> int:
        return self.size if self.file else len(self.body)


Handler = Callable[[Request], Reply]


class Server:
    """`requests`: in their order. `sent`: bytes of bodies. `fault`: its Reply, if any, comes in place of the right one."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.sent = 0
        self.fault: Callable[[Request], Reply | None] = lambda _: None
        self.release = asyncio.Event()
        # set when a body reached the bytes at which it is held
        self.holding = asyncio.Event()
        self._handlers: dict[str, Handler] = {}
        self._scripts: defaultdict[str, list[Reply]] = defaultdict(list)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self.release.set()
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def base(self) -> str:
        """The address of the server, without a slash at its end."""
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def url(self, path: str) -> str:
        """The address of a path."""
        return self.base + path

    def on(self, path: str, handler: Handler) -> None:
        """Answer a path (its query apart) by a function."""
        self._handlers[path] = handler

    def reply(self, path: str, reply: Reply) -> None:
        """Answer a path always in the same way."""
        self.on(path, lambda _: reply)

    def script(self, path: str, *replies: Reply) -> None:
        """Answer the next requests for a path with these, each once, before its handler has its turn."""
        self._scripts[path].extend(replies)

    def file(
        self,
        path: str,
        data: bytes | Path,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        content_type: str = "application/octet-stream",
        ranges: bool = True,
        **extra: float | bool | None,
    ) -> None:
        """A file as a good server sends it: conditional requests, ranges, HEAD. `extra`: fields of its Reply."""
        self.on(
            path,
            lambda request: answer_file(request, data, etag, last_modified, content_type, ranges, extra),
        )

    def asked(self, path: str) -> list[Request]:
        """What was asked of a path."""
        return [request for request in self.requests if request.path == path]

    def _answer(self, request: Request) -> Reply:
        if len(self.requests) > MOST_REQUESTS:
            return Reply(500, {"Connection": "close"}, b"too many requests for a test")
        if self._scripts[request.path]:
            return self._scripts[request.path].pop(0)
        return self.fault(request) or self.right(request)

    def right(self, request: Request) -> Reply:
        """What is answered where nothing fails."""
        handler = self._handlers.get(request.path)
        return handler(request) if handler else Reply(404, {"Content-Type": "text/plain"}, b"nothing here\n")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                async for request in read_requests(reader):
                    self.requests.append(request)
                    if not await self._send(self._answer(request), request, writer):
                        break
        except (TimeoutError, OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _send(self, reply: Reply, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Send it; whether the connection goes on."""
        headers = dict(reply.headers)
        if not reply.is_endless and reply.status not in (204, 304):
            headers.setdefault("Content-Length", str(reply.length))
        lines = [
            f"HTTP/1.1 {reply.status} {phrase(reply.status)}",
            *(f"{n}: {v}" for n, v in headers.items()),
        ]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if reply.drip_head:
            for byte in head:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(reply.drip_head)
        else:
            writer.write(head)
        if request.method == "HEAD" or reply.status == 304:
            await writer.drain()
            return True
        sent = 0
        async for piece in pieces(reply):
            writer.write(piece)
            await writer.drain()
            sent += len(piece)
            self.sent += len(piece)
            if reply.hold is not None and sent >= reply.hold and not self.release.is_set():
                self.holding.set()
                await self.release.wait()
            if reply.drip:
                await asyncio.sleep(reply.drip)
        await writer.drain()
        if reply.reset:
            # the other side sees that the connection was reset, not that it ended
            on = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, on)
            writer.transport.abort()
        return not (reply.is_endless or reply.cut is not None or reply.reset)


def answer_file(
    request: Request,
    data: bytes | Path,
    etag: str | None,
    last_modified: str | None,
    content_type: str,
    ranges: bool,
    extra: dict[str, float | bool | None],
) -> Reply:
    """RFC 9110 for one file: 304, 206, 416 or 200."""
    total = data.stat().st_size if isinstance(data, Path) else len(data)
    headers = {"Content-Type": content_type}
    headers |= {"ETag": etag} if etag else {}
    headers |= {"Last-Modified": last_modified} if last_modified else {}
    headers |= {"Accept-Ranges": "bytes"} if ranges else {}
    asked = request.headers
    if etag and asked.get("if-none-match") == etag:
        return Reply(304, headers)
    if last_modified and "if-none-match" not in asked and asked.get("if-modified-since") == last_modified:
        return Reply(304, headers)
    start, end, status = 0, total, 200
    if ranges and "range" in asked and asked.get("if-range") in (None, etag, last_modified):
        first, _, last = asked["range"].removeprefix("bytes=").partition("-")
        if not first:
            start = max(0, total - int(last))
        else:
            start, end = int(first), min(total, int(last) + 1) if last else total
        if start >= total:
            return Reply(416, headers | {"Content-Range": f"bytes */{total}"})
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{total}"
    if isinstance(data, Path):
        return Reply(status, headers, file=data, start=start, size=end - start, **extra)  # type: ignore[arg-type]
    return Reply(status, headers, data[start:end], **extra)  # type: ignore[arg-type]


async def pieces(reply: Reply) -> AsyncIterator[bytes]:
    """The body in the pieces that it is sent in."""
    end = reply.length if reply.cut is None else min(reply.cut, reply.length)
    step = reply.drip_bytes if reply.drip else PIECE
    if reply.hold is not None:
        step = min(step, max(1, reply.hold))
    if reply.file is None:
        for at in range(0, end, step):
            yield reply.body[at : min(at + step, end)]
        return
    handle = os.open(reply.file, os.O_RDONLY)
    try:
        for at in range(0, end, step):
            yield os.pread(handle, min(step, end - at), reply.start + at)
    finally:
        os.close(handle)


async def read_requests(reader: asyncio.StreamReader) -> AsyncIterator[Request]:
    """The requests of a connection, one after the other; bodies of requests are read and thrown away."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        if length := int(headers.get("content-length", "0")):
            await reader.readexactly(length)
        yield Request(method, target, headers)


def phrase(status: int) -> str:
    """The words of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
