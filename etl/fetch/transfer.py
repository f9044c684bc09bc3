"""A file from a server into its part: what is here already is not moved again, and a changed file is begun anew."""

import re

import httpx

from etl.fetch.asking import Asker, read_encoding
from etl.fetch.errors import Broken, FetchFailed, KeptOut
from etl.fetch.part import Part, Version
from etl.fetch.store import Manifest
from etl.fetch.wanted import FetchProgress, Wanted

# less than this between two breaks counts as a try that brought nothing
PROGRESS_BYTES = 262_144
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)$")


class Meter:
    """Bytes of bodies that were moved for one file, over all tries."""

    def __init__(self) -> None:
        self.moved = 0


async def transfer(
    asker: Asker, wanted: Wanted, part: Part, last: Manifest | None, meter: Meter, progress: FetchProgress
) -> Version | None:
    """Fill the part. Returns what its server said of it, or None where the last good copy is what is published.

    Tries go on for as long as they bring something; `limits.persist` ends those that do not. Raises FetchError.
    """

    async def attempt() -> Version | None:
        return await _attempt(asker, wanted, part, last, meter, progress)

    while True:
        had, begun = part.size, part.begun
        try:
            return await asker.limits.persist(wanted.publisher, attempt)
        except Broken as error:
            is_ahead = part.size - had >= PROGRESS_BYTES and part.begun - begun <= 1
            if not is_ahead or error.after is not None:
                raise
            asker.limits.forgive(wanted.publisher)
            progress.say(f"{wanted.file_name}: {part.size:,} bytes are here, going on.")


async def _attempt(
    asker: Asker, wanted: Wanted, part: Part, last: Manifest | None, meter: Meter, progress: FetchProgress
) -> Version | None:
    # parts of a file and its compression on the way do not go together
    headers = {"Accept-Encoding": "identity"}
    start = _resume_from(part, wanted)
    if start is not None and part.version:
        headers |= {"Range": f"bytes={start}-", "If-Range": part.version.validator or ""}
    elif last and last.url == wanted.url:
        headers |= {"If-None-Match": last.etag} if last.etag else {}
        headers |= {"If-Modified-Since": last.last_modified} if last.last_modified else {}
    async with asker.open(wanted.url, wanted.publisher, headers, own=wanted.headers) as response:
        if response.status_code == 304:
            if start is None and last:
                return None
            part.clear()
            raise Broken(f"{wanted.url} is said not to have changed, which nobody asked.")
        version = read_version(response, wanted.url)
        if start is not None and response.status_code in (206, 416):
            if not _goes_on(part.version, version, response, start):
                part.clear()
                raise Broken(f"{wanted.url} has changed since its download began.")
            part.cut(start)
        elif response.status_code == 200:
            part.begin(version)
        else:
            raise FetchFailed(f"{wanted.url} answers with a part of the file, which nobody asked.")
        version = part.version or version
        if version.total is not None and version.total > asker.settings.largest_bytes:
            raise KeptOut(f"{wanted.url} has {version.total:,} bytes, more than is taken.", 200)
        progress.started(wanted, version.total)
        size = part.size
        async for piece in asker.pieces(response):
            part.write(piece)
            meter.moved += len(piece)
            size += len(piece)
            if size > (version.total or asker.settings.largest_bytes):
                part.clear()
                raise KeptOut(
                    f"{wanted.url} sends more than the {size - len(piece):,} bytes that it should have.", 200
                )
            progress.moved(wanted, size)
    if version.total is not None and size != version.total:
        raise Broken(f"{wanted.url} was cut short: {size:,} of {version.total:,} bytes.")
    return version


def _resume_from(part: Part, wanted: Wanted) -> int | None:
    """The first byte that is still to come, None where the download has to begin from nothing.

    Of a part that is whole the last byte is asked again, to see whether the file has changed since.
    """
    version = part.version
    if not part.size or version is None or version.url != wanted.url or not version.validator:
        return None
    return part.size if version.total is None else max(0, min(part.size, version.total - 1))


def _goes_on(had: Version | None, has: Version, response: httpx.Response, start: int) -> bool:
    """Whether an answer is the rest of the same version. Some servers send a rest whatever If-Range says."""
    found = CONTENT_RANGE.match(response.headers.get("content-range", ""))
    if had is None or response.status_code != 206 or not found or int(found[1]) != start:
        return False
    return (
        (had.etag is None or has.etag in (None, had.etag))
        and (had.last_modified is None or has.last_modified in (None, had.last_modified))
        and (had.total is None or found[3] in ("*", str(had.total)))
        and had.encoding == has.encoding
    )


def read_version(response: httpx.Response, url: str) -> Version:
    """What an answer says of the file it is, or is a part of."""
    headers = response.headers
    total: int | None = None
    if found := CONTENT_RANGE.match(headers.get("content-range", "")):
        total = None if found[3] == "*" else int(found[3])
    elif headers.get("content-length", "").isdigit():
        total = int(headers["content-length"])
    return Version(
        url=url,
        final_url=str(response.url),
        total=total,
        etag=_repeatable(headers.get("etag")),
        last_modified=_repeatable(headers.get("last-modified")),
        content_type=headers.get("content-type"),
        encoding=read_encoding(response) or None,
    )


def _repeatable(value: str | None) -> str | None:
    """What can be said back to its server: a request has plain letters alone (RFC 9110, section 5.5)."""
    return value if value and value.isascii() and value.isprintable() else None
