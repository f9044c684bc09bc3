"""Makes the shipped tables again from their sources: `python -m geo.make_data TOPOJSON LSOA_CSV…`.

Not used at run time. `geo/data/PROVENANCE.md` names the sources; a test compares the result with what is
shipped.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.areas import load_boroughs, resolve_name
from geo.coverage import Polygons, repair_coverage

DATA = Path(__file__).parent / "data"


def read_topojson(path: Path) -> Polygons:
    """The 33 boroughs of a TopoJSON file whose ids are borough names, repaired, in lon/lat degrees."""
    topology = json.loads(path.read_text("utf-8"))
    (collection,) = topology["objects"].values()
    arcs = [np.cumsum(np.array(arc), axis=0) for arc in topology["arcs"]]
    polygons = np.empty(33, dtype=object)
    for geometry in collection["geometries"]:
        number = resolve_name(geometry["id"])
        if number is None:
            raise ValueError(f"{path.name}: {geometry['id']!r} is not the name of a London borough.")
        nested = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        parts = []
        for rings in nested:
            shell, *holes = (_join_ring(arcs, ring) for ring in rings)
            parts.append(shapely.Polygon(shell, holes))
        polygons[number - 1] = shapely.multipolygons(parts)
    # Repaired on the file's own integer grid, where shared corners are exactly equal, then scaled.
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    repaired = repair_coverage(polygons)
    degrees = shapely.transform(repaired, lambda xy: np.round(xy * scale + shift, 7))
    return np.asarray(degrees, dtype=object)


def write_outline(polygons: Polygons, path: Path) -> None:
    """GeoJSON, one borough a line, coordinates with 7 decimals (a centimetre)."""
    lines = []
    for borough, polygon in zip(load_boroughs(), polygons, strict=True):
        feature = {
            "type": "Feature",
            "properties": {"gss_code": borough.area_code, "name": borough.area_name},
            "geometry": json.loads(shapely.to_geojson(shapely.normalize(polygon))),
        }
        lines.append(json.dumps(feature, separators=(",", ":")))
    body = ",\n".join(lines)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', "utf-8", newline="\n")


def read_runs(paths: Iterable[Path]) -> list[tuple[int, int, int]]:
    """Runs (first, last, borough) of consecutive LSOA numbers in one borough, from ONS look-ups."""
    borough_of: dict[int, int] = {}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            lsoa = next(name for name in columns if name.startswith("LSOA") and name.endswith("CD"))
            lad = next(name for name in columns if name.startswith("LAD") and name.endswith("CD"))
            for row in reader:
                number, borough = int(row[lsoa][1:]), int(row[lad][-2:])
                if borough_of.setdefault(number, borough) != borough:
                    raise ValueError(f"{path.name}: {row[lsoa]} is in two boroughs.")
    runs: list[tuple[int, int, int]] = []
    for number in sorted(borough_of):
        borough = borough_of[number]
        if runs and runs[-1][1] == number - 1 and runs[-1][2] == borough:
            runs[-1] = (runs[-1][0], number, borough)
        else:
            runs.append((number, number, borough))
    return runs


def write_runs(runs: Sequence[tuple[int, int, int]], path: Path) -> None:
    """A CSV of first_code, last_code, borough; codes as integers, E01000001 → 1000001."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("first_code", "last_code", "borough"))
        writer.writerows(runs)


def _join_ring(arcs: Sequence[Any], indexes: Sequence[int]) -> Any:
    pieces = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indexes]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


if __name__ == "__main__":
    write_outline(read_topojson(Path(sys.argv[1])), DATA / "outline.geojson")
    write_runs(read_runs(Path(argument) for argument in sys.argv[2:]), DATA / "lsoa_runs.csv")
