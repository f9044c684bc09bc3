"""Borough boundaries: the shipped outline, files of any resolution, GeoJSON, simplified sets for display.

Every set is a valid coverage in lon/lat (EPSG:4326): boroughs meet along identical segments, without
overlaps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.areas import DATA, borough_of_gss, load_boroughs, resolve_name
from geo.coverage import (
    Polygons,
    find_edges,
    find_pairs,
    from_metres,
    keep_polygons,
    repair_coverage,
    to_metres,
)

if TYPE_CHECKING:
    import geopandas

ALLOWED = (
    "Give a GeoPackage, GeoJSON or (zipped) shapefile of the 33 London boroughs in EPSG:27700 or EPSG:4326."
)
# A repair may move this share of a borough's ground; more is another drawing, not a repair.
MAX_CHANGE = 0.01
# West, south, east, north of any plausible set of London boroughs, in degrees and in British National Grid
# metres.
LONDON_DEGREES = (-0.7, 51.2, 0.5, 51.8)
LONDON_METRES = (490_000.0, 145_000.0, 575_000.0, 210_000.0)


class BoundaryError(ValueError):
    """A boundary file that cannot be used; the message says why and what to give instead."""


@dataclass(frozen=True, slots=True)
class BoundarySet:
    """The 33 boroughs. `polygons`: object[33] of shapely geometries in lon/lat degrees, index = borough
    number - 1.

    `vintage` names the file and the first 12 digits of its SHA-256; `resolution` is a label for people.
    """

    vintage: str
    source: str
    resolution: str
    polygons: Polygons


@cache
def load_outline() -> BoundarySet:
    """The generalised outline that ships with the project, so that it works offline."""
    data = (DATA / "outline.geojson").read_bytes()
    polygons = _collect(json.loads(data))
    return BoundarySet(
        vintage=f"outline-vega-datasets-3.2.1@{hashlib.sha256(data).hexdigest()[:12]}",
        source="Contains OS data © Crown copyright and database right (OGL); vega-datasets 3.2.1 (BSD-3)",
        resolution=f"generalised outline, {_count_vertices(polygons):,} vertices",
        polygons=polygons,
    )


def read_boundary_file(path: Path) -> BoundarySet:
    """Read the London boroughs of a GeoPackage, GeoJSON, shapefile or zipped shapefile.

    The column of GSS codes is found by its content, else a column of names. Other districts in the file are
    passed over. Raises BoundaryError where boroughs are missing, duplicated, elsewhere, or broken beyond
    repair.
    """
    frame = _read_frame(path)
    numbers = _find_numbers(frame, path.name)
    geometries = _to_degrees(frame.loc[numbers.index], path.name)
    polygons = np.empty(33, dtype=object)
    for number, geometry in zip(numbers.astype(int), shapely.force_2d(geometries), strict=True):
        polygons[number - 1] = keep_polygons(geometry)
    polygons = _repair(polygons, path.name)
    return BoundarySet(
        vintage=f"{path.stem}@{_hash_file(path)[:12]}",
        source=path.name,
        resolution=f"{_count_vertices(polygons):,} vertices",
        polygons=polygons,
    )


def to_geojson(boundaries: BoundarySet, decimals: int | None = None) -> dict[str, Any]:
    """A FeatureCollection to store or serve; without `decimals` the coordinates are exact."""
    features = []
    for area, polygon in zip(load_boroughs(), boundaries.polygons, strict=True):
        shown = polygon if decimals is None else shapely.transform(polygon, lambda xy: np.round(xy, decimals))
        properties = {"gss_code": area.area_code, "name": area.area_name, "borough": area.borough}
        geometry = json.loads(shapely.to_geojson(shown))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {
        "type": "FeatureCollection",
        "vintage": boundaries.vintage,
        "source": boundaries.source,
        "resolution": boundaries.resolution,
        "features": features,
    }


def from_geojson(document: Mapping[str, Any] | str | bytes) -> BoundarySet:
    """The set that `to_geojson` wrote, from a decoded document or its text."""
    collection = json.loads(document) if isinstance(document, str | bytes) else document
    labels = {key: str(collection[key]) for key in ("vintage", "source", "resolution")}
    return BoundarySet(polygons=_collect(collection), **labels)


def simplify_for_display(boundaries: BoundarySet, tolerance_m: float) -> BoundarySet:
    """A coarser set for maps, not for placing; shared borders move together, so no slivers open."""
    simple = from_metres(shapely.coverage_simplify(to_metres(boundaries.polygons), tolerance_m))
    return BoundarySet(
        vintage=boundaries.vintage,
        source=boundaries.source,
        resolution=f"{boundaries.resolution}, simplified to {tolerance_m:g} m",
        polygons=simple,
    )


def merge_boroughs(boundaries: BoundarySet, boroughs: Iterable[int]) -> Any:
    """One shapely geometry for an area made of these borough numbers (a BCU, the Met area, London)."""
    return shapely.coverage_union_all(boundaries.polygons[[number - 1 for number in boroughs]])


def neighbours(boundaries: BoundarySet) -> dict[int, tuple[int, ...]]:
    """The boroughs that share an edge with each borough; a shared corner is not enough.

    In files where boroughs run to the middle of the Thames, those that face each other across it are
    neighbours; in the shipped outline, which leaves the river out, they are not.
    """
    pairs = find_pairs(find_edges(boundaries.polygons))
    return {
        number: tuple(sorted({a + b - number for a, b in pairs if number in (a, b)}))
        for number in range(1, 34)
    }


def _read_frame(path: Path) -> geopandas.GeoDataFrame:
    """The layer of the file with the most London boroughs; a file may have several layers."""
    import geopandas
    import pyogrio

    if not path.is_file():
        raise BoundaryError(f"{path.name}: there is no such file. {ALLOWED}")
    try:
        # A GeoJSON that mixes Polygon and MultiPolygon has a layer of kind "Unknown".
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind and not _is_thin(kind)]
        frames = [geopandas.read_file(path, layer=layer) for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        raise BoundaryError(f"{path.name} could not be read as a boundary file. {ALLOWED}") from error
    if not frames:
        raise BoundaryError(f"{path.name} has no layer of polygons. {ALLOWED}")
    return max(frames, key=lambda frame: max((len(set(found)) for found in _scan(frame)), default=0))


def _is_thin(kind: str) -> bool:
    return "Point" in kind or "LineString" in kind


def _scan(frame: geopandas.GeoDataFrame) -> list[Any]:
    """The borough numbers in each text column, by code and then by name, without the rows that have none."""
    columns = [frame[name] for name in frame.columns if name != frame.geometry.name]
    texts = [column for column in columns if column.map(lambda value: isinstance(value, str)).any()]
    readers = [(borough_of_gss, text) for text in texts] + [(resolve_name, text) for text in texts]
    return [
        text.map(lambda value, read=reader: read(value) if isinstance(value, str) else None).dropna()
        for reader, text in readers
    ]


def _find_numbers(frame: geopandas.GeoDataFrame, name: str) -> Any:
    """Borough numbers by row label, from the column that knows most boroughs, codes before names."""
    scans = _scan(frame)
    best = max(scans, key=lambda found: len(set(found)), default=None)
    if best is None or best.empty:
        raise BoundaryError(f"{name} has no column of GSS codes (E09000001 …) or borough names. {ALLOWED}")
    names = [area.area_name for area in load_boroughs()]
    missing = [names[number - 1] for number in range(1, 34) if number not in set(best)]
    if missing:
        raise BoundaryError(f"{name} lacks {len(missing)} of 33 boroughs: {', '.join(missing)}. {ALLOWED}")
    twice = sorted({names[int(number) - 1] for number in best[best.duplicated()]})
    if twice:
        raise BoundaryError(
            f"{name} has more than one row for {', '.join(twice)}; dissolve them to one row each."
        )
    return best


def _to_degrees(frame: geopandas.GeoDataFrame, name: str) -> Any:
    # PROJ as installed from PyPI has no OSTN15 grid and uses a Helmert transformation: over London it is 1.3
    # to 2.1 m off (1.7 m west, 0.1 m south at Ordnance Survey's test point TP09 in Lambeth). Of 180,792
    # postcodes placed in the full-resolution file 5 are wrong so, and 4 with OSTN15 points: the grid would
    # change nothing that is published.
    if frame.crs is None:
        west, south, east, north = frame.total_bounds
        frame = frame.set_crs(27700 if _is_within((west, south, east, north), LONDON_METRES) else 4326)
    elif not (frame.crs.is_geographic or frame.crs.is_projected):
        raise BoundaryError(f"{name} has a coordinate system that is not on the ground. {ALLOWED}")
    if frame.geometry.is_empty.any() or (shapely.get_dimensions(frame.geometry.to_numpy()) != 2).any():
        raise BoundaryError(f"{name} has a borough without a shape. {ALLOWED}")
    degrees = frame.to_crs(4326)
    if not _is_within(degrees.total_bounds, LONDON_DEGREES):
        raise BoundaryError(
            f"{name} has boroughs outside London once in degrees; its coordinate system is mislabelled."
        )
    return degrees.geometry.to_numpy()


def _is_within(bounds: Any, limits: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return bool(west >= limits[0] and south >= limits[1] and east <= limits[2] and north <= limits[3])


def _repair(polygons: Polygons, name: str) -> Polygons:
    before = shapely.area(shapely.make_valid(polygons))
    repaired = repair_coverage(polygons)
    is_changed = ~(np.abs(shapely.area(repaired) - before) <= MAX_CHANGE * before)
    is_broken = is_changed | ~shapely.is_valid(repaired) | shapely.is_empty(repaired)
    if is_broken.any() or not shapely.coverage_is_valid(repaired):
        which = [area.area_name for area, broken in zip(load_boroughs(), is_broken, strict=True) if broken]
        raise BoundaryError(
            f"{name} has shapes that overlap or cross beyond repair: {', '.join(which) or 'all'}. {ALLOWED}"
        )
    return repaired


def _collect(collection: Mapping[str, Any]) -> Polygons:
    polygons = np.empty(33, dtype=object)
    for feature in collection["features"]:
        number = borough_of_gss(feature["properties"]["gss_code"])
        assert number is not None
        polygons[number - 1] = shapely.from_geojson(json.dumps(feature["geometry"]))
    return polygons


def _count_vertices(polygons: Polygons) -> int:
    return int(shapely.get_num_coordinates(polygons).sum())


def _hash_file(path: Path) -> str:
    """SHA-256 of the file; of a shapefile's table too, which says which shape is which borough."""
    digest = hashlib.sha256(path.read_bytes())
    table = path.with_suffix(".dbf")
    if path.suffix.lower() == ".shp" and table.exists():
        digest.update(table.read_bytes())
    return digest.hexdigest()
