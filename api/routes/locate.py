"""/v1/locate: point or postcode to borough, Basic Command Unit and force."""

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.documentation import BulkOperation, TableOperation, describe_list
from api.errors import NotFound
from api.limits import LOCATE_PLACES
from api.parameters import FormatQuery
from api.places import find_postcodes, locate, read_places, read_query
from api.releases import Releases
from api.respond import AnyRequest, respond
from api.shapes import ShapeStore
from api.wire import PlaceRow

TOWN_HALL = {
    "latitude": 51.5451,
    "longitude": -0.0562,
    "postcode": None,
    "placed": "point",
    "area_code": "E09000012",
    "area_name": "Hackney",
    "bcu_code": "CE",
    "bcu_name": "Central East",
    "force": "metropolitan",
}


class LocateController(Controller):
    """Places."""

    path = "/v1/locate"
    tags = ("Areas",)

    @get(
        operation_id="locate",
        summary="Where a place is",
        description="The borough, Basic Command Unit and force of one point or postcode.",
        operation_class=TableOperation,
        responses=describe_list(PlaceRow, TOWN_HALL, "/v1/locate?lat=51.5451&lon=-0.0562", 404),
    )
    async def locate_one(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        lat: Annotated[
            str | None,
            QueryParameter(
                description="Latitude in degrees, WGS 84.",
                schema_extra={"type": "number", "minimum": -90, "maximum": 90},
                examples=[Example(summary="Hackney Town Hall", value=51.5451)],
            ),
        ] = None,
        lon: Annotated[
            str | None,
            QueryParameter(
                description="Longitude in degrees, WGS 84.",
                schema_extra={"type": "number", "minimum": -180, "maximum": 180},
                examples=[Example(summary="Hackney Town Hall", value=-0.0562)],
            ),
        ] = None,
        postcode: Annotated[
            str | None,
            QueryParameter(
                description="A whole postcode, with or without its space.",
                examples=[Example(summary="Hackney Town Hall", value="E8 1EA")],
            ),
        ] = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The row of one place."""
        snapshot = releases.snapshot
        place = read_query(lat, lon, postcode)
        async with releases.connection() as connection:
            found = await find_postcodes(connection, [place])
            area_shapes = await shapes.find(connection, snapshot)
        if place.postcode is not None and not found:
            raise NotFound(
                f"The postcode {place.postcode!r} is not among London's live postcodes: check it, or ask by "
                "lat and lon.",
                found=place.postcode,
            )
        rows = await locate([place], found, area_shapes, snapshot)
        return await respond(request, snapshot, rows, PlaceRow, name="places", is_dated=False)

    @post(
        operation_id="locateMany",
        summary="Where many places are",
        description=f"Up to {LOCATE_PLACES:,} points and postcodes at once, answered in their order. "
        "An unknown postcode has `placed` none.",
        operation_class=BulkOperation,
        status_code=200,
        responses=describe_list(PlaceRow, TOWN_HALL, "/v1/locate", 413),
    )
    async def locate_many(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The rows of many places."""
        snapshot = releases.snapshot
        places = read_places(await request.body())
        async with releases.connection() as connection:
            found = await find_postcodes(connection, places)
            area_shapes = await shapes.find(connection, snapshot)
        rows = await locate(places, found, area_shapes, snapshot)
        return await respond(request, snapshot, rows, PlaceRow, name="places", is_dated=False)
