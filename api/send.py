"""Files that are sent as they are written, and the addresses of pages."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Stream

from api.csvw import link_metadata
from api.errors import BadParameter
from api.render.formats import RECORDS, Format
from api.respond import AnyRequest, file_headers, label_release, list_links, release_headers
from api.snapshot import Snapshot

# What chooses how a list is read, not what is in it.
NOT_OF_LIST = frozenset({"cursor", "limit", "format", "as_of"})
MARK_LETTERS = 8


@dataclass
class _Nothing:
    """A body that is not asked for."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        return
        yield b""


def send_file(
    request: AnyRequest,
    snapshot: Snapshot,
    name: str,
    chosen: Format,
    pieces: AsyncIterator[bytes],
    about: str,
    table: str | None = None,
) -> Response[Any]:
    """A file as it is written; only its headers for HEAD, and 304 for whoever has it of this release.

    `name`: of the file. `about`: the header that links to what is known of its rows. `table`: the kind of CSV that it is,
    where it is one (`api.csvw`).
    """
    label_release(snapshot)
    if chosen.name == "csv" and table is not None:
        about = f"{about}, {link_metadata(table, list_links(request, RECORDS, is_page=True)['csv'])}"
    headers = {
        **release_headers(snapshot),
        **file_headers(chosen, name, snapshot.is_sample),
        "Link": about,
    }
    assert snapshot.release is not None
    since = request.headers.get("if-modified-since")
    if since is not None and _is_unchanged(since, snapshot):
        return Response(b"", status_code=304, headers={"Last-Modified": headers["Last-Modified"]})
    body = _Nothing() if request.scope.get("is_head") else pieces
    return Stream(body, media_type=chosen.content_type, headers=headers)


def write_next(request: AnyRequest, cursor: str) -> str:
    """The address of the page that a cursor names."""
    given = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.scope['path']}?{urlencode([*given, ('cursor', cursor)])}"


def mark_list(request: AnyRequest, name: str) -> str:
    """A few letters that stand for a list: for its name, and for the parameters that choose what is in it."""
    given = sorted({pair for pair in request.query_params.multi_items() if pair[0] not in NOT_OF_LIST})
    return hashlib.sha256(repr((name, given)).encode()).hexdigest()[:MARK_LETTERS]


def check_mark(cursor: str, found: str, mark: str) -> None:
    """Refuse a cursor of another list, in which it would pass over rows. Raises BadParameter."""
    if found != mark:
        raise BadParameter(
            "cursor",
            cursor,
            (),
            f"cursor={cursor!r} is a place in another list, of another area, other months or other filters: follow "
            "links.next of this list, or leave it out.",
        )


def _is_unchanged(since: str, snapshot: Snapshot) -> bool:
    assert snapshot.release is not None
    try:
        return snapshot.release.published_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError, OverflowError):
        return False
