"""Edges of a coverage: which boroughs share which boundary segment, and the repair of broken coverages.

A coverage is an array of 33 polygons, index = borough number - 1, that meet along identical segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Polygons = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

# Metres in a degree of longitude and of latitude on WGS84 at 51.5° N, the middle of London. Over London's
# 0.4° of latitude the first is wrong by at most 0.5%, which is a quarter of a metre in the 50 m of the
# nearest-borough rule.
METRES_PER_LON = 69_440.0
METRES_PER_LAT = 111_265.0
# A hole between boroughs smaller than this is a drawing error, not open water (one hectare).
MAX_GAP_M2 = 10_000.0


@dataclass(frozen=True, slots=True)
class Edges:
    """Undirected boundary segments, each once.

    `segments` float64[n, 4] (x0, y0, x1, y1); `owners` uint64[n], bit b set where borough b has the segment;
    `is_outer` bool[n], true where not exactly two boroughs share it.
    """

    segments: Floats
    owners: npt.NDArray[np.uint64]
    is_outer: npt.NDArray[np.bool_]


def to_metres(geometries: Any) -> Any:
    """Lon/lat geometries on a local plane in metres (equirectangular at 51.5° N; for short distances)."""
    return shapely.transform(geometries, lambda xy: xy * (METRES_PER_LON, METRES_PER_LAT))


def from_metres(geometries: Any) -> Any:
    """The inverse of `to_metres`."""
    return shapely.transform(geometries, lambda xy: xy / (METRES_PER_LON, METRES_PER_LAT))


def find_edges(polygons: Polygons) -> Edges:
    """Every boundary segment of the coverage once, with the boroughs that own it."""
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    joined = point_ring[1:] == point_ring[:-1]
    start, end = points[:-1][joined], points[1:][joined]
    owner = (part_owner[ring_part[point_ring[1:][joined]]] + 1).astype(np.uint64)
    has_length = (start != end).any(axis=1)
    start, end, owner = start[has_length], end[has_length], owner[has_length]
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[backwards], end[backwards] = end[backwards].copy(), start[backwards].copy()
    rows = np.hstack([start, end])
    order = np.lexsort(rows.T[::-1])
    rows, owner = rows[order], owner[order]
    is_first = np.r_[True, (rows[1:] != rows[:-1]).any(axis=1)]
    first = np.flatnonzero(is_first)
    owners = np.bitwise_or.reduceat(np.uint64(1) << owner, first)
    return Edges(rows[first], owners, np.bitwise_count(owners) != 2)


def find_pairs(edges: Edges) -> tuple[tuple[int, int], ...]:
    """Pairs of borough numbers (low, high) that share at least one edge; a shared corner is not enough."""
    pairs = []
    for mask in np.unique(edges.owners[~edges.is_outer]):
        low, high = (bit for bit in range(64) if int(mask) >> bit & 1)
        pairs.append((low, high))
    return tuple(sorted(pairs))


def keep_polygons(geometry: Any) -> Any:
    """The polygons of a geometry, as one; the lines and points that a repair leaves are dropped."""
    parts = shapely.get_parts(geometry)
    nested = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    return nested[0] if len(nested) == 1 else shapely.multipolygons(nested)


def repair_coverage(polygons: Polygons) -> Polygons:
    """A valid coverage near to the given polygons.

    All lines are noded together and cut the plane into faces; a face goes to the lowest borough that covers
    it; an enclosed face under a hectare that nobody covers goes to the neighbour with the longest shared
    border. A valid coverage comes back unchanged.
    """
    if bool(shapely.is_valid(polygons).all()) and bool(shapely.coverage_is_valid(polygons)):
        return polygons
    valid = np.array([keep_polygons(shapely.make_valid(polygon)) for polygon in polygons], dtype=object)
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(shapely.boundary(valid))]))
    inside = shapely.point_on_surface(faces)
    owner = np.zeros(len(faces), dtype=np.int64)
    for number in range(len(valid), 0, -1):
        owner[shapely.intersects(valid[number - 1], inside)] = number
    for face in np.flatnonzero(owner == 0):
        if shapely.area(to_metres(faces[face])) < MAX_GAP_M2:
            shared = shapely.length(
                shapely.intersection(shapely.boundary(faces), shapely.boundary(faces[face]))
            )
            shared[owner == 0] = 0.0
            owner[face] = owner[int(np.argmax(shared))]
    repaired = [shapely.coverage_union_all(faces[owner == number]) for number in range(1, len(valid) + 1)]
    return np.array([keep_polygons(polygon) for polygon in repaired], dtype=object)
