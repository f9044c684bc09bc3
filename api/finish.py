"""From what the router said to what is sent: ETag, compression, length, and the headers that every answer
has.
"""

import asyncio
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import brotli

from api.envelope import LICENCE

Header = tuple[bytes, bytes]

COMPRESS_FROM_BYTES = 1_000
THREAD_FROM_BYTES = 1_000_000
BROTLI_QUALITY = 4
GZIP_LEVEL = 6
COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/openapi+json",
    "application/atom+xml",
    "application/feed+json",
)

COMMON: tuple[Header, ...] = (
    (b"vary", b"Accept, Accept-Encoding"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, Link, X-Attribution, X-Release, X-Sample-Data"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    # ASCII: a header is no place for the sign of copyright. The body has the sentence as it is.
    (
        b"x-attribution",
        b"Contains public sector information licensed under the Open Government Licence v3.0. "
        b"Contains OS data (c) Crown copyright and database right. "
        b"Contains Royal Mail data (c) Royal Mail copyright and database right. "
        b"Source: Office for National Statistics.",
    ),
)
# What may be shown in frames of other sites says so in its policy; old browsers know only this header.
FRAMED = b"frame-ancestors *"
NO_FRAMES: Header = (b"x-frame-options", b"DENY")
LICENCE_LINK = f'<{LICENCE}>; rel="license"'.encode()
DATA_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
PLAIN_QUERY = re.compile(rb"[A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]+(?:&[A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]+)*")
UNCHANGED_KEEPS = frozenset({b"content-type", b"content-length", b"content-encoding", b"content-disposition"})


class Entry:
    """An answer, ready to send: two ASGI messages, and what is needed to keep it."""

    __slots__ = ("body", "etag", "is_lasting", "is_used", "modified", "requests", "size", "start", "status")

    def __init__(
        self, status: int, headers: list[Header], body: bytes, etag: str, modified: str, *, is_lasting: bool
    ) -> None:
        self.status = status
        self.start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": headers}
        self.body: dict[str, Any] = {"type": "http.response.body", "body": body}
        self.etag = etag
        self.modified = modified
        self.is_lasting = is_lasting
        self.is_used = False
        self.requests: list[tuple[str, bytes, bytes, bytes]] = []
        self.size = len(body) + sum(len(name) + len(value) for name, value in headers)


class Finisher:
    """Finishes answers of this version of the program; `is_sample` says whether the current release is sample
    data.
    """

    def __init__(self, version: str, is_sample: Callable[[], bool]) -> None:
        self.version = version
        self.is_sample = is_sample

    async def finish(
        self, status: int, headers: list[Header], body: bytes, question: tuple[object, ...]
    ) -> Entry:
        """Add what every answer has.

        An answer is lasting if it is a 200 that does not forbid to be stored.
        """
        given = dict(headers)
        encoding = str(question[-1])
        if encoding != "identity" and is_worth_compressing(given, body):
            body = await (
                asyncio.to_thread(compress, body, encoding)
                if len(body) >= THREAD_FROM_BYTES
                else _at_once(compress(body, encoding))
            )
            headers = [*headers, (b"content-encoding", encoding.encode())]
        finished = [header for header in headers if header[0] not in (b"content-length", b"link")]
        links = [value for name, value in headers if name == b"link"]
        finished += [
            (b"content-length", str(len(body)).encode()),
            (b"link", b", ".join([*links, LICENCE_LINK])),
        ]
        finished += COMMON
        if FRAMED not in given.get(b"content-security-policy", b""):
            finished.append(NO_FRAMES)
        if b"content-security-policy" not in given:
            finished.append(DATA_POLICY)
        if self.is_sample():
            finished.append((b"x-sample-data", b"true"))
        may_be_stored = status == 200 and b"no-store" not in given.get(b"cache-control", b"")
        etag = ""
        if may_be_stored:
            etag = self._make_etag(given, question, body)
            finished.append((b"etag", etag.encode()))
        if b"cache-control" not in given:
            finished.append((b"cache-control", b"public, no-cache" if status == 200 else b"no-store"))
        modified = given.get(b"last-modified", b"").decode()
        return Entry(status, finished, body, etag, modified, is_lasting=may_be_stored)

    def begin(self, headers: list[Header]) -> list[Header]:
        """The headers of an answer that is sent as it is made, whose length and check sum nobody knows yet."""
        finished = [header for header in headers if header[0] != b"link"]
        links = [value for name, value in headers if name == b"link"]
        finished += [(b"link", b", ".join([*links, LICENCE_LINK])), *COMMON, NO_FRAMES, DATA_POLICY]
        finished.append((b"cache-control", b"public, no-cache"))
        if self.is_sample():
            finished.append((b"x-sample-data", b"true"))
        return finished

    def _make_etag(self, given: dict[bytes, bytes], question: tuple[object, ...], body: bytes) -> str:
        # The release and the question make the tag; the body's check sum is there for what no release covers,
        # such as postcodes loaded since.
        says = (self.version, given.get(b"x-release"), given.get(b"content-type"), question[:2], question[-1])
        digest = hashlib.sha256(repr((*says, len(body), zlib.crc32(body))).encode())
        return f'"{digest.hexdigest()[:24]}"'


async def _at_once(value: bytes) -> bytes:
    return value


def is_worth_compressing(headers: dict[bytes, bytes], body: bytes) -> bool:
    """Whether a body is text, long enough, and not compressed already."""
    content_type = headers.get(b"content-type", b"").decode("latin-1")
    return (
        len(body) >= COMPRESS_FROM_BYTES
        and b"content-encoding" not in headers
        and content_type.startswith(COMPRESSIBLE)
    )


def compress(body: bytes, encoding: str) -> bytes:
    """The body as `br` or `gzip`, the same bytes for the same body."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=BROTLI_QUALITY))
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def canonical_query(query: bytes) -> str:
    """The query with its parameters in alphabetical order; values of one parameter keep theirs."""
    if PLAIN_QUERY.fullmatch(query):  # most are: nothing to decode, nothing to encode
        parts = query.decode("ascii").split("&")
        return "&".join(sorted(parts, key=lambda part: part.partition("=")[0]))
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="utf-8")
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def is_unchanged(entry: Entry, headers: Iterable[Header]) -> bool:
    """Whether the caller has this answer already: by ETag, or by date if it sent no ETag (RFC 9110, section
    13.2.2).
    """
    if not entry.etag:
        return False
    given: dict[bytes, str] = {}
    for name, value in headers:
        if name in (b"if-none-match", b"if-modified-since"):
            given[name] = (
                f"{given[name]}, {value.decode('latin-1')}" if name in given else value.decode("latin-1")
            )
    if (tags := given.get(b"if-none-match")) is not None:
        return tags.strip() == "*" or entry.etag in (
            tag.strip().removeprefix("W/") for tag in tags.split(",")
        )
    since, modified = _read_date(given.get(b"if-modified-since", "")), _read_date(entry.modified)
    return since is not None and modified is not None and modified <= since


def unchanged(entry: Entry) -> Entry:
    """The 304 that stands for this answer."""
    headers = [header for header in entry.start["headers"] if header[0] not in UNCHANGED_KEEPS]
    return Entry(304, headers, b"", entry.etag, entry.modified, is_lasting=False)


def _read_date(text: str) -> datetime | None:
    """A date of HTTP, None where it is none. One without a zone (`-0000`) is in UTC."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
