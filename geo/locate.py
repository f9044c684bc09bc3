"""Point to borough, exactly and millions a second; LSOA before point where the publisher gives one.

The rule, in `place_exact`: a point belongs to the lowest-numbered borough whose closed polygon it intersects;
outside all, to the nearest within 50 m; else it is outside London. `Placer.place` gives the same answers from
the quadtree.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage import METRES_PER_LAT, METRES_PER_LON, Floats, Polygons, to_metres
from geo.lsoa import borough_of_lsoa, lsoa_numbers, place_lsoa
from geo.placer_file import PlacerFileError, read_cells, write_cells
from geo.quadtree import (
    CLASS,
    COARSE_BITS,
    FAR,
    FINE_BITS,
    NEAR,
    NEAREST_M,
    Cells,
    Codes,
    cut_cells,
    decide_candidates,
)

__all__ = [
    "BY_LSOA",
    "BY_NEAREST",
    "BY_POINT",
    "HOW_NAMES",
    "NONE",
    "OUTSIDE",
    "Placement",
    "Placer",
    "PlacerFileError",
    "borough_of_lsoa",
    "hash_boundary",
    "lsoa_numbers",
    "open_placer",
    "place_events",
    "place_exact",
    "place_lsoa",
]

BY_POINT, BY_LSOA, BY_NEAREST, OUTSIDE, NONE = range(1, 6)
HOW_NAMES = {BY_POINT: "point", BY_LSOA: "lsoa", BY_NEAREST: "nearest", OUTSIDE: "outside", NONE: "none"}
# GEOS builds the index of a prepared geometry when it is first asked, and two threads that ask at once corrupt memory.
_GEOMETRIES = threading.Lock()
CHUNK = 1 << 16  # points at a time, so that the arrays of one step stay in the processor's cache

Boroughs = npt.NDArray[np.int16]
Hows = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Placement:
    """`borough` int16[n]; `how` uint8[n]; `disagreements` int64[34].

    A disagreement is an event whose LSOA and point name different places; counted by the LSOA's borough,
    index 0 for an LSOA outside London.
    """

    borough: Boroughs
    how: Hows
    disagreements: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placer:
    """Places points in one set of boundaries. Threads may share it: their turns at the geometries are kept apart."""

    boundary_sha256: str
    polygons: Polygons
    cells: Cells
    metric: Polygons
    tree: Any

    @classmethod
    def build(cls, polygons: Polygons) -> Self:
        """Cut the index. `polygons`: 33 lon/lat polygons, index = borough number - 1, a valid coverage.

        Raises ValueError with a sentence where they are not.
        """
        _check(polygons)
        shapely.prepare(polygons)
        return cls._assemble(hash_boundary(polygons), polygons, cut_cells(polygons))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an index that `save` wrote. Raises PlacerFileError where it is damaged or not an index."""
        digest, polygons, cells = read_cells(path)
        if hash_boundary(polygons) != digest:
            raise PlacerFileError(
                f"{path.name} does not hold the boundary that it names; delete it and load again."
            )
        shapely.prepare(polygons)
        return cls._assemble(digest, polygons, cells)

    def save(self, path: Path) -> None:
        """Write the index whole or not at all: a reader sees the old file or the new one."""
        write_cells(path, self.boundary_sha256, self.polygons, self.cells)

    def place(self, lon: Floats, lat: Floats) -> tuple[Boroughs, Hows]:
        """float64[n], float64[n] in degrees → borough int16[n], how uint8[n]; NaN gives (0, NONE)."""
        codes = np.empty(len(lon), dtype=np.uint16)
        for start in range(0, len(lon), CHUNK):
            part = slice(start, start + CHUNK)
            codes[part] = self._look_up(lon[part], lat[part])
        borough, how = _BOROUGH_OF_CODE[codes], _HOW_OF_CODE[codes]
        undecided = np.flatnonzero(codes >= NEAR)
        if len(undecided):
            x, y, code = lon[undecided], lat[undecided], codes[undecided]
            found = np.zeros(len(undecided), dtype=np.int64)
            is_edge = code >= CLASS
            masks = self.cells.masks[code[is_edge] - CLASS]
            with _GEOMETRIES:
                found[is_edge] = decide_candidates(self.polygons, x[is_edge], y[is_edge], masks)
                borough[undecided], how[undecided] = found, BY_POINT
                _place_nearest(self, x, y, undecided, found, borough, how)
        nowhere = np.flatnonzero(how == OUTSIDE)
        blank = nowhere[~(np.isfinite(lon[nowhere]) & np.isfinite(lat[nowhere]))]
        borough[blank], how[blank] = 0, NONE
        return borough, how

    def _look_up(self, lon: Floats, lat: Floats) -> Codes:
        n, bits = 1 << COARSE_BITS, FINE_BITS
        with np.errstate(over="ignore"):
            column = (lon - self.cells.origin[0]) * self.cells.scale[0]
            row = (lat - self.cells.origin[1]) * self.cells.scale[1]
        size = float(n << bits)
        is_inside = (column >= 0.0) & (column < size) & (row >= 0.0) & (row < size)
        is_whole = bool(is_inside.all())
        if not is_whole:
            column, row = np.where(is_inside, column, 0.0), np.where(is_inside, row, 0.0)
        i, j = column.astype(np.int32), row.astype(np.int32)
        codes: Codes = self.cells.coarse[((j >> bits) << COARSE_BITS) | (i >> bits)]
        cut = np.flatnonzero(codes >= CLASS)
        mask = (1 << bits) - 1
        block = codes[cut].astype(np.int32) - CLASS
        codes[cut] = self.cells.fine[(block << 2 * bits) | ((j[cut] & mask) << bits) | (i[cut] & mask)]
        if not is_whole:
            codes[~is_inside] = FAR
        return codes

    @classmethod
    def _assemble(cls, digest: str, polygons: Polygons, cells: Cells) -> Self:
        metric = to_metres(polygons)
        shapely.prepare(metric)
        return cls(digest, polygons, cells, metric, shapely.STRtree(metric))


def open_placer(polygons: Polygons, folder: Path) -> Placer:
    """The placer of these boundaries: from its index in `folder` if that is sound, else built and saved."""
    digest = hash_boundary(polygons)
    path = folder / f"{digest}.placer"
    try:
        placer = Placer.load(path)
        if placer.boundary_sha256 == digest:
            return placer
    except (OSError, PlacerFileError):
        pass
    placer = Placer.build(polygons)
    folder.mkdir(parents=True, exist_ok=True)
    placer.save(path)
    return placer


def hash_boundary(polygons: Polygons) -> str:
    """SHA-256 (hex) of the polygons' exact coordinates in the order of the boroughs."""
    return hashlib.sha256(b"".join(shapely.to_wkb(polygons, byte_order=1, output_dimension=2))).hexdigest()


def place_exact(polygons: Polygons, lon: Floats, lat: Floats) -> tuple[Boroughs, Hows]:
    """The reference that `Placer.place` equals: every point against every polygon, no index."""
    borough = np.zeros(len(lon), dtype=np.int16)
    for number in range(len(polygons), 0, -1):
        borough[shapely.intersects_xy(polygons[number - 1], lon, lat)] = number
    how = np.full(len(lon), BY_POINT, dtype=np.uint8)
    metric = to_metres(polygons)
    for index in np.flatnonzero(borough == 0):
        if not (np.isfinite(lon[index]) and np.isfinite(lat[index])):
            how[index] = NONE
            continue
        point = shapely.Point(lon[index] * METRES_PER_LON, lat[index] * METRES_PER_LAT)
        distances = shapely.distance(metric, point)
        is_near = distances.min() <= NEAREST_M
        borough[index] = int(np.argmin(distances)) + 1 if is_near else -1
        how[index] = BY_NEAREST if is_near else OUTSIDE
    return borough, how


def place_events(
    placer: Placer, lon: Floats, lat: Floats, lsoa: npt.NDArray[np.int32] | None = None
) -> Placement:
    """Place events: the publisher's LSOA decides where there is one, else the point.

    `lon`, `lat` float64[n] degrees, NaN where blank; `lsoa` int32[n], 0 where blank, None where the file has
    none.
    """
    borough, how = placer.place(lon, lat)
    disagreements = np.zeros(34, dtype=np.int64)
    if lsoa is None:
        return Placement(borough, how, disagreements)
    by_lsoa = place_lsoa(lsoa)
    is_coded = by_lsoa != 0
    differs = is_coded & (how != NONE) & (borough != by_lsoa)
    disagreements += np.bincount(np.maximum(by_lsoa[differs], 0), minlength=34)
    borough = np.where(is_coded, by_lsoa, borough)
    how = np.where(is_coded, np.where(by_lsoa > 0, BY_LSOA, OUTSIDE), how).astype(np.uint8)
    return Placement(borough, how, disagreements)


def _place_nearest(
    placer: Placer,
    x: Floats,
    y: Floats,
    at: npt.NDArray[np.intp],
    found: npt.NDArray[np.int64],
    borough: Boroughs,
    how: Hows,
) -> None:
    """Give points in no polygon to the nearest borough within 50 m, the lowest of equally near ones."""
    lost = np.flatnonzero(found == 0)
    if not len(lost):
        return
    borough[at[lost]], how[at[lost]] = -1, OUTSIDE
    east, north = x[lost] * METRES_PER_LON, y[lost] * METRES_PER_LAT
    points = shapely.points(east, north)
    # By boxes, by the prepared polygons, then exactly; the first two reach a little further than 50 m, so
    # that their rounding cannot lose a point that is at 50 m exactly.
    reach = NEAREST_M * (1 + 1e-6)
    boxes = shapely.box(east - reach, north - reach, east + reach, north + reach)
    point, polygon = placer.tree.query(boxes)
    is_near = shapely.dwithin(placer.metric[polygon], points[point], reach)
    point, polygon = point[is_near], polygon[is_near]
    distance = shapely.distance(placer.metric[polygon], points[point])
    order = np.lexsort((polygon, distance, point))
    order = order[distance[order] <= NEAREST_M]
    nearest = order[np.unique(point[order], return_index=True)[1]]
    borough[at[lost[point[nearest]]]] = polygon[nearest] + 1
    how[at[lost[point[nearest]]]] = BY_NEAREST


def _check(polygons: Polygons) -> None:
    if len(polygons) != 33:
        raise ValueError(f"A placer needs the polygons of 33 boroughs in order; {len(polygons)} were given.")
    if not (shapely.is_valid(polygons).all() and shapely.coverage_is_valid(polygons)):
        raise ValueError(
            "The boroughs overlap or their edges do not match; read them with read_boundary_file."
        )


_BOROUGH_OF_CODE = np.zeros(256, dtype=np.int16)
_BOROUGH_OF_CODE[1:FAR] = np.arange(1, FAR)
_BOROUGH_OF_CODE[FAR] = -1
_HOW_OF_CODE = np.full(256, BY_POINT, dtype=np.uint8)
_HOW_OF_CODE[FAR] = OUTSIDE
