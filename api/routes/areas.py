"""/v1/areas: boroughs, Basic Command Units, forces, and what they add up to."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.areas import describe_area, describe_detail, find_area, pick_kind, read_day
from api.documentation import MapOperation, describe_list, describe_one
from api.parameters import FormatQuery, OnQuery
from api.releases import Releases
from api.respond import MAP, AnyRequest, find_format, respond
from api.shapes import ShapeStore, draw_areas
from api.wire import AreaDetail, AreaRow
from sql.queries import load

HACKNEY = {
    "area_code": "E09000012",
    "area_name": "Hackney",
    "area_kind": "borough",
    "slug": "hackney",
    "met_borough_code": "GD",
    "force": "metropolitan",
    "href": "/v1/areas/hackney",
}
HACKNEY_DETAIL = {
    **HACKNEY,
    "on": "2024-08-31",
    "members": [],
    "part_of": [
        {
            "area_code": "CE",
            "area_name": "Central East",
            "force": None,
            "valid_from": "2018-11-28",
            "valid_to": None,
        }
    ],
    "neighbours": [{"area_code": "E09000014", "area_name": "Haringey", "href": "/v1/areas/haringey"}],
}


class AreaController(Controller):
    """Areas by code or slug."""

    path = "/v1/areas"
    tags = ("Areas",)

    @get(
        operation_id="listAreas",
        summary="Every area",
        description="Boroughs, Basic Command Units, forces, inner and outer London, the Met area, London.",
        operation_class=MapOperation,
        responses=describe_list(AreaRow, HACKNEY, "/v1/areas?kind=borough"),
    )
    async def list_areas(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        kind: Annotated[
            str | None,
            QueryParameter(
                description="Only areas of this kind.",
                examples=[Example(summary="The 12 Basic Command Units", value="bcu")],
            ),
        ] = None,
        on: OnQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The areas in the order of answers; in GeoJSON as they stood on a day."""
        snapshot = releases.snapshot
        areas = pick_kind(snapshot, kind)
        day = read_day(on)
        geometries = {}
        if find_format(request, MAP).is_map:
            async with releases.connection() as connection:
                geometries = await draw_areas(
                    connection, shapes, snapshot, [area.area_code for area in areas], day
                )
        rows = [describe_area(area) for area in areas]
        return await respond(
            request, snapshot, rows, AreaRow, name="areas", offered=MAP, geometries=geometries
        )

    @get(
        "/{area:str}",
        operation_id="getArea",
        summary="One area",
        description="An area by code or slug: its members on a day, what it is part of, its neighbours.",
        operation_class=MapOperation,
        responses=describe_one(AreaDetail, HACKNEY_DETAIL, "/v1/areas/hackney", 404),
    )
    async def get_area(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        area: Annotated[
            str,
            PathParameter(
                description="A code or a slug, in any case.",
                examples=[
                    Example(summary="By slug", value="hackney"),
                    Example(summary="By GSS code", value="E09000012"),
                    Example(summary="A Basic Command Unit", value="CE"),
                ],
            ),
        ],
        on: OnQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """One area with what it is made of."""
        snapshot = releases.snapshot
        found = find_area(snapshot, area)
        day = read_day(on)
        geometries = {}
        near: list[int] = []
        async with releases.connection() as connection:
            if found.borough is not None:
                near = [
                    row["neighbour"] for row in await connection.fetch(load("api_neighbours"), found.borough)
                ]
            if find_format(request, MAP).is_map:
                geometries = await draw_areas(connection, shapes, snapshot, [found.area_code], day)
        row = describe_detail(snapshot, found, day, near)
        values = f"/v1/values?metric=stop_search_rate&area={found.slug}"
        return await respond(
            request,
            snapshot,
            [row],
            AreaDetail,
            name=f"area-{found.slug}",
            offered=MAP,
            is_single=True,
            geometries=geometries,
            links={"values": values},
        )
