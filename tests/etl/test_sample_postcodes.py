"""The sample's postcodes: of every borough, inside it, marked, and gone when real data come."""

from pathlib import Path

import polars as pl
import pytest
import shapely

from etl.sample.places import load_places
from etl.sample.postcodes import TOWN_HALLS, list_postcodes, make_postcodes
from etl.sample_marks import SAMPLE_WORDS
from geo.areas import load_areas
from geo.postcode import normalise_postcode, read_codepoint
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import month_of_stops, name_file, put, stops_csv
from tests.etl.sample_files import outline

REAL = b"postcode,lat,lon,lad_code\nE8 1EA,51.5451,-0.0562,E09000012\nSW9 9AA,51.47,-0.11,E09000022\n"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("postcodes") / "postcodes.csv"
    make_postcodes(load_places(2026), 2026).write_csv(path)
    return path


def test_every_borough_has_one_inside_its_outline(file: Path) -> None:
    table = read_codepoint(file)
    assert sorted(set(table["borough"].to_list())) == list(range(1, 34))
    for row in table.iter_rows(named=True):
        assert shapely.contains_xy(outline()[row["borough"] - 1], row["lon"], row["lat"]), row["postcode"]


def test_each_is_a_whole_postcode_and_marked(file: Path) -> None:
    found = list_postcodes()
    assert [normalise_postcode(one) for one in found] == found
    assert len(set(found)) == len(found)
    assert set(TOWN_HALLS) == {area.area_code for area in load_areas() if area.area_kind == "borough"}
    assert set(pl.read_csv(file)["note"]) == {SAMPLE_WORDS}


async def test_they_load_and_load_again(base: Base, file: Path) -> None:
    report = only(await base.load(file))
    assert (report.status, report.rows_loaded) == ("loaded", len(list_postcodes()))
    assert only(await base.load(file)).status == "loaded"


async def test_they_go_when_real_data_come(base: Base, file: Path) -> None:
    stops = [{**row, "Policing operation": SAMPLE_WORDS} for row in month_of_stops("2024-01", 60)]
    sample = put(base.folder / "sample", name_file("2024-01", "stop-and-search"), stops_csv(stops))
    await base.load(file, sample)
    real = put(
        base.folder / "real",
        name_file("2024-01", "stop-and-search"),
        stops_csv(month_of_stops("2024-01", 60)),
    )
    assert only(await base.load(real, replace_sample=True)).status == "loaded"
    assert await base.count("postcode") == 0
    refused = only(await base.load(file))
    assert refused.status == "refused"
    assert "invented points" in refused.message


async def test_they_never_replace_a_real_file(base: Base, file: Path) -> None:
    await base.load(put(base.folder, "codepoint.csv", REAL))
    assert only(await base.load(file)).status == "unchanged"
    assert await base.count("postcode") == 2
