"""New boundaries place every stored point again and publish once; postcodes are kept for look-up."""

import json
from pathlib import Path

import pytest

from geo.boundary import load_outline, to_geojson
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import (
    BIRMINGHAM,
    BROMLEY,
    CAMDEN,
    HACKNEY,
    LSOAS,
    NEWCASTLE,
    NOWHERE,
    POINTS,
    damage,
    make_crime,
    make_outcome,
    month_of_crimes,
    month_of_stops,
    name_file,
    outcomes_csv,
    put,
    stops_csv,
    street_csv,
    zip_files,
)


def swapped(folder: Path, *pair: int) -> Path:
    """A boundary file in which two boroughs have changed places."""
    document = to_geojson(load_outline())
    codes = {number: f"E09{number:06d}" for number in pair}
    for feature in document["features"]:
        number = feature["properties"].pop("borough")
        feature["properties"].pop("name")
        if number in pair:
            feature["properties"]["gss_code"] = codes[pair[1 - pair.index(number)]]
    return put(folder, "boroughs.geojson", json.dumps(document).encode())


def put_events(base: Base) -> Path:
    for month in ("2024-01", "2024-02"):
        stops = [
            *month_of_stops(month, 60),
            *month_of_stops(month, 40, point=POINTS[BROMLEY], Outcome_linked_to_object_of_search="True"),
            *month_of_stops(month, 30, point=POINTS[CAMDEN], Gender="Female"),
            *month_of_stops(month, 20, point=NOWHERE),
            *month_of_stops(month, 2, point=NEWCASTLE, Type="Vehicle search"),
        ]
        put(base.folder / "events", name_file(month, "stop-and-search"), stops_csv(stops))
        crimes = [
            *month_of_crimes(month),
            make_crime(1, Month=month, LSOA_code=LSOAS[BROMLEY]),
            # in Hackney by its point; but the publisher says Birmingham
            make_crime(2, Month=month, LSOA_code=BIRMINGHAM[0], LSOA_name=BIRMINGHAM[1]),
            make_crime(3, Month=month, point=NOWHERE),
        ]
        put(base.folder / "events", name_file(month, "street"), street_csv(crimes))
    put(
        base.folder / "events",
        name_file("2024-02", "outcomes"),
        outcomes_csv([make_outcome(1), make_outcome(2, LSOA_code=BIRMINGHAM[0])]),
    )
    return base.folder / "events"


async def test_new_boundaries_place_stored_points_again_and_publish_once(base: Base) -> None:
    await base.load(put_events(base))
    before = await base.current()
    report = await base.load(swapped(base.folder, HACKNEY, BROMLEY))
    assert only(report).status == "loaded"
    # 100 searches and 43 crimes a month, and an outcome, lay in one of the two by their point alone
    assert only(report).message == "Boundaries replaced; 285 stored events moved to another area."
    assert await base.release_id() == 2
    searches = await base.values("stop_search_rate", "2024-02")
    assert (searches[HACKNEY, 1], searches[BROMLEY, 1], searches[CAMDEN, 1]) == (40, 60, 30)
    assert (searches[0, 1], searches[-1, 1]) == (20, 0)
    former = await base.values("stop_search_rate", "2024-02", release=1)
    assert (former[HACKNEY, 1], former[BROMLEY, 1]) == (60, 40)
    # what has an LSOA stays where the publisher put it, in London or out of it
    burglaries = await base.values("crime_rate", "2024-02", "category:burglary")
    assert (burglaries[HACKNEY, 1], burglaries[BROMLEY, 1], burglaries[-1, 1], burglaries[0, 1]) == (
        0,
        4,
        1,
        1,
    )
    changed = before ^ await base.current()
    assert {row[4] for row in changed} == {HACKNEY, BROMLEY}
    assert await base.count("observation", "first_release = 2 and borough not in (6, 12)") == 0


async def test_events_loaded_before_or_after_the_boundaries_give_the_same_figures(base: Base) -> None:
    boundaries = swapped(base.folder, HACKNEY, BROMLEY)
    events = put_events(base)
    await base.load(boundaries)
    await base.load(events)
    expected = await base.current()
    scopes = "select source, force, month, events, placed, no_location, outside from resource_scope"
    expected_scopes = sorted(tuple(row) for row in await base.conn.fetch(scopes))
    tallies = await base.conn.fetch("select * from stop_search_tally")
    await base.forget()
    await base.load(events)
    assert await base.current() != expected
    await base.load(boundaries)
    assert await base.current() == expected
    assert sorted(tuple(row) for row in await base.conn.fetch(scopes)) == expected_scopes
    again = await base.conn.fetch("select * from stop_search_tally")
    assert sorted(map(str, again)) == sorted(map(str, tallies))


async def test_the_same_boundaries_again_change_nothing(base: Base) -> None:
    boundaries = swapped(base.folder, HACKNEY, BROMLEY)
    await base.load(boundaries, put_events(base))
    before = await base.state()
    assert [file.status for file in (await base.load(boundaries)).files] == ["unchanged"]
    assert await base.state() == before
    assert await base.count("boundary_set") == await base.count("boundary_set", "is_current") == 1


async def test_boundaries_that_cannot_be_used_are_refused_and_the_former_stay(base: Base) -> None:
    await base.load(put_events(base))
    before = await base.state()
    for name, data in (("broken.geojson", b"{"), ("empty.gpkg", b""), ("text.shp", b"hello")):
        report = await base.load(put(base.folder, name, data))
        assert only(report).status == "refused", name
    assert await base.state() == before
    assert await base.conn.fetchval("select vintage like 'outline%' from boundary_set where is_current")


async def test_real_boundaries_move_few_events(base: Base, shared_data: Path) -> None:
    await base.load(shared_data / "police" / "whole" / "2024-02.zip")
    before = await base.values("stop_search_rate", "2024-02")
    report = await base.load(shared_data / "geo" / "london_boroughs_gla_datastore.gpkg")
    assert only(report).status == "loaded"
    after = await base.values("stop_search_rate", "2024-02")
    assert sum(before.values()) == sum(after.values())
    moved = sum(abs(after[key] - before[key]) for key in before) / 2
    assert 0 < moved < 0.02 * sum(after.values())


# Postcodes.

POSTCODES = b"Postcode,Latitude,Longitude\nE8 1EA,51.545,-0.055\nBR1 1AA,51.40,0.02\nB1 1AA,52.48,-1.90\n"


async def test_postcodes_without_districts_are_placed_by_their_point(base: Base) -> None:
    report = only(await base.load(put(base.folder, "codepoint.csv", POSTCODES)))
    assert (report.status, report.source) == ("loaded", "postcodes")
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (3, 2, 1)
    rows = await base.conn.fetch("select postcode, borough from postcode order by postcode")
    assert [tuple(row) for row in rows] == [("BR1 1AA", BROMLEY), ("E8 1EA", HACKNEY)]


async def test_postcodes_again_change_nothing(base: Base) -> None:
    path = put(base.folder, "codepoint.csv", POSTCODES)
    await base.load(path)
    await base.load(path)
    assert await base.count("postcode") == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("codepoint.csv", b"Postcode,Latitude,Longitude\nB1 1AA,52.48,-1.90\n"),
        ("codepoint.csv", b"name,value\na,b\n"),
        ("codepoint.zip", zip_files({"Data/e.csv": POSTCODES})[:-40]),
        ("codepoint.zip", damage(zip_files({"Data/e.csv": POSTCODES * 50}), "Data/e.csv")),
    ],
    ids=["none in London", "other columns", "cut short", "damaged"],
)
async def test_postcodes_that_cannot_be_used_are_refused_and_the_former_stay(
    base: Base, name: str, content: bytes
) -> None:
    await base.load(put(base.folder / "good", "codepoint.csv", POSTCODES))
    assert only(await base.load(put(base.folder, name, content))).status == "refused"
    assert await base.count("postcode") == 2


async def test_real_postcodes_are_nearly_all_kept(base: Base, shared_data: Path) -> None:
    report = only(await base.load(shared_data / "geo" / "london_postcodes_codepoint_2025.4.0.zip"))
    assert report.status == "loaded"
    assert 180_000 < report.rows_loaded == await base.count("postcode") <= 180_792
