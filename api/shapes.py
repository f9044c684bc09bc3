"""The shapes of areas for drawing, and which borough a point is in: both by the boundaries of the served
release.
"""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry

from api.snapshot import Snapshot
from geo.boundary import BoundarySet, load_outline, merge_boroughs
from geo.locate import Placer, place_exact
from sql.queries import load

DECIMALS = 5
# Up to this many points the plain test is quicker than to cut the placer's index, which takes two seconds.
EXACT_UP_TO = 50

Floats = npt.NDArray[np.float64]


class Shapes:
    """The boundaries of one vintage: `display` for drawing, `full` for placing.

    Areas are merged once and kept.
    """

    def __init__(self, vintage: str, display: BoundarySet, full: BoundarySet) -> None:
        self.vintage = vintage
        self.display = display
        self.full = full
        self._drawn: dict[frozenset[int], bytes] = {}
        self._placer: Placer | None = None
        self._lock = asyncio.Lock()
        shapely.prepare(full.polygons)

    def draw(self, boroughs: Iterable[int]) -> bytes | None:
        """The GeoJSON geometry of these boroughs together, rounded to about a metre; None where there are
        none.
        """
        wanted = frozenset(boroughs)
        if not wanted:
            return None
        if wanted not in self._drawn:
            merged = merge_boroughs(self.display, sorted(wanted))
            rounded = shapely.transform(merged, lambda points: np.round(points, DECIMALS))
            self._drawn[wanted] = msgspec.json.encode(shapely.geometry.mapping(rounded))
        return self._drawn[wanted]

    async def place(self, longitude: Floats, latitude: Floats) -> tuple[list[int], list[int]]:
        """Borough and how, as numbers, of each point in degrees."""
        if len(longitude) <= EXACT_UP_TO:
            boroughs, hows = await asyncio.to_thread(place_exact, self.full.polygons, longitude, latitude)
        else:
            async with self._lock:
                if self._placer is None:
                    self._placer = await asyncio.to_thread(Placer.build, self.full.polygons)
            boroughs, hows = await asyncio.to_thread(self._placer.place, longitude, latitude)
        return boroughs.tolist(), hows.tolist()


class ShapeStore:
    """The shapes of the vintage that was asked for last."""

    def __init__(self) -> None:
        self._shapes: Shapes | None = None
        self._lock = asyncio.Lock()

    async def find(self, connection: Any, snapshot: Snapshot) -> Shapes:
        """The shapes of a release.

        A database without boundaries stands on the outline that ships with the project.
        """
        vintage = snapshot.boundary_vintage or "none"
        async with self._lock:
            if self._shapes is None or self._shapes.vintage != vintage:
                display = await _read(connection, vintage, "display")
                full = await _read(connection, vintage, "full")
                outline = load_outline()
                self._shapes = Shapes(vintage, display or full or outline, full or outline)
            return self._shapes


async def draw_areas(
    connection: Any, store: ShapeStore, snapshot: Snapshot, area_codes: Iterable[str], on: date
) -> dict[str, bytes]:
    """Geometries by area code, with the members of that day."""
    shapes = await store.find(connection, snapshot)
    wanted = {code: list_boroughs(snapshot, code, on) for code in area_codes}
    return await asyncio.to_thread(
        lambda: {code: shape for code, boroughs in wanted.items() if (shape := shapes.draw(boroughs))}
    )


def list_boroughs(snapshot: Snapshot, area_code: str, on: date) -> frozenset[int]:
    """The boroughs that make up the ground of an area on a day: of a force, those that it polices."""
    homes = snapshot.home_forces
    return frozenset(
        member.borough
        for member in snapshot.members.get(area_code, ())
        if member.borough > 0
        and member.valid_from <= on <= member.valid_to
        and member.force in (None, homes.get(member.borough))
    )


async def _read(connection: Any, vintage: str, resolution: str) -> BoundarySet | None:
    rows = await connection.fetch(load("api_boundaries"), vintage, resolution)
    if len(rows) != 33:
        return None
    polygons = np.array([shapely.from_geojson(row["geojson"]) for row in rows], dtype=object)
    return BoundarySet(vintage, rows[0]["source"], rows[0]["resolution"], polygons)
