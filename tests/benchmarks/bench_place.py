"""Placing against `geopandas.sjoin` on the same points: `python -m tests.benchmarks.bench_place`.

Real stop points where ../shared/data is there, else generated ones over the same ground. One process; each
round runs both, one after the other, and the ratio is the median of the rounds' ratios. The peer has its best
case: its points are made before the clock starts, and it joins by "within", for which geopandas prepares the
boroughs; "intersects" from points to boroughs is several times slower.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import polars as pl
import shapely

from geo.boundary import BoundarySet, load_outline, read_boundary_file
from geo.locate import NONE, Placer, open_placer

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
ROUNDS = 5


def measure() -> dict[str, Any]:
    """Rates in points a second, times in seconds.

    `differences` counts points for which the two name different boroughs; `joined_nowhere` those that the
    join puts in none (outside London, or on its edge, where we give the nearest within 50 m).
    """
    boundaries = load_boundaries()
    lon, lat, are_real = load_points()
    with tempfile.TemporaryDirectory() as folder:
        build_seconds = _time(lambda: Placer.build(boundaries.polygons))
        path = Path(folder) / f"{open_placer(boundaries.polygons, Path(folder)).boundary_sha256}.placer"
        load_seconds = statistics.median(_time(lambda: Placer.load(path)) for _ in range(ROUNDS))
        placer = Placer.load(path)
    boroughs = geopandas.GeoDataFrame({"borough": range(1, 34)}, geometry=boundaries.polygons, crs=4326)
    geometry = shapely.points(lon, lat)

    def make_points() -> geopandas.GeoDataFrame:
        # A new frame each round: geopandas keeps the spatial index of one that it has joined before.
        return geopandas.GeoDataFrame(geometry=geometry.copy(), crs=4326)

    def join(points: geopandas.GeoDataFrame) -> Any:
        return geopandas.sjoin(points, boroughs, how="left", predicate="within")

    placer.place(lon, lat)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_time(lambda: placer.place(lon, lat)))
        points = make_points()
        theirs.append(_time(partial(join, points)))
    joined = join(make_points())["borough"].groupby(level=0).min().to_numpy()
    borough, how = placer.place(lon, lat)
    assert not (how == NONE).any()
    return {
        "boundary": boundaries.vintage,
        "points": len(lon),
        "are_real": are_real,
        "placer_points_per_second": len(lon) / statistics.median(ours),
        "sjoin_points_per_second": len(lon) / statistics.median(theirs),
        "ratio": statistics.median(peer / own for own, peer in zip(ours, theirs, strict=True)),
        "build_seconds": build_seconds,
        "load_seconds": load_seconds,
        "differences": int((borough[~np.isnan(joined)] != joined[~np.isnan(joined)]).sum()),
        "joined_nowhere": int(np.isnan(joined).sum()),
    }


def load_boundaries() -> BoundarySet:
    """The full-resolution boroughs where they are, else the outline."""
    path = SHARED / "geo" / "london_boroughs_gla_datastore.gpkg"
    return read_boundary_file(path) if path.is_file() else load_outline()


def load_points() -> tuple[np.ndarray, np.ndarray, bool]:
    """Longitude and latitude of located stops, and whether they are real."""
    frames = []
    for path in sorted((SHARED / "police" / "whole").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith("-stop-and-search.csv"):
                    columns = ["Longitude", "Latitude"]
                    frames.append(pl.read_csv(archive.read(name), columns=columns, infer_schema=False))
    if frames:
        table = pl.concat(frames).cast(pl.Float64).drop_nulls()
        return table["Longitude"].to_numpy().copy(), table["Latitude"].to_numpy().copy(), True
    random = np.random.default_rng(20240831)
    return random.normal(-0.11, 0.12, 250_000), random.normal(51.51, 0.06, 250_000), False


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    result = measure()
    for key, value in result.items():
        print(f"{key:26} {value:,.4g}" if isinstance(value, float) else f"{key:26} {value}")
    print(f"placing is {result['ratio']:.0f} times geopandas.sjoin (floor 10, aim 30)")
