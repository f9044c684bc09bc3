"""From rows to an answer: the format that was asked for, links, release, and the headers that follow."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Any

import msgspec
from litestar import Request, Response

from api.cannot_say import CannotSay
from api.csvw import write_table_link
from api.draw.drawings import Drawing
from api.draw.from_rows import mark_sample
from api.draw.workshop import Workshop
from api.envelope import LICENCE, ReleaseLabel
from api.errors import Unavailable
from api.releases import NOTHING_YET
from api.render.answer import Answer, Geometries
from api.render.formats import MAP, PICTURES, RECORDS, SHAPES, TABLE, Format, choose_format
from api.render.turns import render_in_turn
from api.snapshot import Snapshot

__all__ = ["MAP", "PICTURES", "RECORDS", "SHAPES", "TABLE", "find_format", "respond"]

# SVG may hold a style sheet of its own.
PICTURE_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}
THREAD_FROM_ROWS = 2_000
OF_PAGES = ("cursor=", "limit=")

AnyRequest = Request[Any, Any, Any]


def find_format(request: AnyRequest, offered: Sequence[str]) -> Format:
    """The format of the answer to this request. Raises BadParameter, NotAcceptable."""
    return choose_format(request.query_params.get("format"), request.headers.get("accept", ""), offered)


async def respond(
    request: AnyRequest,
    snapshot: Snapshot,
    rows: Sequence[msgspec.Struct],
    row_type: type[msgspec.Struct],
    *,
    name: str,
    offered: Sequence[str] = TABLE,
    is_single: bool = False,
    geometries: Geometries | None = None,
    links: Mapping[str, str] | None = None,
    is_dated: bool = True,
    headers: Mapping[str, str] | None = None,
    cannot_say: Sequence[CannotSay] = (),
    notes: Mapping[str, object] | None = None,
    is_page: bool = False,
    title: str = "",
    drawing: Callable[[], Drawing] | None = None,
    workshop: Workshop | None = None,
) -> Response[bytes]:
    """The rows in the format asked for. `name` is the file's, for formats that browsers save; `title` says what they are.

    `is_dated`: nothing in the answer is newer than its release. `cannot_say`: what its figures cannot answer.
    `notes`: what else JSON says beside the rows, by name. `is_page`: JSON comes in pages, the other formats whole.
    `drawing` makes the chart of an answer that is offered as a picture, and `workshop` draws it. Raises what they raise.
    """
    chosen = find_format(request, offered)
    answer = Answer(
        rows=rows,
        row_type=row_type,
        links={**list_links(request, offered, is_page=is_page), **(links or {})},
        release=label_release(snapshot),
        is_sample=snapshot.is_sample,
        is_single=is_single,
        geometries=geometries or {},
        cannot_say=cannot_say,
        notes=notes or {},
        name=name,
        title=title,
    )
    body = await _write(chosen, answer, drawing, workshop)
    of_release = release_headers(snapshot)
    if not is_dated:
        of_release.pop("Last-Modified", None)
    given = dict(headers or {})
    if chosen.name == "csv" and (about := write_table_link(row_type, answer.links["csv"])) is not None:
        given["Link"] = ", ".join(link for link in (given.get("Link"), about) if link)
    if chosen.form is not None:
        given |= PICTURE_POLICY
    return Response(
        body,
        media_type=chosen.content_type,
        headers={**of_release, **file_headers(chosen, name, snapshot.is_sample), **given},
    )


async def _write(
    chosen: Format, answer: Answer, drawing: Callable[[], Drawing] | None, workshop: Workshop | None
) -> bytes:
    if chosen.form is not None:
        assert drawing is not None, f"{chosen.name} is offered, and there is nothing to draw"
        assert workshop is not None
        drawn = drawing()
        return await workshop.draw(mark_sample(drawn) if answer.is_sample else drawn, chosen.form)
    assert chosen.render is not None
    if chosen.is_slow:
        return await render_in_turn(chosen.render, answer)
    if len(answer.rows) >= THREAD_FROM_ROWS:
        return await asyncio.to_thread(chosen.render, answer)
    return chosen.render(answer)


def label_release(snapshot: Snapshot) -> ReleaseLabel:
    """What an answer says of its release. Raises Unavailable where nothing was published yet."""
    if snapshot.release is None:
        raise Unavailable(NOTHING_YET)
    release = snapshot.release
    return ReleaseLabel(release.release, release.published_at, release.boundary_vintage)


def release_headers(snapshot: Snapshot) -> dict[str, str]:
    """The headers that follow from the release."""
    if snapshot.release is None:
        return {}
    published = snapshot.release.published_at.astimezone(UTC)
    return {"X-Release": snapshot.release.release, "Last-Modified": format_datetime(published, usegmt=True)}


def list_links(request: AnyRequest, offered: Sequence[str], *, is_page: bool = False) -> dict[str, str]:
    """The address asked for, the same data in the other formats, and the licence; relative to the server.

    `is_page`: the other formats know no page, and have all of the list.
    """
    path = request.scope["root_path"] + request.scope["path"]
    query = request.scope["query_string"].decode("latin-1")
    parts = [part for part in query.split("&") if part and not part.startswith("format=")]
    of_list = [part for part in parts if not part.startswith(OF_PAGES)] if is_page else parts
    links = {"self": f"{path}?{query}" if query else path}
    for name in offered:
        links[name] = f"{path}?{'&'.join([*(parts if name == 'json' else of_list), f'format={name}'])}"
    return {**links, "licence": LICENCE}


def file_headers(chosen: Format, name: str, is_sample: bool) -> dict[str, str]:
    """The name under which a browser saves an answer; nothing for formats that it shows."""
    if not (chosen.is_file or chosen.is_shown):
        return {}
    how = "attachment" if chosen.is_file else "inline"
    return {"Content-Disposition": f'{how}; filename="{name_file(chosen, name, is_sample)}"'}


def name_file(chosen: Format, name: str, is_sample: bool) -> str:
    """The name of a file, which says what it holds, and whether that is sample data."""
    return f"borough-{name}{'-sample' if is_sample else ''}.{chosen.name}"
