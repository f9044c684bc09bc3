"""Fixtures of the geo tests. Real files are found beside the project; tests that need them skip otherwise."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from geo.boundary import BoundarySet, load_outline, read_boundary_file
from geo.locate import Placer

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def outline() -> BoundarySet:
    return load_outline()


@pytest.fixture(scope="session")
def full(shared: Path) -> BoundarySet:
    return read_boundary_file(shared / "geo" / "london_boroughs_gla_datastore.gpkg")


@pytest.fixture(scope="session")
def outline_placer(outline: BoundarySet) -> Placer:
    return Placer.build(outline.polygons)


@pytest.fixture(scope="session")
def full_placer(full: BoundarySet) -> Placer:
    return Placer.build(full.polygons)


@pytest.fixture(scope="session")
def stop_points(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of every real stop, NaN where the Met left them blank."""
    columns = ["Longitude", "Latitude"]
    frames = []
    for path in sorted((shared / "police").glob("[wa]*/*.zip")):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith("-stop-and-search.csv")]
            files = [archive.read(name) for name in names]
        frames += [pl.read_csv(file, columns=columns, infer_schema=False) for file in files]
    table = pl.concat(frames).cast(pl.Float64).fill_null(float("nan"))
    return table["Longitude"].to_numpy().copy(), table["Latitude"].to_numpy().copy()
