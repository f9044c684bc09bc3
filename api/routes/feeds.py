"""/feeds: releases, and the new findings of each area, as Atom and JSON Feed."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from api.areas import find_area
from api.errors import BadParameter
from api.feed_entries import read_area, read_releases
from api.feeds import ATOM, JSON_FEED, Feed, write_atom, write_json_feed
from api.negotiation import JSON, choose_type
from api.origin import OF_HOST, find_origin
from api.pages.described import describe_text
from api.parameters import FormatQuery
from api.releases import Releases
from api.respond import AnyRequest, label_release, release_headers
from api.snapshot import Snapshot

FORMATS = {"atom": ATOM, "json": JSON_FEED}
EXAMPLE = '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">…'


class FeedController(Controller):
    """News."""

    path = "/feeds"
    tags = ("Feeds",)

    @get(
        "/releases",
        operation_id="readReleaseFeed",
        summary="A feed of releases",
        description="The last releases, each with what was loaded and what changed. Atom; `format=json`: JSON Feed 1.1.",
        media_type=ATOM,
        responses=describe_text("Atom.", ATOM, EXAMPLE, 400, 503),
    )
    async def read_release_feed(
        self, request: AnyRequest, releases: NamedDependency[Releases], format_: FormatQuery = None
    ) -> Response[bytes]:
        """The feed."""
        chosen = choose_form(request, format_)
        snapshot = releases.snapshot
        label_release(snapshot)
        async with releases.connection() as connection:
            feed = await read_releases(connection, snapshot)
        return answer_feed(request, snapshot, feed, chosen)

    @get(
        "/areas/{area:str}",
        operation_id="readAreaFeed",
        summary="A feed of an area's new findings",
        description="What stands out in an area's figures and was not there in the release before, of the last five releases. "
        "Atom; `format=json`: JSON Feed 1.1.",
        media_type=ATOM,
        responses=describe_text("Atom.", ATOM, EXAMPLE, 400, 404, 503),
    )
    async def read_area_feed(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        area: Annotated[
            str,
            PathParameter(
                description="A code or slug.", examples=[Example(summary="A borough", value="hackney")]
            ),
        ],
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The feed."""
        chosen = choose_form(request, format_)
        snapshot = releases.snapshot
        label_release(snapshot)
        place = find_area(snapshot, area)
        async with releases.connection() as connection:
            feed = await read_area(connection, snapshot, place)
        return answer_feed(request, snapshot, feed, chosen)


def choose_form(request: AnyRequest, asked: str | None) -> str:
    """Atom or JSON Feed: `?format=` decides before `Accept`; Atom for all who ask for neither. Raises BadParameter."""
    if asked is not None:
        if asked not in FORMATS:
            raise BadParameter("format", asked, tuple(FORMATS))
        return FORMATS[asked]
    chosen = choose_type(request.headers.get("accept", ""), (ATOM, JSON_FEED, JSON))
    return JSON_FEED if chosen in (JSON_FEED, JSON) else ATOM


def answer_feed(request: AnyRequest, snapshot: Snapshot, feed: Feed, chosen: str) -> Response[bytes]:
    """A feed as an answer: with whole addresses, and so not kept for those who ask under another."""
    origin = find_origin(request)
    body = write_atom(feed, origin) if chosen == ATOM else write_json_feed(feed, origin)
    return Response(body, media_type=chosen, headers={**release_headers(snapshot), **OF_HOST})
