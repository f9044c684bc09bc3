"""What the sample tests share: its files as text, and ways to a borough that are not the generator's."""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from etl.sample import write_sample
from geo.areas import DATA
from geo.boundary import load_outline

MET, CITY = "metropolitan", "city-of-london"
STOPS, STREET, OUTCOMES = "stop-and-search", "street", "outcomes"

ALL_MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)][8:32]
UNTIL_2024_01, SINCE_2024_02 = ALL_MONTHS[:17], ALL_MONTHS[17:]


class Sample:
    """The files of a sample, read as text, by force, kind and month."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._frames: dict[tuple[str, str, str], pl.DataFrame] = {}

    def path(self, force: str, kind: str, month: str) -> Path:
        return self.folder / month / f"{month}-{force}-{kind}.csv"

    def month(self, force: str, kind: str, month: str) -> pl.DataFrame:
        return pl.read_csv(self.path(force, kind, month), infer_schema=False)

    def all(self, force: str, kind: str, months: list[str] = ALL_MONTHS) -> pl.DataFrame:
        """The rows of several months, with the month of the file in `file`."""
        return pl.concat([self._read(force, kind, month) for month in months])

    def _read(self, force: str, kind: str, month: str) -> pl.DataFrame:
        key = (force, kind, month)
        if key not in self._frames:
            self._frames[key] = self.month(*key).with_columns(file=pl.lit(month))
        return self._frames[key]


def write_whole(factory: pytest.TempPathFactory) -> Sample:
    """The sample as `borough sample` writes it, once for all test modules."""
    folder = factory.getbasetemp() / "sample-whole"
    if not folder.exists():
        write_sample(folder)
    return Sample(folder)


def count(frame: pl.DataFrame, *conditions: pl.Expr) -> int:
    return frame.filter(*conditions).height


def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return count(frame, condition) / frame.height


def outline() -> list[shapely.Geometry]:
    """The polygon of each borough, by number from 1."""
    return list(load_outline().polygons)


def find_boroughs(rows: pl.DataFrame) -> pl.Series:
    """Borough number of each row's point by testing every polygon; 0 for no point, -1 for none of them."""
    lon, lat = (rows[column].cast(pl.Float64).to_numpy() for column in ("Longitude", "Latitude"))
    found = np.where(np.isnan(lon), 0, -1)
    for number, polygon in enumerate(outline(), start=1):
        shapely.prepare(polygon)
        found[shapely.contains_xy(polygon, lon, lat)] = number
    return pl.Series(found, dtype=pl.Int64)


@cache
def lsoa_boroughs() -> dict[str, int]:
    """LSOA code to borough number, code by code."""
    runs = pl.read_csv(DATA / "lsoa_runs.csv")
    return {
        f"E0{code}": borough
        for first, last, borough in runs.select("first_code", "last_code", "borough").iter_rows()
        for code in range(first, last + 1)
    }
