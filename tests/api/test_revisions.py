"""Given two releases, expect what changed between them, why, and in words; and the former figures still there."""

import csv
import io
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from api.app import create_app
from api.figures.exposure import Exposure
from api.history import compare_populations
from etl.load import Options, load
from etl.reference import seed
from sql import Settings, connect
from tests.api.conftest import running
from tests.api.facts import add_coverage, add_observations, add_persons, add_release
from tests.api.test_records import read_lines, read_pages
from tests.conftest import _administer, name_database

PATH = "/v1/revisions"
DETAIL = f"{PATH}?detail=true"


async def test_a_month_published_again(loaded: httpx.AsyncClient) -> None:
    """Ten burglaries in the City became nine, two charged became four; the twelve other crimes stayed."""
    rows = (await loaded.get(f"{PATH}?source=street")).json()["data"]
    by_metric = {row["metric"]: row for row in rows}
    assert {row["reason"] for row in rows} == {"republished_month"}
    crimes = by_metric["crime_rate"]
    # The total and the burglaries.
    assert (crimes["figures_changed"], crimes["figures_new"], crimes["figures_withdrawn"]) == (2, 0, 0)
    assert (crimes["first_month"], crimes["last_month"], crimes["largest_change"]) == (
        "2024-02",
        "2024-02",
        1,
    )
    assert "City of London Police was published again" in crimes["sentence"]
    assert "of 2024-09-01 took the place of" in crimes["sentence"]
    assert "before and" in crimes["sentence"]
    # One record of anti-social behaviour, before and after.
    assert by_metric["antisocial_behaviour_rate"]["figures_changed"] == 0
    assert "no figure changed" in by_metric["antisocial_behaviour_rate"]["sentence"]


async def test_each_figure_before_and_after(loaded: httpx.AsyncClient) -> None:
    query = "metric=charged_share&group=total&basis=as_published"
    (row,) = (await loaded.get(f"{DETAIL}&{query}")).json()["data"]
    assert (row["area_code"], row["from"], row["to"]) == ("E09000001", "2024-02", "2024-02")
    assert (row["before_numerator"], row["before_base"], row["before_value"]) == (2, 22, 2 / 22)
    assert (row["after_numerator"], row["after_base"], row["after_value"]) == (4, 21, 4 / 21)
    assert row["reasons"] == ["republished_month"]
    assert "2 of 22 before, 4 of 21 after" in row["sentence"]


async def test_as_of_gives_the_former(loaded: httpx.AsyncClient) -> None:
    new, old = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    query = "metric=charged_share&basis=as_published&area=city-of-london&from=2024-02&to=2024-02"
    for release, expected in ((old, (2, 22)), (new, (4, 21))):
        (row,) = (await loaded.get(f"/v1/values?{query}&as_of={release}")).json()["data"]
        assert (row["numerator"], row["denominator"]) == expected
        map_ = await loaded.get(f"/v1/boundaries?{query.replace('area=city-of-london&', '')}&as_of={release}")
        drawn = {part["id"]: part["properties"] for part in map_.json()["features"]}
        assert drawn["E09000001"]["numerator"] == expected[0]
        assert map_.headers["x-release"] == release
        assert (await loaded.get(f"/v1/metrics/crime_rate?as_of={release}")).headers["x-release"] == release


async def test_details_come_in_pages(loaded: httpx.AsyncClient) -> None:
    every = (await loaded.get(DETAIL)).json()["data"]
    assert len(every) > 6
    assert await read_pages(loaded, f"{DETAIL}&limit=2") == every
    assert len(read_lines(await loaded.get(f"{DETAIL}&format=csv"))) == len(every)
    counts = (await loaded.get(PATH)).json()["data"]
    assert sum(row["figures_changed"] + row["known_shares_changed"] for row in counts) == len(every)


async def test_areas_choose(loaded: httpx.AsyncClient) -> None:
    assert (await loaded.get(f"{DETAIL}&area=hackney")).json()["data"] == []
    city = (await loaded.get(f"{DETAIL}&area=city-of-london")).json()["data"]
    assert {row["area_name"] for row in city} == {"City of London"}


async def test_what_came_with_the_first_release(loaded: httpx.AsyncClient) -> None:
    """Compared with nothing, every figure is new; those of few people are not counted."""
    old = (await loaded.get("/v1/releases")).json()["data"][-1]["release"]
    rows = (await loaded.get(f"{PATH}?to={old}")).json()["data"]
    assert {row["reason"] for row in rows} == {"new_month"}
    assert {row["from"] for row in rows} == {None}
    small = [row for row in rows if row["small"]]
    assert {row["metric"] for row in small} >= {"stop_search_under_18_share", "stop_search_rate"}
    for row in small:
        told = (row["figures_changed"], row["figures_new"], row["first_month"], row["largest_change"])
        assert told == (None, None, None, None)
        assert "how many is not said: this release is the first to have it" in row["sentence"]
    details = await read_pages(loaded, f"{DETAIL}&to={old}&source=stop_search&limit=5000")
    assert not [row for row in details if row["group"].startswith("age:")]
    assert "stop_search_under_18_share" not in {row["metric"] for row in details}


async def test_releases_say_what_came(loaded: httpx.AsyncClient) -> None:
    new, old = (await loaded.get("/v1/releases")).json()["data"]
    assert (new["files_loaded"], new["files_replaced"]) == (1, 1)
    assert new["files"] == ["2024-02-city-of-london-street.csv of 2024-09-01"]
    assert new["sentence"].startswith("1 file was loaded, and 1 month of files replaced; ")
    assert (old["files_loaded"], old["files_replaced"], len(old["files"])) == (7, 0, 7)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=1999-01-01", "Nothing had been published by 1999-01-01"),
        ("from=gossip", "from='gossip'"),
        ("metric=crime", "crime_rate"),
        ("source=gossip", "street"),
        ("area=hackny", "hackney"),
        ("group=spoons", "category"),
        ("basis=spoons", "recorded"),
        ("detail=yes", "true"),
        ("limit=3", "detail=true"),
        ("detail=true&cursor=x", "no place in a list"),
        ("detail=true&cursor=a.b.c.d", "no place in a list"),
        # more than the database can hold, and less than nothing
        ("detail=true&cursor=99999999999.2024-01-01.1.1", "no place in a list"),
        ("detail=true&cursor=1.2024-01-01.99999.1", "no place in a list"),
        ("detail=true&cursor=1.2024-01-01.1.-99999", "no place in a list"),
        ("detail=true&cursor=residents.-5", "no place in a list"),
        ("detail=true&limit=0", "1 to 5000"),
    ],
)
async def test_what_is_refused(loaded: httpx.AsyncClient, query: str, said: str) -> None:
    answer = await loaded.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


async def test_releases_in_the_wrong_order(loaded: httpx.AsyncClient) -> None:
    new, old = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    answer = await loaded.get(f"{PATH}?from={new}&to={old}")
    assert answer.status_code == 400
    assert "swap them" in answer.json()["detail"]
    assert (await loaded.get(f"{PATH}?from={new}&to={new}")).json()["data"] == []


@asynccontextmanager
async def database_of_its_own(server: str, template: str, name: str) -> AsyncIterator[Settings]:
    """Settings of a migrated database that is gone afterwards."""
    await _administer(server, f'drop database if exists "{name}"')
    await _administer(server, f'create database "{name}" template "{template}"')
    try:
        yield Settings(database_url=name_database(server, name))
    finally:
        await _administer(server, f'drop database "{name}" with (force)')


@pytest.fixture(scope="module")
async def written(server: str, template: str) -> AsyncIterator[httpx.AsyncClient]:
    """Two releases by hand: new residents, new boundaries, a new method, words filed anew, figures gone."""
    async with (
        database_of_its_own(server, template, f"revisions_by_hand_{os.getpid()}") as settings,
        await connect(settings, max_size=2) as pool,
    ):
        async with pool.acquire() as conn:
            await seed(conn)
            await add_release(conn, "2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00")
            await add_release(conn, "2026-03-01-bbbbbbbb", "2026-03-01T12:00:00+00:00")
            await conn.execute("update release set boundary_vintage = 'full' where release_id = 2")
            await add_coverage(conn, "stop_search", 1, ["2024-01", "2024-02", "2024-03"])
            await add_persons(conn, "residents", 2023, {12: 100_000, 6: 200_000})
            await conn.execute("update exposure set last_release = 1 where borough = 12")
            await conn.execute("insert into exposure values ('residents', 12, 2023, 101000, 'V1', 2, null)")
            rate = ("stop_search_rate", "officer_defined", "total")
            await add_observations(conn, *rate, ["2024-01"], {12: 10}, last=1)
            await add_observations(conn, *rate, ["2024-01"], {12: 14}, first=2, revision=1)
            await add_observations(conn, *rate, ["2024-02"], {12: 5}, last=1)
            share = ("stop_search_arrest_share", "officer_defined", "total")
            await add_observations(conn, *share, ["2024-03"], {12: (3, 0, 0, 9)}, last=1)
            await add_observations(conn, *share, ["2024-03"], {12: (3, 0, 0, 9)}, first=2)
            # only what is unknown moved: of a share itself, and of a rate what it is a part of
            linked = ("stop_search_positive_outcome_share", "officer_defined", "total")
            await add_observations(conn, *linked, ["2024-03"], {12: (0, 0, 2, 7)}, last=1)
            await add_observations(conn, *linked, ["2024-03"], {12: (0, 0, 1, 7)}, first=2)
            black = ("stop_search_rate", "officer_defined", "ethnicity:black")
            await add_observations(conn, *black, ["2024-03"], {12: (3, 0, 2, 9)}, last=1)
            await add_observations(conn, *black, ["2024-03"], {12: (3, 0, 2, 10)}, first=2)
            await conn.execute(
                "update observation set method_version = 2 where period_start = '2024-03-01' and first_release = 2"
                " and series_id in (select series_id from series where metric = 'stop_search_arrest_share')"
            )
        async with running(create_app(settings)) as client:
            yield client


async def test_every_reason_that_holds_is_given(written: httpx.AsyncClient) -> None:
    rows = (await written.get(DETAIL)).json()["data"]
    told = {(row["metric"], row["from"]): row["reasons"] for row in rows if row["force"]}
    assert told == {
        ("stop_search_rate", "2024-01"): ["new_boundaries"],
        ("stop_search_rate", "2024-02"): ["withdrawn", "new_boundaries"],
        ("stop_search_arrest_share", "2024-03"): ["new_boundaries", "new_method_version"],
        ("stop_search_positive_outcome_share", "2024-03"): ["new_boundaries"],
        ("stop_search_rate", "2024-03"): ["new_boundaries"],
    }
    gone = next(row for row in rows if row["from"] == "2024-02")
    assert (gone["before_numerator"], gone["after_numerator"]) == (5, None)
    assert "5 before, no figure after" in gone["sentence"]
    assert "by the boundaries full in place of outline" in gone["sentence"]


async def test_what_is_unknown_is_no_change_of_a_figure(written: httpx.AsyncClient) -> None:
    rows = (await written.get(f"{PATH}?metric=stop_search_positive_outcome_share")).json()["data"]
    (row,) = [row for row in rows if row["reason"] == "new_boundaries"]
    assert (row["figures_changed"], row["known_shares_changed"]) == (0, 1)
    assert "no figure changed; of 1 only how much is known, 2024-03" in row["sentence"]
    rows = (await written.get(f"{PATH}?metric=stop_search_rate")).json()["data"]
    (row,) = [row for row in rows if row["reason"] == "new_boundaries" and not row["small"]]
    assert (row["figures_changed"], row["figures_withdrawn"], row["known_shares_changed"]) == (1, 1, 1)
    assert "1 figure changed, 1 figure was withdrawn; of 1 other only how much is known" in row["sentence"]
    details = {
        (row["metric"], row["from"]): row
        for row in (await written.get(DETAIL)).json()["data"]
        if row["force"]
    }
    share = details["stop_search_positive_outcome_share", "2024-03"]
    assert (share["before_unknown"], share["after_unknown"]) == (2, 1)
    assert "0 of 7 before and after; unknown 2 of 9 before, 1 of 8 after: " in share["sentence"]
    rate = details["stop_search_rate", "2024-03"]
    assert "3 before and after; unknown 2 of 9 before, 2 of 10 after: " in rate["sentence"]


async def test_new_residents(written: httpx.AsyncClient) -> None:
    rows = (await written.get(f"{PATH}?metric=crime_rate")).json()["data"]
    assert [row["reason"] for row in rows] == ["new_population"]
    assert "in 2023, 100,000 before and 101,000 after" in rows[0]["sentence"]
    (row,) = (await written.get(f"{DETAIL}&metric=crime_rate")).json()["data"]
    assert (row["before_base"], row["after_base"], row["before_numerator"]) == (100_000, 101_000, None)
    assert (row["area_name"], row["from"], row["to"]) == ("Hackney", "2023-01", "2023-12")
    assert (await written.get(f"{DETAIL}&metric=crime_rate&area=bromley")).json()["data"] == []


def test_a_new_estimate_takes_the_place_of_the_one_carried_forward() -> None:
    def expose(years: list[int], persons: list[float]) -> dict[str, Exposure]:
        table = np.full((len(years), 34), np.nan)
        table[:, 12] = persons
        return {"residents": Exposure("residents", "V", np.array(years), table)}

    (change,) = compare_populations(expose([2023], [100.0]), expose([2023, 2024], [100.0, 103.0]))
    assert (change.year, change.before_persons, change.after_persons) == (2024, 100, 103)


def read_real(archive: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(archive) as opened:
        (name,) = [one for one in opened.namelist() if one.endswith("city-of-london-street.csv")]
        return list(csv.DictReader(io.StringIO(opened.read(name).decode())))


async def test_the_citys_cases_of_february_2024(
    server: str, template: str, shared_data: Path, tmp_path: Path
) -> None:
    """The real file published again: what the two files say, counted here, is what the revisions say."""
    former, latter = (shared_data / "police" / name / "2024-02.zip" for name in ("whole", "revised"))
    query = "metric=charged_share&metric=open_share&basis=as_published&group=total"
    async with database_of_its_own(server, template, f"revisions_real_{os.getpid()}") as settings:
        async with await connect(settings, max_size=2) as pool, pool.acquire() as connection:
            await seed(connection)
            for archive, vintage in ((former, date(2024, 4, 1)), (latter, date(2025, 1, 1))):
                report = await load(
                    connection, [archive], index_folder=tmp_path, options=Options(vintage=vintage)
                )
                assert not [file for file in report.files if file.status == "refused"]
        async with running(create_app(settings)) as client:
            rows = (await client.get(f"{DETAIL}&{query}")).json()["data"]
    expected = {}
    for side, archive in (("before", former), ("after", latter)):
        # An identifier that stands twice is one case. Charged or at court: shared/methods.md, section 4.
        cases: dict[str, set[str]] = {}
        for row in read_real(archive):
            if row["Crime ID"]:
                cases.setdefault(row["Crime ID"], set()).add(row["Last outcome category"])
        begins = ("Suspect charged", "Awaiting court", "Defendant ", "Court ")
        expected[f"charged_share {side}"] = sum(
            any(word.startswith(begins) for word in words) for words in cases.values()
        )
        expected[f"open_share {side}"] = sum(words == {"Under investigation"} for words in cases.values())
    found: dict[str, Any] = dict.fromkeys(expected, 0)
    for row in rows:
        for side in ("before", "after"):
            found[f"{row['metric']} {side}"] += row[f"{side}_numerator"]
    assert found == expected
    assert {row["reasons"][0] for row in rows} == {"republished_month"}
