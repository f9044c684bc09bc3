"""Boundaries: what ships, what may be loaded, what is refused and with which sentence."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

from geo.areas import load_boroughs
from geo.boundary import (
    BoundaryError,
    BoundarySet,
    from_geojson,
    merge_boroughs,
    neighbours,
    read_boundary_file,
    simplify_for_display,
    to_geojson,
)
from geo.coverage import to_metres
from geo.locate import hash_boundary
from geo.make_data import read_runs, read_topojson, write_outline, write_runs

# Hackney's real neighbours; all are on land, so every resolution must agree.
AROUND_HACKNEY = ("City of London", "Haringey", "Islington", "Newham", "Tower Hamlets", "Waltham Forest")


def numbers(*names: str) -> set[int]:
    return {area.borough for area in load_boroughs() if area.area_name in names and area.borough}


def is_sound(boundaries: BoundarySet) -> bool:
    polygons = boundaries.polygons
    return bool(
        len(polygons) == 33 and shapely.is_valid(polygons).all() and shapely.coverage_is_valid(polygons)
    )


@pytest.fixture
def frame(outline: BoundarySet) -> geopandas.GeoDataFrame:
    """The outline as a publisher would give it, in another order and with a district outside London."""
    rows = [{"LAD22CD": area.area_code, "LAD22NM": area.area_name} for area in load_boroughs()]
    rows.append({"LAD22CD": "E07000207", "LAD22NM": "Elmbridge"})
    shapes = [*outline.polygons, shapely.box(-0.4, 51.30, -0.39, 51.31)]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs=4326).iloc[::-1].reset_index(drop=True)


# What ships


def test_the_shipped_outline_is_a_valid_coverage_of_33_boroughs(outline: BoundarySet) -> None:
    assert is_sound(outline)
    assert "outline" in outline.vintage
    hectares = shapely.area(to_metres(outline.polygons)) / 10_000
    # ONS Standard Area Measurements, to high water: City 290 ha, Bromley 15,013 ha, London 157,250 ha.
    assert hectares[0] == pytest.approx(290, rel=0.05)
    assert hectares[5] == pytest.approx(15_013, rel=0.01)
    assert hectares.sum() == pytest.approx(157_250, rel=0.01)


def test_the_shipped_tables_are_what_their_sources_give(shared: Path, tmp_path: Path) -> None:
    geo = shared / "geo"
    write_outline(read_topojson(geo / "vega-datasets-3.2.1_londonBoroughs.topojson"), tmp_path / "outline")
    lookups = [geo / "lsoa11_ward21_borough_london.csv", geo / "lsoa21_ward24_borough_london.csv"]
    write_runs(read_runs(lookups), tmp_path / "runs")
    data = Path(read_boundary_file.__code__.co_filename).parent / "data"
    assert (tmp_path / "outline").read_bytes() == (data / "outline.geojson").read_bytes()
    assert (tmp_path / "runs").read_bytes() == (data / "lsoa_runs.csv").read_bytes()


# What may be loaded


def write_gpkg(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    path = folder / "boroughs.gpkg"
    frame.to_crs(27700).to_file(path, layer="boroughs")
    spots = geopandas.GeoDataFrame(
        {"name": ["Charing Cross"]}, geometry=[shapely.Point(530_000, 180_000)], crs=27700
    )
    spots.to_file(path, layer="spots")
    return path


def write_geojson(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    frame.to_file(folder / "boroughs.geojson")
    return folder / "boroughs.geojson"


def write_shapefile(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    frame.to_crs(27700).to_file(folder / "boroughs.shp")
    return folder / "boroughs.shp"


def write_zipped_shapefile(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    write_shapefile(frame, folder)
    with zipfile.ZipFile(folder / "boroughs.zip", "w") as archive:
        for part in folder.glob("boroughs.[!z]*"):
            archive.write(part, part.name)
    return folder / "boroughs.zip"


def write_shapefile_without_prj(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    path = write_shapefile(frame, folder)
    (folder / "boroughs.prj").unlink()
    return path


@pytest.mark.parametrize(
    "write", [write_gpkg, write_geojson, write_shapefile, write_zipped_shapefile, write_shapefile_without_prj]
)
def test_a_boundary_file_comes_back_as_it_was(
    write: Callable[[geopandas.GeoDataFrame, Path], Path],
    frame: geopandas.GeoDataFrame,
    outline: BoundarySet,
    tmp_path: Path,
) -> None:
    path = write(frame, tmp_path)
    read = read_boundary_file(path)
    assert is_sound(read)
    assert read.vintage.startswith("boroughs@")
    assert read.source == path.name
    off = shapely.hausdorff_distance(to_metres(read.polygons), to_metres(outline.polygons))
    assert off.max() < 0.02, "there and back through the grid costs less than 2 cm"


def test_names_do_where_there_are_no_codes(
    frame: geopandas.GeoDataFrame, outline: BoundarySet, tmp_path: Path
) -> None:
    named = frame.drop(columns="LAD22CD").replace({"LAD22NM": {"Westminster": "City of Westminster"}})
    read = read_boundary_file(write_geojson(named, tmp_path))
    assert shapely.equals_exact(
        shapely.normalize(read.polygons), shapely.normalize(outline.polygons), 1e-6
    ).all()


@pytest.mark.parametrize(
    ("name", "vertices"),
    [
        ("london_boroughs_gla_datastore.gpkg", 45_856),
        ("london_boroughs_wgs84_2m.geojson", 18_598),
        ("ons-lad22-20m/london-2021-lad22-gen20.shp", 10_108),
    ],
)
def test_the_real_files_load(shared: Path, name: str, vertices: int) -> None:
    read = read_boundary_file(shared / "geo" / name)
    assert is_sound(read)
    assert read.resolution == f"{vertices:,} vertices"


def test_the_projection_without_its_grid_is_two_metres_off_at_most() -> None:
    # Ordnance Survey's OSTN15 test point TP09, Lambeth.
    lon, lat = pyproj.Transformer.from_crs(27700, 4326, always_xy=True).transform(530_624.974, 178_388.464)
    east, north = (lon - -0.11992557180) * 69_440, (lat - 51.48936564950) * 111_265
    assert np.hypot(east, north) < 2.1


def test_small_overlaps_and_gaps_are_repaired(
    frame: geopandas.GeoDataFrame, outline: BoundarySet, tmp_path: Path
) -> None:
    geometry = frame.geometry.to_list()
    hackney = frame.index[frame.LAD22CD == "E09000012"][0]
    geometry[hackney] = geometry[hackney].buffer(0.00002)  # two metres into its neighbours
    brent = frame.index[frame.LAD22CD == "E09000005"][0]
    hole = shapely.box(
        *(v + d for v, d in zip((*geometry[brent].centroid.coords[0],) * 2, (0, 0, 1e-4, 1e-4), strict=True))
    )
    geometry[brent] = shapely.difference(geometry[brent], hole)
    broken = frame.set_geometry(geopandas.GeoSeries(geometry, crs=4326))
    assert not shapely.coverage_is_valid(broken.geometry.to_numpy())
    read = read_boundary_file(write_geojson(broken, tmp_path))
    assert is_sound(read)
    area = shapely.area(to_metres(read.polygons))
    assert area == pytest.approx(shapely.area(to_metres(outline.polygons)), rel=0.01)
    assert not shapely.get_num_interior_rings(read.polygons[4])


# What is refused


def refusal(path: Path) -> str:
    with pytest.raises(BoundaryError) as caught:
        read_boundary_file(path)
    return str(caught.value)


def test_missing_boroughs_are_named(frame: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    part = frame[~frame.LAD22CD.isin(["E09000001", "E09000012"])]
    message = refusal(write_geojson(part, tmp_path))
    assert message.startswith("boroughs.geojson lacks 2 of 33 boroughs: City of London, Hackney.")
    assert "GeoPackage" in message


def test_duplicated_boroughs_are_named(frame: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    twice = geopandas.pd.concat([frame, frame[frame.LAD22CD == "E09000022"]])
    assert "more than one row for Lambeth" in refusal(write_geojson(twice, tmp_path))


def test_a_file_without_codes_or_names_is_refused(frame: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    bare = frame[["geometry"]].assign(number=range(len(frame)), label="somewhere")
    assert "no column of GSS codes" in refusal(write_geojson(bare, tmp_path))


def test_boroughs_on_top_of_each_other_are_refused(frame: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    geometry = frame.geometry.to_list()
    geometry[5] = geometry[6]
    stacked = frame.set_geometry(geopandas.GeoSeries(geometry, crs=4326))
    assert "beyond repair" in refusal(write_geojson(stacked, tmp_path))


def test_a_borough_without_a_shape_is_refused(frame: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    document = json.loads(write_geojson(frame, tmp_path).read_text())
    document["features"][7]["geometry"] = None
    (tmp_path / "hole.geojson").write_text(json.dumps(document))
    assert "without a shape" in refusal(tmp_path / "hole.geojson")


def test_a_wrong_coordinate_system_is_refused(frame: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    moved = frame.set_geometry(frame.translate(3.0, 0.0))
    assert "outside London" in refusal(write_geojson(moved, tmp_path))
    metres = frame.to_crs(27700).set_crs(4326, allow_override=True)
    assert "outside London" in refusal(write_geojson(metres, tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"PK\x03\x04 cut short",
        b'{"type":"FeatureCollection","features":[]}',
    ],
)
@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.zip"])
def test_a_file_that_is_no_boundary_is_refused(content: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert name in refusal(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nowhere.gpkg")


# What is made of them


def test_geojson_keeps_every_coordinate_exactly(outline: BoundarySet) -> None:
    text = json.dumps(to_geojson(outline))
    back = from_geojson(text)
    assert hash_boundary(back.polygons) == hash_boundary(outline.polygons)
    assert (back.vintage, back.source, back.resolution) == (
        outline.vintage,
        outline.source,
        outline.resolution,
    )


def test_geojson_for_serving_may_be_rounded(full: BoundarySet) -> None:
    document: dict[str, Any] = to_geojson(full, decimals=5)
    assert len(json.dumps(document)) < 0.7 * len(json.dumps(to_geojson(full)))
    assert [f["properties"]["borough"] for f in document["features"]] == list(range(1, 34))


@pytest.mark.parametrize("tolerance_m", [5, 50, 250])
def test_simplifying_opens_no_slivers(outline: BoundarySet, tolerance_m: float) -> None:
    simple = simplify_for_display(outline, tolerance_m)
    assert is_sound(simple)
    assert neighbours(simple) == neighbours(outline)


@pytest.mark.parametrize("tolerance_m", [5, 50, 250])
def test_simplifying_the_full_resolution_opens_no_slivers(full: BoundarySet, tolerance_m: float) -> None:
    simple = simplify_for_display(full, tolerance_m)
    assert is_sound(simple)
    assert neighbours(simple) == neighbours(full)
    assert shapely.get_num_coordinates(simple.polygons).sum() < 0.6 * 45_856
    whole = merge_boroughs(simple, range(1, 34))
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0, "London has no holes, so none opened between boroughs"


def test_neighbours_on_land_are_the_same_in_every_resolution(outline: BoundarySet, full: BoundarySet) -> None:
    for boundaries in (outline, full):
        around = neighbours(boundaries)
        assert set(around[12]) == numbers(*AROUND_HACKNEY)
        assert all(a in around[b] for a in around for b in around[a])
        assert all(a not in around[a] for a in around)


def test_boroughs_that_meet_in_mid_thames_are_neighbours_where_the_river_is_drawn(
    outline: BoundarySet, full: BoundarySet
) -> None:
    tower_hamlets, southwark = numbers("Tower Hamlets"), numbers("Southwark")
    assert southwark < set(neighbours(full)[min(tower_hamlets)])
    assert not southwark & set(neighbours(outline)[min(tower_hamlets)])


def test_merging_boroughs_leaves_no_inner_lines(full: BoundarySet) -> None:
    lambeth_and_southwark = merge_boroughs(full, (22, 28))
    assert lambeth_and_southwark.geom_type == "Polygon"
    parts = shapely.area(full.polygons[[21, 27]]).sum()
    assert lambeth_and_southwark.area == pytest.approx(parts, rel=1e-9)
