"""From points and postcodes to boroughs: reading what was asked, and the rows of the answer."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from api.areas import name_force
from api.errors import BadParameter, NotFound, TooMuch
from api.limits import LOCATE_PLACES
from api.shapes import Shapes
from api.snapshot import Area, Snapshot
from api.wire import PlaceRow
from geo.locate import HOW_NAMES
from geo.postcode import normalise_postcode
from sql.queries import load

NO_POSTCODES = (
    "No file of postcodes is loaded: run `borough load` with a Code-Point file, or ask by lat and lon."
)
EXPECTED = 'Send a JSON list of {"lat": 51.545, "lon": -0.055} or {"postcode": "E8 1EA"}, at most 10,000.'


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place to look up: a point in degrees (WGS 84), or a postcode."""

    lat: float | None = None
    lon: float | None = None
    postcode: str | None = None


def read_query(lat: str | None, lon: str | None, postcode: str | None) -> Place:
    """The place of a query. Raises BadParameter for anything but a whole point or a postcode."""
    if postcode is not None and lat is None and lon is None:
        return check_place(Place(postcode=postcode))
    if postcode is None and lat is not None and lon is not None:
        return check_place(Place(lat=_read_degrees("lat", lat), lon=_read_degrees("lon", lon)))
    raise BadParameter(
        "postcode" if postcode is not None else "lat",
        None,
        ("lat and lon", "postcode"),
        "Give either lat and lon (in degrees) or a postcode, and not both.",
    )


def read_places(body: bytes) -> list[Place]:
    """The places of a bulk request. Raises BadParameter with the first that is wrong, TooMuch."""
    try:
        places = msgspec.json.decode(body, type=list[Place])
    except msgspec.DecodeError as error:
        raise BadParameter("body", None, (), f"The body cannot be read: {error}. {EXPECTED}") from error
    if len(places) > LOCATE_PLACES:
        raise TooMuch(
            f"{len(places):,} places are more than the {LOCATE_PLACES:,} of one request: send several."
        )
    for number, place in enumerate(places):
        try:
            check_place(place)
        except BadParameter as error:
            raise BadParameter(
                error.parameter, error.found, (), f"Place {number}: {error.sentence}"
            ) from error
    return places


def check_place(place: Place) -> Place:
    """The same place. Raises BadParameter where it is neither a whole point on the globe nor a postcode."""
    if place.postcode is not None:
        if place.lat is not None or place.lon is not None:
            raise BadParameter("postcode", place.postcode, (), "Give lat and lon or a postcode, not both.")
        if normalise_postcode(place.postcode) is None:
            raise BadParameter(
                "postcode",
                place.postcode,
                (),
                f"postcode={place.postcode!r} is not a whole postcode: write it like E8 1EA.",
            )
        return place
    for name, degrees, limit in (("lat", place.lat, 90.0), ("lon", place.lon, 180.0)):
        if degrees is None:
            raise BadParameter(name, None, (), f"{name} is missing: give lat and lon, or a postcode.")
        if not abs(degrees) <= limit:
            raise BadParameter(
                name,
                str(degrees),
                (),
                f"{name}={degrees} is not on the globe: give degrees from -{limit:g} to {limit:g}.",
            )
    return place


async def find_postcodes(connection: Any, places: Sequence[Place]) -> dict[str, Mapping[str, Any]]:
    """The stored postcodes among those asked for. Raises NotFound where no postcodes are loaded at all."""
    wanted = {normalise_postcode(place.postcode) for place in places if place.postcode is not None}
    if not wanted:
        return {}
    rows = await connection.fetch(load("api_postcodes"), sorted(name for name in wanted if name))
    if not rows and not await connection.fetchval(load("api_has_postcodes")):
        raise NotFound(NO_POSTCODES)
    return {row["postcode"]: row for row in rows}


async def locate(
    places: Sequence[Place], postcodes: Mapping[str, Mapping[str, Any]], shapes: Shapes, snapshot: Snapshot
) -> list[PlaceRow]:
    """Where each place is, in their order. A postcode that is not known has `placed` none."""
    at = [index for index, place in enumerate(places) if place.postcode is None]
    latitude = np.array([places[index].lat for index in at], dtype=np.float64)
    longitude = np.array([places[index].lon for index in at], dtype=np.float64)
    boroughs, hows = await shapes.place(longitude, latitude) if at else ([], [])
    found = dict(zip(at, zip(boroughs, hows, strict=True), strict=True))
    describe = Describer(snapshot)
    rows = []
    for index, place in enumerate(places):
        if place.postcode is None:
            borough, how = found[index]
            rows.append(describe.row(borough, HOW_NAMES[how], place.lat, place.lon, None))
        else:
            name = normalise_postcode(place.postcode)
            known = postcodes.get(name or "")
            if known is None:
                rows.append(describe.row(0, "none", None, None, name))
            else:
                rows.append(
                    describe.row(known["borough"], "postcode", known["latitude"], known["longitude"], name)
                )
    return rows


class Describer:
    """The borough, its BCU of today, and its force, of each borough number."""

    def __init__(self, snapshot: Snapshot) -> None:
        today = datetime.now(UTC).date()
        self.boroughs = {area.borough: area for area in snapshot.areas.values() if area.borough is not None}
        self.units: dict[int, Area] = {
            member.borough: area
            for area in snapshot.areas.values()
            if area.area_kind == "bcu"
            for member in snapshot.members.get(area.area_code, ())
            if member.valid_from <= today <= member.valid_to
        }

    def row(
        self, borough: int, placed: str, latitude: float | None, longitude: float | None, postcode: str | None
    ) -> PlaceRow:
        """The row of one place."""
        area, unit = self.boroughs.get(borough), self.units.get(borough)
        return PlaceRow(
            latitude=latitude,
            longitude=longitude,
            postcode=postcode,
            placed=placed,
            area_code=area.area_code if area else None,
            area_name=area.area_name if area else None,
            bcu_code=unit.area_code if unit else None,
            bcu_name=unit.area_name if unit else None,
            force=name_force(area.home_force) if area else None,
        )


def _read_degrees(name: str, text: str) -> float:
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees):
        raise BadParameter(
            name, text, (), f"{name}={text!r} is not a number of degrees: write it like 51.545."
        )
    return degrees
