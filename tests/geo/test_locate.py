"""Placing: the index answers exactly as the plain test of every point against every polygon."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.boundary import BoundarySet, load_outline
from geo.coverage import METRES_PER_LAT, METRES_PER_LON, find_edges
from geo.locate import (
    BY_LSOA,
    BY_NEAREST,
    BY_POINT,
    NONE,
    OUTSIDE,
    Placer,
    PlacerFileError,
    borough_of_lsoa,
    hash_boundary,
    lsoa_numbers,
    open_placer,
    place_events,
    place_exact,
    place_lsoa,
)

NAN = float("nan")
ROOT = Path(__file__).parents[2]
EXACT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def toy() -> Placer:
    """33 squares of a hundredth of a degree in rows of ten from (0, 51.5): 1 … 10 below, then 11 … 20 …"""
    corners = [(index % 10, index // 10) for index in range(33)]
    squares = [shapely.box(x / 100, 51.5 + y / 100, (x + 1) / 100, 51.5 + (y + 1) / 100) for x, y in corners]
    # Corners of neighbours must be equal to the last bit, as they are in a real coverage.
    grid = shapely.set_precision(np.array(squares, dtype=object), 1 / 128 / 1024)
    return Placer.build(np.asarray(grid, dtype=object))


def place_one(placer: Placer, lon: float, lat: float) -> tuple[int, int]:
    borough, how = placer.place(np.array([lon]), np.array([lat]))
    return int(borough[0]), int(how[0])


def assert_exact(placer: Placer, polygons: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> None:
    borough, how = placer.place(lon, lat)
    exact_borough, exact_how = place_exact(polygons, lon, lat)
    assert borough.dtype == np.int16
    assert how.dtype == np.uint8
    wrong = np.flatnonzero((borough != exact_borough) | (how != exact_how))
    assert not len(wrong), [
        (lon[i], lat[i], borough[i], exact_borough[i], how[i], exact_how[i]) for i in wrong[:5]
    ]


# What a place is


@pytest.mark.parametrize(
    ("lon", "lat", "borough"),
    [
        (-0.0566, 51.5450, 12),  # Hackney Town Hall
        (-0.0890, 51.5134, 1),  # Bank junction
        (-0.4887, 51.4723, 17),  # Heathrow Terminal 5, Hillingdon
        (-0.1281, 51.5080, 33),  # Trafalgar Square
        (-0.0929, 51.3757, 8),  # East Croydon
        (0.1830, 51.5760, 16),  # Romford
        (-0.3050, 51.4110, 21),  # Kingston market place
    ],
)
def test_known_places(outline_placer: Placer, lon: float, lat: float, borough: int) -> None:
    assert place_one(outline_placer, lon, lat) == (borough, BY_POINT)


@pytest.mark.parametrize(
    ("lon", "lat", "answer"),
    [
        (-1.613881, 54.977475, (-1, OUTSIDE)),  # Newcastle, in a Met stop file
        (0.0, 0.0, (-1, OUTSIDE)),
        (-0.2, 51.2, (-1, OUTSIDE)),  # south of Croydon
        (1e300, 51.5, (-1, OUTSIDE)),
        (NAN, NAN, (0, NONE)),
        (-0.1, NAN, (0, NONE)),
        (NAN, 51.5, (0, NONE)),
        (float("inf"), 51.5, (0, NONE)),
    ],
)
def test_points_that_are_in_no_borough(
    outline_placer: Placer, lon: float, lat: float, answer: tuple[int, int]
) -> None:
    assert place_one(outline_placer, lon, lat) == answer


def test_no_points_give_no_answers(outline_placer: Placer) -> None:
    borough, how = outline_placer.place(np.empty(0), np.empty(0))
    assert len(borough) == len(how) == 0


def test_on_a_shared_border_the_lowest_number_has_the_point(toy: Placer) -> None:
    west, south, east, north = shapely.bounds(
        toy.polygons[11]
    )  # square 12 is above 2, right of 11, left of 13
    middle = (west + east) / 2
    assert place_one(toy, middle, south) == (2, BY_POINT)
    assert place_one(toy, middle, np.nextafter(south, 90)) == (12, BY_POINT)
    assert place_one(toy, west, south) == (1, BY_POINT), "a corner of 1, 2, 11 and 12"
    assert place_one(toy, east, (south + north) / 2) == (12, BY_POINT)
    assert place_one(toy, np.nextafter(east, 90), (south + north) / 2) == (13, BY_POINT)


@pytest.mark.parametrize(
    ("metres", "answer"), [(1, (1, BY_NEAREST)), (49.9, (1, BY_NEAREST)), (50.1, (-1, OUTSIDE))]
)
def test_outside_the_nearest_borough_within_50_m_has_the_point(
    toy: Placer, metres: float, answer: tuple[int, int]
) -> None:
    west, south, east, north = shapely.bounds(toy.polygons[0])
    assert place_one(toy, west - metres / METRES_PER_LON, (south + north) / 2) == answer
    assert place_one(toy, (west + east) / 2, south - metres / METRES_PER_LAT) == answer


def test_of_two_equally_near_boroughs_the_lower_has_the_point(toy: Placer) -> None:
    _, south, east, _ = shapely.bounds(toy.polygons[4])
    assert place_one(toy, east, south - 20 / METRES_PER_LAT) == (5, BY_NEAREST)


# Identical to the exact test


@pytest.fixture(scope="module", params=["outline", "full"])
def real(request: pytest.FixtureRequest) -> tuple[Placer, np.ndarray]:
    """A placer and its boroughs read afresh, so that the exact test shares nothing with the index."""
    boundaries: BoundarySet = request.getfixturevalue(request.param)
    placer: Placer = request.getfixturevalue(f"{request.param}_placer")
    return placer, shapely.from_wkb(shapely.to_wkb(boundaries.polygons))


@EXACT
@given(points=st.lists(st.tuples(st.floats(-0.6, 0.45), st.floats(51.2, 51.8)), min_size=1, max_size=30))
def test_anywhere(real: tuple[Placer, np.ndarray], points: list[tuple[float, float]]) -> None:
    lon, lat = np.array(points).T
    assert_exact(*real, lon, lat)


@EXACT
@given(
    picks=st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1)),
            st.integers(-3, 3),
            st.integers(-3, 3),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_on_borders_and_vertices_and_a_few_bits_beside_them(
    real: tuple[Placer, np.ndarray], picks: list[tuple[int, float, int, int]]
) -> None:
    segments = find_edges(real[1]).segments
    points = []
    for index, share, bits_east, bits_north in picks:
        x0, y0, x1, y1 = segments[index % len(segments)]
        lon, lat = (x1, y1) if share == 1.0 else (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        points.append((lon + bits_east * np.spacing(lon), lat + bits_north * np.spacing(lat)))
    assert_exact(*real, *np.array(points).T)


@EXACT
@given(
    picks=st.lists(
        st.tuples(st.integers(0, 8192), st.integers(0, 8192), st.floats(-2, 2), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_on_the_walls_of_cells(
    real: tuple[Placer, np.ndarray], picks: list[tuple[int, int, float, bool]]
) -> None:
    cells = real[0].cells
    points = []
    for column, row, bits, is_corner in picks:
        lon = cells.origin[0] + column / cells.scale[0]
        lat = cells.origin[1] + (row if is_corner else row + 0.37) / cells.scale[1]
        points.append((lon + round(bits) * np.spacing(lon), lat + round(bits) * np.spacing(lat)))
    assert_exact(*real, *np.array(points).T)


@EXACT
@given(
    picks=st.lists(
        st.tuples(st.integers(0, 10**6), st.floats(-80, 80), st.floats(-80, 80)), min_size=1, max_size=30
    )
)
def test_around_the_edge_of_london(
    real: tuple[Placer, np.ndarray], picks: list[tuple[int, float, float]]
) -> None:
    edges = find_edges(real[1])
    outer = edges.segments[edges.is_outer]
    points = [
        (outer[i % len(outer)][0] + east / METRES_PER_LON, outer[i % len(outer)][1] + north / METRES_PER_LAT)
        for i, east, north in picks
    ]
    assert_exact(*real, *np.array(points).T)


def test_every_vertex_and_the_middle_of_every_edge(real: tuple[Placer, np.ndarray]) -> None:
    placer, polygons = real
    shapely.prepare(polygons)
    segments = find_edges(polygons).segments
    lon = np.r_[segments[:, 0], segments[:, 2], (segments[:, 0] + segments[:, 2]) / 2]
    lat = np.r_[segments[:, 1], segments[:, 3], (segments[:, 1] + segments[:, 3]) / 2]
    borough, how = placer.place(lon, lat)
    exact_borough, exact_how = place_exact(polygons, lon, lat)
    assert (borough == exact_borough).all()
    assert (how == exact_how).all()


def test_every_real_stop(real: tuple[Placer, np.ndarray], stop_points: tuple[np.ndarray, np.ndarray]) -> None:
    placer, polygons = real
    shapely.prepare(polygons)
    lon, lat = stop_points
    assert len(lon) > 300_000
    assert_exact(placer, polygons, lon, lat)
    _, how = placer.place(lon, lat)
    assert ((how == NONE) == np.isnan(lon)).all()


def test_postcodes_placed_wrong_are_as_few_as_the_provenance_says(
    shared: Path, outline_placer: Placer, full_placer: Placer
) -> None:
    from geo.postcode import read_codepoint

    table = read_codepoint(shared / "geo" / "london_postcodes_codepoint_2025.4.0.zip")
    lon, lat, stated = (table[name].to_numpy() for name in ("lon", "lat", "borough"))
    assert (outline_placer.place(lon, lat)[0] != stated).mean() == pytest.approx(0.0067, abs=0.0003)
    assert (full_placer.place(lon, lat)[0] != stated).sum() <= 5


# The index on disk


def test_the_index_on_disk_answers_alike(
    outline: BoundarySet, outline_placer: Placer, tmp_path: Path
) -> None:
    first = open_placer(outline.polygons, tmp_path / "new")
    files = os.listdir(tmp_path / "new")
    assert files == [f"{hash_boundary(outline.polygons)}.placer"]
    again = Placer.load(tmp_path / "new" / files[0])
    random = np.random.default_rng(1)
    lon, lat = random.uniform(-0.55, 0.36, 20_000), random.uniform(51.27, 51.7, 20_000)
    for placer in (first, again):
        mine, theirs = placer.place(lon, lat), outline_placer.place(lon, lat)
        assert np.array_equal(mine[0], theirs[0])
        assert np.array_equal(mine[1], theirs[1])


def test_the_index_is_named_by_the_exact_boundary(outline: BoundarySet) -> None:
    moved = outline.polygons.copy()
    moved[0] = shapely.transform(moved[0], lambda xy: xy + np.spacing(60.0))
    assert hash_boundary(moved) != hash_boundary(outline.polygons)
    assert hash_boundary(shapely.from_wkb(shapely.to_wkb(outline.polygons))) == hash_boundary(
        outline.polygons
    )


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "header", "html"])
def test_a_damaged_index_is_refused_and_built_again(
    outline: BoundarySet, damage: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{hash_boundary(outline.polygons)}.placer"
    open_placer(outline.polygons, tmp_path)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[-1000] ^= 1
    header = whole.replace(b'"origin":[', b'"origin":{', 1)
    damaged = {
        "empty": b"",
        "short": whole[:-9],
        "flipped": bytes(flipped),
        "header": header,
        "html": b"<html>",
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(PlacerFileError, match="delete it and load again"):
        Placer.load(path)
    open_placer(outline.polygons, tmp_path)
    assert path.read_bytes() == whole
    assert os.listdir(tmp_path) == [path.name], "no half-written file is left"


def test_another_boundarys_index_under_this_name_is_not_trusted(
    outline: BoundarySet, toy: Placer, tmp_path: Path
) -> None:
    path = tmp_path / f"{hash_boundary(outline.polygons)}.placer"
    toy.save(path)
    assert open_placer(outline.polygons, tmp_path).boundary_sha256 == hash_boundary(outline.polygons)
    assert Placer.load(path).boundary_sha256 == hash_boundary(outline.polygons)


def test_boroughs_that_overlap_cannot_be_indexed(outline: BoundarySet) -> None:
    overlapping = outline.polygons.copy()
    overlapping[11] = overlapping[11].buffer(0.001)
    with pytest.raises(ValueError, match="overlap"):
        Placer.build(overlapping)
    with pytest.raises(ValueError, match="33"):
        Placer.build(outline.polygons[:32])


def test_workers_that_place_do_not_load_geopandas() -> None:
    heavy = ("geopandas", "pandas", "pyproj", "polars")
    code = f"import sys, geo.locate; print([name for name in {heavy} if name in sys.modules])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# LSOA


@pytest.mark.parametrize(
    ("code", "borough"),
    [
        ("E01000001", 1),
        ("E01001826", 12),  # Hackney 004E
        ("E01035722", 33),  # Westminster 024G, new in 2021
        ("E01000010", 2),  # Barking and Dagenham 015C, gone in 2021
        ("E01011949", -1),  # Hartlepool
        ("E01000000", -1),
        ("E01999999", -1),
        ("W01000001", -1),  # Welsh: not E01000001
        ("S01000001", -1),
        ("Hackney", -1),
        ("", 0),
        ("  ", 0),
        (None, 0),
    ],
)
def test_borough_of_an_lsoa(code: str | None, borough: int) -> None:
    assert borough_of_lsoa([code]).tolist() == [borough]


def test_lsoa_codes_as_numbers() -> None:
    assert lsoa_numbers(["E01000001", None, "W01000001"]).tolist() == [1000001, 0, -1]
    assert place_lsoa(np.array([1000001, 0, -1, 1000004], dtype=np.int32)).tolist() == [1, 0, -1, -1]


@pytest.mark.parametrize("name", ["lsoa11_ward21_borough_london.csv", "lsoa21_ward24_borough_london.csv"])
def test_every_lsoa_of_both_vintages(shared: Path, name: str) -> None:
    with (shared / "geo" / name).open(encoding="utf-8", newline="") as file:
        rows = [(row[0], int(row[4][-2:])) for row in list(csv.reader(file))[1:]]
    codes, boroughs = zip(*rows, strict=True)
    assert borough_of_lsoa(codes).tolist() == list(boroughs)


def test_the_publishers_lsoa_decides_and_disagreements_are_counted(toy: Placer) -> None:
    x = {number: float(shapely.centroid(toy.polygons[number - 1]).x) for number in (1, 2)}
    y = float(shapely.centroid(toy.polygons[0]).y)
    barking = 1000010
    rows = [  # lon, lat, lsoa → borough, how
        (x[1], y, 1000001, 1, BY_LSOA),  # both say 1
        (x[2], y, 1000001, 1, BY_LSOA),  # the point says 2
        (9.0, y, 1000001, 1, BY_LSOA),  # the point is outside
        (NAN, NAN, barking, 2, BY_LSOA),  # no point, no disagreement
        (x[2], y, 0, 2, BY_POINT),
        (NAN, NAN, 0, 0, NONE),
        (x[2], y, 1011949, -1, OUTSIDE),  # Hartlepool says the LSOA
        (9.0, y, 1011949, -1, OUTSIDE),  # and so does the point
    ]
    lon, lat, lsoa, borough, how = (list(column) for column in zip(*rows, strict=True))
    placement = place_events(toy, np.array(lon), np.array(lat), np.array(lsoa, dtype=np.int32))
    assert placement.borough.tolist() == borough
    assert placement.how.tolist() == how
    assert placement.borough.dtype == np.int16
    assert placement.how.dtype == np.uint8
    expected = np.zeros(34, dtype=np.int64)
    expected[1], expected[0] = 2, 1
    assert placement.disagreements.tolist() == expected.tolist()


def test_a_file_without_lsoas_is_placed_by_point(toy: Placer) -> None:
    x, y = shapely.centroid(toy.polygons[6]).coords[0]
    placement = place_events(toy, np.array([x, NAN]), np.array([y, NAN]))
    assert placement.borough.tolist() == [7, 0]
    assert placement.how.tolist() == [BY_POINT, NONE]
    assert placement.disagreements.tolist() == [0] * 34


RACE = """
import sys, threading
from pathlib import Path
import numpy as np, shapely
from geo.locate import Placer

path = Path(sys.argv[1])
corners = np.concatenate([shapely.get_coordinates(polygon) for polygon in Placer.load(path).polygons])
lon, lat = np.repeat(corners, 5, axis=0).T + np.random.default_rng(7).normal(0, 1e-4, (2, 5 * len(corners)))
expected = Placer.load(path).place(lon, lat)[0]
for _ in range(40):
    placer, gate, found = Placer.load(path), threading.Barrier(2), []
    work = lambda: (gate.wait(), found.append(placer.place(lon, lat)[0]))
    threads = [threading.Thread(target=work) for _ in range(2)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert all((answer == expected).all() for answer in found) and len(found) == 2
print("done")
"""


def test_threads_may_share_a_placer_from_its_first_use_on(tmp_path: Path) -> None:
    """In a process of its own: GEOS without turns kept apart ends the process ("double free or corruption")."""
    path = tmp_path / "outline.placer"
    Placer.build(load_outline().polygons).save(path)
    done = subprocess.run(
        [sys.executable, "-c", RACE, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
