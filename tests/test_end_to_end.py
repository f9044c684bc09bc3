"""Real files, real database, real application: what methods.md section 3 says the figures are.

The expected numbers are the oracle's own, from the zips by way of polars and geopandas. Ours may hold a few events more:
those within 50 m of a borough that lie in none (13 of 105,818).
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from api.app import create_app
from etl.load import LoadReport, Options, load
from etl.reference import seed
from tests.api.conftest import running
from tests.oracle.real import expected_figures

YEAR = {"from": "2023-09", "to": "2024-08"}
NEAREST = 0.0005


class World:
    """The loaded database and a client of the application on it."""

    def __init__(self, reports: list[LoadReport], client: httpx.AsyncClient) -> None:
        self.reports = reports
        self.client = client

    async def ask(self, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of /v1/values."""
        answer = await self.client.get("/v1/values", params=parameters)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])

    async def one(self, **parameters: Any) -> dict[str, Any]:
        """The one row of /v1/values."""
        (row,) = await self.ask(**parameters)
        return row


@pytest.fixture(scope="module")
async def real(
    pool: asyncpg.Pool, reader: asyncpg.Pool, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The full-resolution boundary and every police file, in the order a person would load them."""
    index = tmp_path_factory.mktemp("index")
    police = shared_data / "police"
    loads = [
        (shared_data / "geo" / "london_boroughs_gla_datastore.gpkg", Options()),
        (police / "whole", Options()),
        (police / "met-burglary-only", Options(only=("burglary",))),
        (police / "awkward", Options()),
    ]
    async with pool.acquire() as conn:
        await seed(conn)
        reports = [await load(conn, [path], index_folder=index, options=options) for path, options in loads]
    async with running(create_app(reader)) as client:
        yield World(reports, client)


async def test_every_file_is_loaded_whole(real: World) -> None:
    files = [file for report in real.reports for file in report.files]
    assert {file.status for file in files} == {"loaded"}
    assert all(file.rows_read == file.rows_loaded + file.rows_rejected for file in files)
    assert [sum(file.rows_read for file in report.files) for report in real.reports] == [
        33,
        287795,
        148673,
        45454,
    ]


@pytest.mark.parametrize("area", ["hackney", "bromley", "haringey", "met-located", "met", "metropolitan"])
async def test_rate_and_positive_outcomes_are_those_of_the_oracle(
    real: World, shared_data: Path, area: str
) -> None:
    expected = expected_figures(shared_data)[area]
    row = await real.one(metric="stop_search_rate", area=area, **YEAR)
    assert row["numerator"] == pytest.approx(expected["searches"], rel=NEAREST)
    assert row["denominator"] == pytest.approx(expected["person_years"], rel=1e-9)
    for limit in ("value", "lower", "upper"):
        assert row[limit] == pytest.approx(expected["rate"][limit], rel=NEAREST)
    positive = await real.one(metric="stop_search_positive_outcome_share", area=area, **YEAR)
    assert positive["value"] == pytest.approx(expected["positive"]["value"], rel=NEAREST)
    if area in ("hackney", "bromley", "haringey", "metropolitan"):
        assert row["numerator"] == expected["searches"]
        assert positive["numerator"] == expected["positive"]["numerator"]


@pytest.mark.parametrize("area", ["hackney", "bromley", "haringey", "met-located", "met"])
async def test_ratios_and_their_bands_are_those_of_the_oracle(
    real: World, shared_data: Path, area: str
) -> None:
    expected = expected_figures(shared_data)[area]["ratios"]
    rows = await real.ask(metric="stop_search_rate_ratio", area=area, group="*", basis="*", **YEAR)
    found = {(row["group"].removeprefix("ethnicity:"), row["basis"]): row for row in rows}
    assert {key for key, row in found.items() if row["status"] != "not_applicable"} == set(expected)
    fields = ("value", "lower", "upper", "assumption_low", "assumption_high", "difference_per_1000")
    for key, figures in expected.items():
        for field in fields:
            # a handful of nearest events weighs more in a small group, and in a difference of two like rates
            expected_value = pytest.approx(figures[field], rel=5 * NEAREST, abs=0.002)
            assert found[key][field] == expected_value, (key, field)
        assert found[key]["verdict"].startswith(figures["verdict"])


async def test_check_values_of_the_specification(real: World) -> None:
    hackney = await real.one(metric="stop_search_rate", area="hackney", **YEAR)
    assert (hackney["numerator"], round(hackney["value"], 2)) == (3294, 12.37)
    assert (round(hackney["lower"], 2), round(hackney["upper"], 2)) == (11.95, 12.80)
    ratio = await real.one(metric="stop_search_rate_ratio", area="hackney", group="black", **YEAR)
    assert [round(ratio[name], 2) for name in ("value", "lower", "upper")] == [4.13, 3.82, 4.46]
    expected = {"hackney": 36.7, "bromley": 36.6, "haringey": 31.0, "met-located": 31.6}
    for area, percent in expected.items():
        row = await real.one(metric="stop_search_positive_outcome_share", area=area, **YEAR)
        assert round(100 * row["value"], 1) == percent


async def test_the_city_is_missing_and_says_why(real: World) -> None:
    row = await real.one(metric="stop_search_rate", area="city-of-london", **YEAR)
    assert (row["status"], row["value"], row["numerator"]) == ("missing", None, None)
    assert "City of London Police" in row["reason"]
    assert row["other_forces_numerator"] == 111
    london = await real.one(metric="stop_search_rate", area="london", **YEAR)
    assert london["status"] == "missing"
    assert "Met area (32 boroughs)" in london["reason"]


async def test_a_year_with_a_partial_month_is_shown_as_eleven_of_twelve(real: World) -> None:
    row = await real.one(
        metric="stop_search_rate", area="hackney", window="rolling_12", **{"from": "2023-08", "to": "2023-08"}
    )
    assert row["months_received"] == 11
    assert "11 of 12 months" in row["flags"]
    assert row["value"] is not None
    december = await real.one(
        metric="stop_search_rate", area="hackney", **{"from": "2022-12", "to": "2022-12"}
    )
    assert december["value"] is None
    assert "17 December 2022" in december["reason"]


async def test_a_partial_copy_makes_no_category_zero(real: World) -> None:
    rows = await real.ask(metric="crime_rate", area="hackney", group="*", **YEAR)
    given = {row["group"]: row["status"] for row in rows}
    assert given.pop("category:burglary") == "ok"
    assert set(given.values()) == {"missing"}
    total = await real.one(metric="crime_rate", area="hackney", **YEAR)
    assert (total["status"], total["value"]) == ("missing", None)


async def test_burglaries_of_june_2023_in_the_32_boroughs(real: World) -> None:
    month = {"from": "2023-06", "to": "2023-06"}
    row = await real.one(metric="crime_rate", area="met-located", group="burglary", **month)
    assert row["numerator"] == 4557


async def test_fields_that_the_met_left_blank_are_missing(real: World) -> None:
    linked = await real.one(metric="stop_search_linked_outcome_share", area="hackney", **YEAR)
    assert (linked["status"], linked["value"]) == ("missing", None)
    before = await real.one(
        metric="stop_search_clothing_removal_share", area="hackney", **{"from": "2023-09", "to": "2024-01"}
    )
    after = await real.one(
        metric="stop_search_clothing_removal_share", area="hackney", **{"from": "2024-02", "to": "2024-08"}
    )
    assert before["status"] == "missing"
    assert after["value"] is not None


async def test_a_bcu_is_the_sum_of_its_boroughs_and_the_met_of_32_and_the_unplaced(real: World) -> None:
    rows = await real.ask(metric="stop_search_rate", area=["CE", "hackney", "tower-hamlets"], **YEAR)
    bcu, *boroughs = rows
    assert bcu["numerator"] == sum(row["numerator"] for row in boroughs)
    assert bcu["denominator"] == pytest.approx(sum(row["denominator"] for row in boroughs))
    met = await real.one(metric="stop_search_rate", area="met", **YEAR)
    located = await real.one(metric="stop_search_rate", area="met-located", **YEAR)
    assert met["numerator"] == located["numerator"] + met["unplaced_numerator"]


async def test_months_before_the_first_population_have_a_count_and_no_rate(real: World) -> None:
    row = await real.one(metric="stop_search_rate", area="hackney", **{"from": "2016-06", "to": "2016-06"})
    assert row["numerator"] > 0
    assert row["value"] is None


async def test_a_month_almost_without_places_is_withheld_in_boroughs(real: World) -> None:
    row = await real.one(metric="stop_search_rate", area="hackney", **{"from": "2018-02", "to": "2018-02"})
    assert row["value"] is None
    assert "plac" in row["reason"] or "locat" in row["reason"]
