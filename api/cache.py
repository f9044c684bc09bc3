"""Repeated answers, from memory, in front of the router.

`Front` is the outermost layer of the application. A request that this worker has answered before, in this
release, costs one look-up in a dictionary. Any other goes to the router; what comes back is finished
(`api.finish`: ETag, compression, common headers) and kept. HEAD is answered from GET.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from api.finish import Entry, Finisher, canonical_query, is_unchanged, unchanged
from api.negotiation import choose_encoding, rank_types, wants_page
from api.telemetry import Tally

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# path, query as sent, Accept, Accept-Encoding
Request = tuple[str, bytes, bytes, bytes]
# path, canonical query, weights of the media types and whether a page is wanted, encoding: requests that are the
# same question
Question = tuple[str, str, tuple[float, ...], str]

CACHE_BYTES = 64 * 1024 * 1024
ENTRY_BYTES = 8 * 1024 * 1024
REQUESTS_PER_ENTRY = 32
OVERHEAD_BYTES = 600
# Postcodes can be replaced without a release, and are a person's: what is said of places is never kept.
NOT_OF_RELEASE = ("/v1/locate", "/find")


class Cache:
    """At most `max_bytes` of answers of one release. Those not asked for since the last sweep go first."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.generation = 0
        self.by_request: dict[Request, Entry] = {}
        self.by_question: dict[Question, Entry] = {}

    def clear(self) -> None:
        """Forget everything; answers that are being computed now will not be kept."""
        self.generation += 1
        self.bytes = 0
        self.by_request = {}
        self.by_question = {}

    def recall(self, question: Question, request: Request) -> Entry | None:
        """The answer to a question that was asked before in other words; these words will be known too."""
        entry = self.by_question.get(question)
        if entry is not None:
            self._link(entry, request)
            self._shrink()
        return entry

    def keep(self, generation: int, question: Question, request: Request, entry: Entry) -> None:
        """Keep an answer, unless it was begun under another generation or is too large."""
        if generation != self.generation or entry.size > min(ENTRY_BYTES, self.max_bytes):
            return
        replaced = self.by_question.pop(question, None)
        if replaced is not None:
            self._drop(replaced)
        self.by_question[question] = entry
        self.bytes += entry.size + OVERHEAD_BYTES
        self._link(entry, request)
        self._shrink()

    def _link(self, entry: Entry, request: Request) -> None:
        if request in self.by_request:
            return
        if len(entry.requests) >= REQUESTS_PER_ENTRY:
            self._unlink(entry.requests.pop(0))
        entry.requests.append(request)
        self.by_request[request] = entry
        self.bytes += weigh_request(request)

    def _unlink(self, request: Request) -> None:
        if self.by_request.pop(request, None) is not None:
            self.bytes -= weigh_request(request)

    def _drop(self, entry: Entry) -> None:
        for request in entry.requests:
            self._unlink(request)
        entry.requests = []
        self.bytes -= entry.size + OVERHEAD_BYTES

    def _shrink(self) -> None:
        while self.bytes > self.max_bytes:
            question = next(iter(self.by_question))
            entry = self.by_question.pop(question)
            if entry.is_used:
                entry.is_used = False
                self.by_question[question] = entry
            else:
                self._drop(entry)


class Front:
    """The ASGI application that the server sees."""

    def __init__(self, application: Application, cache: Cache, finisher: Finisher, tally: Tally) -> None:
        self.application = application
        self.cache = cache
        self.finisher = finisher
        self.tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or through the router."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        accept = encoding = b""
        is_conditional = False
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"accept-encoding":
                encoding = encoding + b"," + value if encoding else value
            elif name == b"if-none-match" or name == b"if-modified-since":
                is_conditional = True
        request = (scope["path"], scope["query_string"], accept, encoding)
        method = scope["method"]
        if method == "GET" or method == "HEAD":
            entry = self.cache.by_request.get(request)
            if entry is None:
                entry = await self._answer(request, scope, receive, send)
                if entry is None:
                    return
            else:
                entry.is_used = True
                self.tally.hits += 1
            if is_conditional and is_unchanged(entry, scope["headers"]):
                self.tally.unchanged += 1
                entry = unchanged(entry)
            await send(entry.start)
            await send(entry.body if method == "GET" else NOTHING)
        else:
            await self._pass(request, scope, receive, send)

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> Entry | None:
        """The answer, kept for the next time; None where it was a stream, which is sent by now."""
        path, query, accept, encoding = request
        compression = choose_encoding(encoding.decode("latin-1"))
        accepted = accept.decode("latin-1")
        wanted = (*rank_types(accepted), float(wants_page(accepted)))
        question = (path, canonical_query(query), wanted, compression)
        entry = self.cache.recall(question, request)
        if entry is not None:
            self.tally.hits += 1
            return entry
        generation = self.cache.generation
        with self.tally.measure(scope):
            reply = Reply(Stream(self.finisher, send))
            is_head = scope["method"] == "HEAD"
            await self.application({**scope, "method": "GET", IS_HEAD: is_head}, receive, reply.take)
        if reply.is_streamed:
            self.tally.count(reply.status)
            return None
        entry = await self.finisher.finish(reply.status, reply.headers, reply.body, question)
        self.tally.count(entry.status)
        # What names the host under which it was asked is not kept for those who ask under another.
        is_of_host = any(name == b"vary" for name, _ in reply.headers)
        if entry.is_lasting and not is_of_host and not path.startswith(NOT_OF_RELEASE):
            self.cache.keep(generation, question, request, entry)
        return entry

    async def _pass(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS" and any(
            name == b"access-control-request-method" for name, _ in scope["headers"]
        ):
            await send(PREFLIGHT)
            await send(NOTHING)
            return
        path, query, _, encoding = request
        with self.tally.measure(scope):
            reply = Reply()
            await self.application(scope, receive, reply.take)
        question = (path, query.decode("latin-1"), (), choose_encoding(encoding.decode("latin-1")))
        entry = await self.finisher.finish(reply.status, reply.headers, reply.body, question)
        self.tally.count(entry.status)
        await send(entry.start)
        await send(entry.body)


# Of the scope: only the head of the answer is wanted.
IS_HEAD = "is_head"
NOTHING: Message = {"type": "http.response.body", "body": b""}
# A browser that asks whether a page of another site may read from here: it may.
PREFLIGHT: Message = {
    "type": "http.response.start",
    "status": 204,
    "headers": [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
        (b"access-control-allow-headers", b"Accept, If-None-Match, If-Modified-Since"),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"Access-Control-Request-Method"),
    ],
}


class Stream:
    """Sends on what is too long to be gathered, with the headers that every answer has."""

    def __init__(self, finisher: Finisher, send: Send) -> None:
        self.finisher = finisher
        self.send = send

    async def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send the head."""
        finished = self.finisher.begin(headers)
        await self.send({"type": "http.response.start", "status": status, "headers": finished})


class Reply:
    """What the router sends, gathered; but a good answer without a length goes on to `stream` as it comes."""

    def __init__(self, stream: Stream | None = None) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.stream = stream
        self.is_streamed = False

    async def take(self, message: Message) -> None:
        """Take one ASGI message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
            has_length = any(name == b"content-length" for name, _ in self.headers)
            if self.stream is not None and self.status == 200 and not has_length:
                self.is_streamed = True
                await self.stream.begin(self.status, self.headers)
        elif self.is_streamed and self.stream is not None:
            await self.stream.send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def weigh_request(request: Request) -> int:
    """About how many bytes it costs to remember these words of a question."""
    path, query, accept, encoding = request
    return len(path) + len(query) + len(accept) + len(encoding) + OVERHEAD_BYTES
