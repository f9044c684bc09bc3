"""Oddities of real police files, places and months: rebuilt rows of the same shape, and the real files."""

import zipfile
from pathlib import Path

import pytest

from tests.etl.conftest import Base
from tests.etl.police_files import load_real, load_stops, load_street, only, read_rows, searches
from tests.etl.rows import (
    BIRMINGHAM,
    BOLTON,
    BROMLEY,
    CITY_OF_LONDON,
    HACKNEY,
    LSOAS,
    NEWCASTLE,
    NOWHERE,
    POINTS,
    make_crime,
    make_stop,
    month_of_crimes,
    month_of_stops,
    name_file,
    put,
    stops_csv,
    zip_files,
)

# Coordinates.


async def test_searches_without_coordinates_count_as_unplaced(base: Base) -> None:
    rows = [*month_of_stops("2018-02", 38, point=NOWHERE), *month_of_stops("2018-02", 2)]
    report = await load_stops(base, rows, "2018-02")
    assert (report.rows_loaded, report.rows_placed) == (40, 2)
    assert (await searches(base, "2018-02"))[0, 1] == 38
    coverage = await base.coverage("stop_search", "2018-02")
    assert coverage is not None
    assert (coverage["events"], coverage["placed"], coverage["no_location"], coverage["outside"]) == (
        40,
        2,
        38,
        0,
    )


async def test_a_month_of_which_no_search_has_coordinates_is_whole_all_the_same(base: Base) -> None:
    report = await load_stops(base, month_of_stops("2016-05", 60, point=NOWHERE), "2016-05")
    assert (report.rows_loaded, report.rows_placed) == (60, 0)
    assert (await searches(base, "2016-05"))[0, 1] == 60
    assert (await searches(base, "2016-05"))[HACKNEY, 1] == 0


async def test_real_2018_02_lacks_95_percent_of_its_coordinates_and_all_ages(
    base: Base, police: Path
) -> None:
    reports = await load_real(base, police / "awkward" / "2018-02.zip")
    assert (reports["stop_search"].rows_read, reports["stop_search"].rows_placed) == (10771, 534)
    coverage = await base.coverage("stop_search", "2018-02")
    assert coverage is not None
    assert (coverage["status"], coverage["no_location"]) == ("received", 10237)
    assert await searches(base, "2018-02", "age:10_17") == {}
    assert await base.values("stop_search_under_18_share", "2018-02") == {}
    assert sum((await searches(base, "2018-02")).values()) > 9000


async def test_ages_blank_in_every_row_give_no_figure_by_age(base: Base) -> None:
    await load_stops(base, month_of_stops("2018-02", Age_range=""), "2018-02")
    assert await searches(base, "2018-02", "age:18_24") == {}
    assert await base.values("stop_search_under_18_share", "2018-02") == {}
    assert (await searches(base, "2018-02"))[HACKNEY, 1] == 60


async def test_a_search_in_newcastle_is_outside_london_and_counted(base: Base) -> None:
    rows = [*month_of_stops("2024-02"), make_stop(NEWCASTLE)]
    report = await load_stops(base, rows)
    assert (report.rows_loaded, report.rows_placed) == (61, 60)
    assert (await searches(base, "2024-02"))[-1, 1] == 1


async def test_the_real_search_in_newcastle(base: Base, police: Path) -> None:
    for archive in sorted((police / "whole").glob("*.zip")):
        with zipfile.ZipFile(archive) as opened:
            stops = [name for name in opened.namelist() if name.endswith("stop-and-search.csv")]
            if any(b"54.977475,-1.613881" in opened.read(name) for name in stops):
                await load_real(base, archive)
                outside = await base.conn.fetchrow(
                    "select borough, place from stop_search where latitude = 54.977475"
                )
                assert tuple(outside) == (-1, 4)
                return
    pytest.fail("no file holds the search in Newcastle")


async def test_crimes_of_birmingham_and_bolton_are_outside_london_and_counted(base: Base) -> None:
    rows = [
        *month_of_crimes("2024-02"),
        make_crime(1, point=("-1.902691", "52.474001"), LSOA_code=BIRMINGHAM[0], LSOA_name=BIRMINGHAM[1]),
        make_crime(2, point=NOWHERE, LSOA_code=BOLTON[0], LSOA_name=BOLTON[1]),
        make_crime(3, point=("-3.1791", "51.4816"), LSOA_code="W01001939", LSOA_name="Cardiff 032F"),
    ]
    report = await load_street(base, rows)
    assert (report.rows_loaded, report.rows_placed) == (45, 42)
    assert (await base.values("crime_rate", "2024-02", "category:burglary"))[-1, 1] == 3


async def test_real_crimes_far_away_are_kept(base: Base, police: Path) -> None:
    archive = next(
        path
        for path in sorted((police / "met-burglary-only").glob("*.zip"))
        if any(row["LSOA name"].startswith(("Birmingham", "Bolton")) for row in read_rows(path, "street.csv"))
    )
    far = [
        row
        for row in read_rows(archive, "street.csv")
        if row["LSOA name"].startswith(("Birmingham", "Bolton"))
    ]
    await base.load(archive, only=("burglary",))
    for row in far:
        kept = await base.conn.fetch(
            "select borough from crime where crime_id = $1::text::uuid", row["Crime ID"][:32]
        )
        assert {found["borough"] for found in kept} == {-1}


async def test_no_location_has_neither_coordinates_nor_lsoa(base: Base) -> None:
    rows = [*month_of_crimes("2024-02"), make_crime(1, point=NOWHERE, Location="No Location")]
    report = await load_street(base, rows)
    assert (report.rows_loaded, report.rows_placed) == (43, 42)
    assert (await base.values("crime_rate", "2024-02", "category:burglary"))[0, 1] == 1
    assert await base.count("crime", "location = 'No Location' and borough = 0 and place = 5") == 1


async def test_on_or_near_with_nothing_after_it_is_a_row_like_others(base: Base) -> None:
    rows = [*month_of_crimes("2022-12"), make_crime(1, Month="2022-12", Location="On or near ")]
    report = await load_street(base, rows, "2022-12")
    assert (report.rows_loaded, report.rows_placed) == (43, 43)
    assert await base.count("crime", "location = 'On or near '") == 1


async def test_real_burglaries_of_2022_12_keep_their_bare_on_or_near(base: Base, police: Path) -> None:
    archive = police / "met-burglary-only" / "2022-12.zip"
    rows = read_rows(archive, "street.csv")
    bare = sum(row["Location"] == "On or near " for row in rows)
    nowhere = sum(row["Location"] == "No Location" for row in rows)
    assert 0.06 < bare / len(rows) < 0.08
    await base.load(archive, only=("burglary",))
    assert await base.count("crime") == len(rows)
    assert await base.count("crime", "location = 'On or near '") == bare
    assert await base.count("crime", "location = 'No Location' and borough = 0") == nowhere


async def test_the_lsoa_decides_where_the_point_disagrees_and_the_disagreement_is_counted(base: Base) -> None:
    rows = [*month_of_crimes("2024-02"), make_crime(1, LSOA_code=LSOAS[BROMLEY])]
    await load_street(base, rows)
    assert (await base.values("crime_rate", "2024-02", "category:burglary"))[BROMLEY, 1] == 1
    assert await base.conn.fetchval("select notes->'place_and_lsoa_disagree'->>'6' from resource") == "1"


# Months.


async def test_a_month_that_stops_on_the_17th_is_partial_and_has_no_figure(base: Base) -> None:
    rows = month_of_stops("2022-12", 600, days=17)
    report = await load_stops(base, rows, "2022-12")
    assert (report.status, report.rows_loaded) == ("loaded", 600)
    coverage = await base.coverage("stop_search", "2022-12")
    assert coverage is not None
    assert coverage["status"] == "partial"
    assert coverage["reason"] == "the file stops on 17 December 2022, though the month ends on 31 December"
    assert await searches(base, "2022-12") == {}


async def test_real_2022_12_is_partial_and_the_months_beside_it_are_whole(base: Base, police: Path) -> None:
    for month in ("2022-11", "2022-12"):
        await load_real(base, police / "whole" / f"{month}.zip")
    coverage = await base.coverage("stop_search", "2022-12")
    assert coverage is not None
    assert (coverage["status"], coverage["events"]) == ("partial", 5706)
    assert "17 December 2022" in coverage["reason"]
    assert await searches(base, "2022-12") == {}
    before = await base.coverage("stop_search", "2022-11")
    assert before is not None
    assert (before["status"], before["events"]) == ("received", 13109)


async def test_rows_stamped_31_may_in_a_june_file_are_of_june(base: Base) -> None:
    """Times are in UTC, and June begins in London at 23:00 of the day before."""
    first = [make_stop(Date="2016-05-31T23:01:00+00:00"), make_stop(Date="2016-05-31T23:05:00+00:00")]
    report = await load_stops(base, [*first, *month_of_stops("2016-06")], "2016-06")
    assert report.rows_loaded == 62
    assert (await searches(base, "2016-06"))[HACKNEY, 1] == 62
    assert await searches(base, "2016-05") == {}


async def test_real_2016_06_opens_on_31_may(base: Base, police: Path) -> None:
    archive = police / "awkward" / "2016-06.zip"
    stamped = [row["Date"] for row in read_rows(archive, "metropolitan-stop-and-search.csv")]
    early = sum(stamp.startswith("2016-05-31T23") for stamp in stamped)
    assert early > 0
    reports = await load_real(base, archive)
    assert reports["stop_search"].rows_loaded == len(stamped)
    assert await base.count("stop_search", "month = '2016-06-01' and occurred_at < '2016-06-01Z'") == early
    assert await base.count("stop_search", "month <> '2016-06-01'") == 0
    # the City's file is small, and whole
    for source in ("stop_search", "street", "outcomes"):
        coverage = await base.coverage(source, "2016-06", force=2)
        assert coverage is not None
        assert coverage["status"] == "received"


async def test_the_dates_of_zip_members_say_nothing(base: Base) -> None:
    """Which of two archives is newer is told by their names; here the older one has the later member."""
    name = name_file("2024-02", "stop-and-search")
    newer = zip_files({name: stops_csv(month_of_stops("2024-02", 50))}, (2001, 1, 1))
    older = zip_files({name: stops_csv(month_of_stops("2024-02", 60))}, (2030, 1, 1))
    await base.load(put(base.folder, "2024-04.zip", newer))
    assert only(await base.load(put(base.folder, "2024-03.zip", older))).status == "refused"
    assert (await searches(base, "2024-02"))[HACKNEY, 1] == 50


async def test_without_a_city_stop_file_the_citys_figures_are_missing_though_the_met_searched_there(
    base: Base,
) -> None:
    await load_stops(base, [*month_of_stops("2024-02"), make_stop(POINTS[CITY_OF_LONDON])])
    values = await searches(base, "2024-02")
    assert values[CITY_OF_LONDON, 1] == 1
    assert [key for key in values if key[1] == 2] == []
    assert await base.coverage("stop_search", "2024-02", force=2) is None


async def test_in_the_real_whole_files_the_city_is_missing(base: Base, police: Path) -> None:
    reports = await load_real(base, police / "whole" / "2024-02.zip")
    assert "city_stop_search" not in reports
    assert await base.coverage("stop_search", "2024-02", force=2) is None
    assert (await searches(base, "2024-02"))[CITY_OF_LONDON, 1] > 0
    assert await base.coverage("street", "2024-02", force=2) is not None
