"""/find: from a postcode or a name to the report of an area. /reports: every area that has one."""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.errors import BadParameter, NotFound
from api.negotiation import HTML, wants_page
from api.pages.assets import answer_scripted
from api.pages.described import describe_page
from api.pages.find import (
    MOST_CHARACTERS,
    NO_POSTCODES,
    NOT_LONDON,
    PART,
    SEVERAL,
    UNKNOWN,
    find_named,
    is_part_of_postcode,
    list_choices,
)
from api.pages.report_list import make_tables
from api.places import Place, find_postcodes
from api.releases import Releases
from api.report.request import list_reported
from api.respond import AnyRequest
from api.snapshot import Area, Snapshot
from geo.postcode import normalise_postcode

# A postcode can be that of a person's home: nobody on the way is to keep the answer.
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class FindController(Controller):
    """The find box."""

    path = "/find"
    tags = ("Pages",)

    @get(
        operation_id="findArea",
        summary="From a postcode or a name to a report",
        description="Leads (303) to the report of the area, where exactly one fits; else says what to do. Nothing of it is kept.",
        media_type=HTML,
        responses=describe_page(404),
    )
    async def find(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        q: Annotated[
            str | None,
            QueryParameter(
                description="A whole postcode, or the name of a borough or of a Basic Command Unit, or a part of it.",
                examples=[Example(summary="A postcode", value="E8 1EA")],
            ),
        ] = None,
    ) -> Response[bytes]:
        """The report of the area, where exactly one fits; else a page that says what to do, to programs a problem."""
        snapshot = releases.snapshot
        text = (q or "").strip()
        if len(text) > MOST_CHARACTERS:
            raise BadParameter(
                "q",
                f"{text[:20]}…",
                (),
                f"q is {len(text)} characters long: write a postcode or the name of a borough.",
            )
        if not text:
            return answer_find(snapshot, text, "", [])
        if normalise_postcode(text) is not None:
            return await self._find_postcode(request, releases, text)
        areas = find_named(snapshot, text)
        if len(areas) == 1:
            return go_to(areas[0])
        if areas:
            return answer_find(snapshot, text, SEVERAL.format(text=text), areas)
        why = PART if is_part_of_postcode(text) else UNKNOWN.format(text=text)
        return answer_unknown(request, snapshot, text, why)

    async def _find_postcode(self, request: AnyRequest, releases: Releases, text: str) -> Response[bytes]:
        snapshot = releases.snapshot
        try:
            async with releases.connection() as connection:
                found = await find_postcodes(connection, [Place(postcode=text)])
        except NotFound:
            return answer_unknown(request, snapshot, text, NO_POSTCODES)
        boroughs = {row["borough"] for row in found.values()}
        area = next((one for one in snapshot.areas.values() if one.borough in boroughs), None)
        if area is None:
            return answer_unknown(request, snapshot, text, NOT_LONDON.format(text=text))
        return go_to(area)


class ReportListController(Controller):
    """The list of reports."""

    path = "/reports"
    tags = ("Pages",)

    @get(
        operation_id="listReports",
        summary="Every area that has a report",
        description="Boroughs, Basic Command Units, the Met area and London, each with its report as a page and as files.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def list_reports(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """Every area that has a report, by kind."""
        snapshot = releases.snapshot
        return answer_scripted(
            "report_list.html",
            snapshot,
            title="Reports",
            here="/reports",
            tables=make_tables(list_reported(snapshot)),
            names=name_areas(snapshot),
            text="",
        )


def go_to(area: Area) -> Response[bytes]:
    """The way to an area's report."""
    return Response(b"", status_code=303, headers={"Location": f"/reports/{area.slug}", **PRIVATE})


def answer_unknown(request: AnyRequest, snapshot: Snapshot, text: str, why: str) -> Response[bytes]:
    """The page that says why nothing was found, with every name. Raises NotFound for programs."""
    if wants_page(request.headers.get("accept", "")):
        return answer_find(snapshot, text, why, [], status=404)
    refused = NotFound(why, found=text, allowed=[area.slug for area in list_reported(snapshot)])
    refused.headers.update(PRIVATE)
    raise refused


def answer_find(
    snapshot: Snapshot, text: str, said: str, areas: list[Area], status: int = 200
) -> Response[bytes]:
    """The page of the find box: what was found, and every name."""
    everything: list[Any] = list_choices(list_reported(snapshot))
    answer = answer_scripted(
        "find.html",
        snapshot,
        title="Find your borough",
        status=status,
        text=text,
        said=said,
        choices=list_choices(areas),
        everything=everything,
        names=name_areas(snapshot),
    )
    answer.headers.update(PRIVATE)
    return answer


def name_areas(snapshot: Snapshot) -> list[str]:
    """The names that the find box offers while a person writes."""
    return [area.area_name for area in list_reported(snapshot)]
