"""Where sample events happen: a fixed set of anonymised map points for each borough.

As in the publisher's files, an event is put on one of a limited number of points, each with the name of a
street or a kind of place, an LSOA code and an LSOA name. Points are drawn inside the shipped outline of
the borough. LSOA codes are real codes of the borough; which point has which, the numbers in the LSOA
names and the street names are invented.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from etl.sample.draws import Draws, Integers
from etl.sample.profile import BOROUGHS
from geo.areas import DATA
from geo.boundary import load_outline

__all__ = ["POINTS_PER_BOROUGH", "Places", "load_places", "make_places"]

POINTS_PER_BOROUGH = 400

_STREAM = 1
_FIRST_WORDS = (
    "Acacia Albert Almond Amber Baker Beech Bramble Bridge Canal Castle Cedar Chapel Church Clifton "
    "College Copper Crown Dane Drapers Elm Falcon Farm Ferry Garden George Grange Green Grove Hawthorn "
    "Hazel Heath Hill Holly Ivy Juniper King's Lark Laurel Lime London Manor Maple Market Meadow Mill "
    "North Oak Orchard Park Pear Poplar Priory Queen's Regent River Rose Rowan School South Spring "
    "Station Sycamore Thorn Tower Vicarage Victoria Walnut Wellington West Willow Windsor York"
)
_SECOND_WORDS = (
    "Road Road Road Street Street Avenue Close Gardens Lane Way Terrace Mews Drive Crescent Place Square"
)
_KINDS = (
    "Supermarket",
    "Parking Area",
    "Shopping Area",
    "Petrol Station",
    "Further/Higher Educational Building",
    "Theatre/Concert Hall",
    "Nightclub",
    "Sports/Recreation Area",
    "Hospital",
    "Park/Open Space",
    "Bus/Coach Station",
    "Police Station",
)

#: Places outside London that Met and City files mention: rows like these stand in real months (2023-06,
#: 2024-03).
_FAR = (
    ("-1.898575", "52.477100", "On or near Canal Street", "E01033620", "Birmingham 138A"),
    ("-2.431000", "53.577000", "On or near Chapel Street", "E01004800", "Bolton 016E"),
    ("0.105200", "51.672300", "On or near Forest Way", "E01021800", "Epping Forest 009A"),
    ("-0.362400", "51.379800", "On or near Mill Road", "E01030350", "Elmbridge 004C"),
)

#: Neighbours for the points that lie in the first borough and carry an LSOA of the second.
_DISAGREEING = (
    ("E09000012", "E09000019"),
    ("E09000022", "E09000028"),
    ("E09000005", "E09000009"),
    ("E09000006", "E09000023"),
)


@dataclass(frozen=True)
class Places:
    """All places of the sample.

    `table` has the columns Longitude, Latitude, Location, LSOA code, LSOA name as the files write them.
    Its first 33 × `POINTS_PER_BOROUGH` rows are the boroughs' points, in the order of `BOROUGHS`; then
    come `far`, `disagreeing` and `newcastle` (for a stop); the last row, `nowhere`, is `No Location` with
    empty cells.
    """

    table: pl.DataFrame
    far: Integers
    disagreeing: Integers
    newcastle: int
    nowhere: int

    def draw(self, borough: Integers, draws: Draws) -> Integers:
        """A place for each position in `BOROUGHS`; some places are busier than others."""
        n = len(borough)
        spot = np.minimum(draws.below(POINTS_PER_BOROUGH, n), draws.below(POINTS_PER_BOROUGH, n))
        return borough * POINTS_PER_BOROUGH + spot


def load_places(seed: int) -> Places:
    """The places for a seed, from the outline and the LSOA codes that the project ships."""
    polygons = dict(zip((borough.code for borough in BOROUGHS), load_outline().polygons, strict=True))
    return make_places(polygons, _load_lsoa_codes(), seed)


def _load_lsoa_codes() -> dict[str, list[str]]:
    """The LSOA codes of each borough code, in order."""
    codes: dict[str, list[str]] = {borough.code: [] for borough in BOROUGHS}
    with (DATA / "lsoa_runs.csv").open(encoding="utf-8", newline="") as file:
        for run in csv.DictReader(file):
            numbers = range(int(run["first_code"]), int(run["last_code"]) + 1)
            codes[f"E09{int(run['borough']):06d}"] += [f"E01{number % 1_000_000:06d}" for number in numbers]
    return codes


def make_places(polygons: Mapping[str, Any], lsoa_codes: Mapping[str, Sequence[str]], seed: int) -> Places:
    """Places inside `polygons` (WGS84, by borough code) that carry `lsoa_codes` (by borough code)."""
    draws = Draws(seed, _STREAM)
    points = {
        borough.code: _draw_inside(polygons[borough.code], POINTS_PER_BOROUGH, draws) for borough in BOROUGHS
    }
    lsoas = {borough.code: _name_lsoas(borough.name, lsoa_codes[borough.code]) for borough in BOROUGHS}
    rows: list[tuple[str | None, str | None, str, str | None, str | None]] = []
    for borough in BOROUGHS:
        spots = points[borough.code]
        streets = _name_streets(borough.name, len(spots), draws)
        here = lsoas[borough.code]
        # Numbered in bands from south to north, so that one LSOA's points lie together.
        rank = np.empty(len(spots), dtype=np.int64)
        rank[np.lexsort((spots[:, 0], spots[:, 1] // 15_000))] = np.arange(len(spots))
        for (x, y), street, place in zip(spots.tolist(), streets, rank.tolist(), strict=True):
            code, name = here[place * len(here) // len(spots)]
            rows.append((_degrees(x), _degrees(y), street, code, name))
    far = np.arange(len(rows), len(rows) + len(_FAR))
    rows.extend(_FAR)
    disagreeing = np.arange(len(rows), len(rows) + len(_DISAGREEING))
    for home, neighbour in _DISAGREEING:
        spots = points[home]
        gaps = shapely.distance(shapely.points(spots / 1_000_000), polygons[neighbour])
        x, y = spots[int(np.argmin(gaps))].tolist()
        rows.append((_degrees(x), _degrees(y), "On or near Boundary Road", *lsoas[neighbour][0]))
    rows.append((_degrees(-1_613_881), _degrees(54_977_475), "On or near Station Road", None, None))
    rows.append((None, None, "No Location", None, None))
    columns = ["Longitude", "Latitude", "Location", "LSOA code", "LSOA name"]
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return Places(table, far, disagreeing, newcastle=len(rows) - 2, nowhere=len(rows) - 1)


def _draw_inside(polygon: Any, n: int, draws: Draws) -> Integers:
    """`n` different points inside a polygon in millionths of a degree, shape (n, 2): rejection sampling."""
    shapely.prepare(polygon)
    west, south, east, north = (int(edge * 1_000_000) for edge in shapely.bounds(polygon))
    found = np.empty((0, 2), dtype=np.int64)
    while len(found) < n:
        tried = np.column_stack(
            [west + draws.below(east - west, 4 * n), south + draws.below(north - south, 4 * n)]
        )
        inside = shapely.contains_xy(polygon, tried[:, 0] / 1_000_000, tried[:, 1] / 1_000_000)
        found = np.concatenate([found, tried[inside]])
        found = found[np.sort(np.unique(found, axis=0, return_index=True)[1])]
    return found[:n]


def _name_lsoas(borough: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Code and name of each LSOA, as `Hackney 027B`: five letters a number."""
    return [(code, f"{borough} {at // 5 + 1:03d}{'ABCDE'[at % 5]}") for at, code in enumerate(codes)]


def _name_streets(borough: str, n: int, draws: Draws) -> list[str]:
    """Names of `n` places: streets, one in eight a kind of place, one in fifty with a comma in it."""
    firsts, seconds = _FIRST_WORDS.split(), _SECOND_WORDS.split()
    first = draws.below(len(firsts), n).tolist()
    second = draws.below(len(seconds), n).tolist()
    kind = draws.below(8 * len(_KINDS), n).tolist()
    comma = draws.happens(2_000, n).tolist()
    return [
        f"On or near {_KINDS[k]}"
        if k < len(_KINDS)
        else f"On or near {firsts[a]} {seconds[b]}" + (f", {borough}" if c else "")
        for a, b, k, c in zip(first, second, kind, comma, strict=True)
    ]


def _degrees(millionths: int) -> str:
    """A coordinate with six decimals, trailing zeros kept, as the files have it."""
    return f"{'-' if millionths < 0 else ''}{abs(millionths) // 1_000_000}.{abs(millionths) % 1_000_000:06d}"
