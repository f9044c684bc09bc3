"""Charts of monthly series, and the two paths over HTTP."""

import csv
import io
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import asyncpg
import httpx
import pytest

from api.app import create_app
from api.charts import draw_series
from api.errors import BadParameter
from api.snapshot import load_snapshot
from etl.reference import seed
from tests.api.conftest import running
from tests.api.facts import CITY, MET, add_coverage, add_observations, add_persons, add_release, months

RATE, CRIME = "stop_search_rate", "antisocial_behaviour_rate"
HACKNEY = 12
YEARS = months("2022-07", "2025-06")
STREET = months("2021-09", "2023-08")
# Searches of Hackney's by month: up and down, one month far above, the last eight all below.
COUNTS = [100, 104] * 10 + [101, 180] + [100, 104] * 3 + [90, 91, 90, 91, 90, 91, 90, 91]
OLD, NEW = "2026-01-31-aaaaaaaa", "2026-02-10-bbbbbbbb"


@pytest.fixture(scope="module")
async def world(pool: asyncpg.Pool) -> asyncpg.Pool:
    """Three years of the Met's searches with one month missing; two of City street crime. Two releases."""
    async with pool.acquire() as connection:
        await seed(connection)
        await add_release(connection, OLD, "2026-01-31T12:00:00+00:00")
        listed = [text for text in YEARS if text != "2022-11"]
        await add_coverage(connection, "stop_search", MET, listed, events=9000, no_location=300)
        for year in range(2021, 2026):
            await add_persons(connection, "residents", year, dict.fromkeys(range(1, 34), 120_000))
        for text, count in zip(YEARS, COUNTS, strict=True):
            if text != "2022-11":
                await add_observations(
                    connection, RATE, "officer_defined", "total", [text], {HACKNEY: count, 3: 50, 33: 70}
                )
        await add_coverage(connection, "street", CITY, STREET)
        await add_observations(connection, CRIME, "recorded", "total", STREET, {1: 30}, force=CITY)
        await add_release(connection, NEW, "2026-02-10T12:00:00+00:00")
        series = await connection.fetchval("select series_id from series where metric = $1", RATE)
        await connection.execute(
            "update observation set last_release = 1"
            f" where series_id = {series} and borough = {HACKNEY} and period_start = '2025-06-01'"
        )
        await add_observations(
            connection, RATE, "officer_defined", "total", ["2025-06"], {HACKNEY: 300}, first=2
        )
    return pool


@pytest.fixture(scope="module")
async def conn(world: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to it."""
    async with world.acquire() as connection:
        yield connection


@pytest.fixture(scope="module")
async def client(world: asyncpg.Pool, reader: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on it."""
    async with running(create_app(reader)) as client:
        yield client


async def draw(conn: Any, **given: str) -> list[Any]:
    raw = {name.rstrip("_"): [text] for name, text in {"metric": RATE, "area": "hackney", **given}.items()}
    return await draw_series(conn, await load_snapshot(conn, 1), raw)


class TestSeries:
    async def test_the_latest_36_months_with_the_limits_of_their_stretch(self, conn: Any) -> None:
        rows = await draw(conn)
        assert [row.month for row in rows] == YEARS
        values = [
            None if month == "2022-11" else count / 10 for month, count in zip(YEARS, COUNTS, strict=True)
        ]
        assert [row.value for row in rows] == [pytest.approx(value) for value in values]
        there = [value for value in values if value is not None]
        pairs = [(a, b) for a, b in pairwise(values) if a is not None and b is not None]
        centre = sum(there) / 35
        moving = sum(abs(b - a) for a, b in pairs) / 33
        assert len(pairs) == 33
        assert {round(row.centre, 9) for row in rows} == {round(centre, 9)}
        assert rows[0].limit_upper == pytest.approx(centre + 2.66 * moving)
        assert rows[0].limit_lower == pytest.approx(centre - 2.66 * moving)
        assert {(row.stretch_from, row.stretch_to, row.note) for row in rows} == {
            ("2022-07", "2025-06", None)
        }

    async def test_each_month_names_the_signals_it_is_part_of(self, conn: Any) -> None:
        rows = {row.month: row for row in await draw(conn)}
        assert rows["2024-04"].signals == ("2024-04 lies above the upper limit",)
        assert rows["2024-04"].rules == ("outside",)
        told = "8 months in a row below the centre, 2024-11 to 2025-06"
        for month, row in rows.items():
            assert (told in row.signals) == (month >= "2024-11"), month

    async def test_a_missing_month_has_no_value_and_says_why(self, conn: Any) -> None:
        row = next(row for row in await draw(conn) if row.month == "2022-11")
        assert (row.value, row.status, row.signals) == (None, "missing", ())
        assert row.reason is not None

    async def test_other_months_have_other_limits(self, conn: Any) -> None:
        rows = await draw(conn, from_="2024-11", to="2025-06")
        assert len(rows) == 8
        assert {row.centre for row in rows} == {None}
        assert "8 months have a figure, and limits need at least 12" in str(rows[0].note)

    async def test_the_series_restarts_where_its_meaning_breaks(self, conn: Any) -> None:
        rows = await draw(conn, metric=CRIME, area="city-of-london", from_="2021-09", to="2023-08")
        # breaks of every force's street files: July 2022 and January 2023
        assert [row.month for row in rows if row.month == row.stretch_from] == [
            "2021-09",
            "2022-07",
            "2023-01",
        ]

    async def test_a_break_of_one_force_does_not_concern_another(self, conn: Any) -> None:
        rows = await draw(conn, metric=CRIME, area="city-of-london", from_="2023-09", to="2024-08")
        assert {row.stretch_from for row in rows} == {"2023-09"}
        rows = await draw(conn, metric=CRIME, from_="2023-09", to="2024-08")
        assert {row.stretch_from for row in rows} == {"2023-09", "2024-02"}

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"metric": "stop_search_under_18_share"}, "by the year only"),
            ({"group": "age"}, "by the year only"),
            ({"group": "age:10_17"}, "by the year only"),
            ({"group": "object"}, "choose one of"),
            ({"area": "boroughs"}, "one area"),
            ({"metric": "stop_search"}, "stop_search"),
            ({"metric": "charged_share", "basis": "as_published"}, "different age"),
            ({"metric": "trust_police_share"}, "no figures by month"),
            ({"basis": "nobody"}, "nobody"),
        ],
    )
    async def test_what_has_no_chart_is_refused(self, conn: Any, given: dict[str, str], said: str) -> None:
        with pytest.raises(BadParameter) as refused:
            await draw(conn, **given)
        assert said in str(refused.value)


class TestPaths:
    async def test_signals_are_those_of_the_release_asked_for(self, client: httpx.AsyncClient) -> None:
        path = f"/v1/signals?metric={RATE}&area=hackney"
        latest = (await client.get(path)).json()
        assert latest["data"][-1]["numerator"] == 300
        assert latest["data"][-1]["rules"] == ["outside"]
        for as_of in (OLD, "2026-02-01"):
            former = (await client.get(f"{path}&as_of={as_of}")).json()
            assert former["release"]["release"] == OLD
            assert former["data"][-1]["numerator"] == 91

    async def test_comparisons_too(self, client: httpx.AsyncClient) -> None:
        path = f"/v1/metrics/{RATE}/comparison?to=2025-06"
        former = sum(COUNTS[24:])
        for as_of, numerator in ((NEW, former - 91 + 300), (OLD, former)):
            answer = (await client.get(f"{path}&as_of={as_of}")).json()
            row = next(row for row in answer["data"] if row["area_code"] == "E09000012")
            assert (row["numerator"], row["release"], row["from"]) == (numerator, as_of, "2024-07")

    async def test_csv_has_the_same_rows_and_no_empty_cell(self, client: httpx.AsyncClient) -> None:
        for path in (f"/v1/metrics/{RATE}/comparison?to=2025-06", f"/v1/signals?metric={RATE}&area=hackney"):
            rows = (await client.get(path)).json()["data"]
            table = list(csv.DictReader(io.StringIO((await client.get(f"{path}&format=csv")).text)))
            assert list(table[0]) == list(rows[0])
            assert len(table) == len(rows)
            assert all(cell for line in table for cell in line.values())

    async def test_a_comparison_can_be_drawn(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/metrics/{RATE}/comparison?to=2025-06&within=ce&format=geojson")
        features = answer.json()["features"]
        assert [feature["id"] for feature in features] == ["E09000012", "E09000030"]
        assert features[0]["properties"]["bcu_code"] == "CE"

    async def test_within_shows_some_and_compares_with_all(self, client: httpx.AsyncClient) -> None:
        path = f"/v1/metrics/{RATE}/comparison?to=2025-06"
        every = (await client.get(path)).json()["data"]
        some = (await client.get(f"{path}&within=central-east")).json()["data"]
        assert some == [row for row in every if row["bcu_code"] == "CE"]
        assert len(some) == 2

    @pytest.mark.parametrize(
        ("path", "status", "said"),
        [
            (f"/v1/metrics/{RATE}/comparison?colour=red", 400, "colour"),
            (f"/v1/metrics/{RATE}/comparison?within=hackney", 400, "names no BCU"),
            (f"/v1/metrics/{RATE}/comparison?within=nowhere", 400, "names no BCU"),
            (f"/v1/metrics/{RATE}/comparison?within=ce&kind=bcu", 400, "kind=borough"),
            (f"/v1/metrics/{RATE}/comparison?kind=london", 400, "borough"),
            (f"/v1/metrics/{RATE}/comparison?to=2099-01", 400, "has not come yet"),
            (f"/v1/metrics/{RATE}/comparison?as_of=1999-01-01", 400, "Nothing had been published"),
            ("/v1/metrics/stop_serch_rate/comparison", 404, "stop_search_rate"),
            (f"/v1/signals?metric={RATE}", 400, "area"),
            ("/v1/signals?area=hackney", 400, "metric"),
            (f"/v1/signals?metric={RATE}&area=hackney&window=month", 400, "window"),
            (f"/v1/signals?metric={RATE}&area=hackney&format=geojson", 400, "format"),
        ],
    )
    async def test_what_is_wrong_is_said(
        self, client: httpx.AsyncClient, path: str, status: int, said: str
    ) -> None:
        answer = await client.get(path)
        assert answer.status_code == status
        assert said in answer.json()["detail"]
