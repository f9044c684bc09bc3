"""What is added, what is divided, what is missing, and what is said of it."""

import math
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from scipy import stats

from etl.reference import seed
from tests.api.hand_made import CHILDREN, RATE, RATIO, SHARE, ask, ask_one, write_facts


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database in which every fact was written by hand."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        yield connection


class TestRates:
    async def test_a_year_of_one_borough(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney", from_="2023-09", to="2024-08")
        # 4 months of 2023 at 144,000 residents, 8 of 2024 at 158,400
        person_years = (4 * 144_000 + 8 * 158_400) / 12
        events = 12 * 12
        assert (row.numerator, row.denominator) == (events, person_years)
        assert row.value == pytest.approx(1000 * 144 / person_years, rel=1e-12)
        # Byar, worked out by hand from its formula
        low = events * (1 - 1 / (9 * events) - 1.959964 / (3 * math.sqrt(events))) ** 3
        assert row.lower == pytest.approx(1000 * low / person_years, rel=1e-6)
        assert row.method == "Byar; residents: V1"
        assert (row.status, row.reason) == ("ok", None)
        assert (row.months_expected, row.months_received) == (12, 12)
        assert row.placed_share == pytest.approx(0.91)
        assert (row.unplaced_numerator, row.other_forces_numerator) == (None, 0)
        assert (row.from_month, row.to_month, row.window) == ("2023-09", "2024-08", "whole")
        assert (row.release, row.as_of) == ("2026-03-01-cccccccc", None)

    async def test_a_bcu_is_the_sum_of_its_boroughs(self, conn: Any) -> None:
        parts = await ask(conn, metric=RATE, area=["hackney", "tower-hamlets"], from_="2023-09", to="2024-08")
        whole = await ask_one(conn, metric=RATE, area="ce", from_="2023-09", to="2024-08")
        assert whole.numerator == sum(part.numerator for part in parts) == 12 * (12 + 30)
        assert whole.denominator == sum(part.denominator for part in parts)
        assert whole.value == pytest.approx(1000 * whole.numerator / whole.denominator)
        assert (
            whole.value != pytest.approx(sum(part.value for part in parts) / 2, rel=1e-12)
            or parts[0].value == parts[1].value
        )

    async def test_the_met_area_holds_unplaced_searches_and_says_how_many(self, conn: Any) -> None:
        met, located, force = await ask(
            conn, metric=RATE, area=["met", "met-located", "metropolitan"], from_="2024-01", to="2024-01"
        )
        assert met.numerator == sum(range(2, 34)) + 50
        assert met.unplaced_numerator == 50
        assert located.numerator == sum(range(2, 34))
        assert located.unplaced_numerator is None
        # The force's own figure has its searches in the City and outside London too
        assert force.numerator == sum(range(1, 34)) + 50 + 7
        assert force.other_forces_numerator == 0

    async def test_a_month_gives_an_annual_rate(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATE, area="hackney", from_="2024-01", to="2024-02", window="month")
        assert [row.to_month for row in rows] == ["2024-01", "2024-02"]
        assert rows[0].denominator == 158_400 / 12
        assert rows[0].value == pytest.approx(1000 * 12 / (158_400 / 12))

    async def test_few_events_have_an_exact_interval(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="bromley", from_="2024-01", to="2024-01", window="month")
        assert row.numerator == 6
        assert row.method == "exact Poisson; residents: V1"
        assert row.lower == pytest.approx(1000 * stats.chi2.ppf(0.025, 12) / 2 / row.denominator)
        assert row.upper == pytest.approx(1000 * stats.chi2.ppf(0.975, 14) / 2 / row.denominator)

    async def test_months_before_the_first_estimate_have_a_count_and_no_rate(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney", from_="2022-11", to="2022-11")
        assert (row.numerator, row.denominator, row.value, row.lower) == (12, None, None, None)
        assert row.status == "incomplete"
        assert row.reason == "Populations begin with mid-2023: earlier months have a count and no rate."

    async def test_a_figure_does_not_depend_on_what_else_was_asked(self, conn: Any) -> None:
        many = await ask(conn, metric=RATE, area="all", from_="2023-10", to="2024-08", window="rolling_12")
        one = await ask_one(
            conn, metric=RATE, area="hackney", from_="2024-03", to="2024-03", window="rolling_12"
        )
        assert one in many


class TestGaps:
    async def test_the_citys_own_file_is_missing(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="city-of-london", from_="2023-09", to="2024-08")
        assert row.status == "missing"
        assert (row.numerator, row.value, row.lower, row.months_received) == (None, None, None, 0)
        assert row.other_forces_numerator == 12
        assert row.reason == (
            "No stop and search file of City of London Police was received for these months, so "
            "the City's own figures are missing; other forces' events in the City are counted apart."
        )

    async def test_london_needs_both_forces_and_names_the_comparator(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="london", from_="2023-09", to="2024-08")
        assert (row.status, row.value) == ("missing", None)
        assert "No stop and search file of City of London Police" in row.reason
        assert "Met area (32 boroughs)" in row.reason

    async def test_a_rolling_year_with_a_partial_month_is_11_of_12(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=SHARE, area="hackney", from_="2023-10", to="2023-10", window="rolling_12"
        )
        assert (row.status, row.months_expected, row.months_received) == ("ok", 12, 11)
        assert row.flags == ("11 of 12 months",)
        assert row.reason == (
            "11 of 12 months were received (the Metropolitan Police Service, 2022-12: the file is partial: "
            "no search after 17 December)."
        )
        assert (row.numerator, row.denominator) == (11 * 30, 11 * 100)

    async def test_persons_of_a_month_not_received_do_not_count(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney", from_="2023-11", to="2024-10")
        assert (row.months_received, row.numerator) == (10, 120)
        assert row.denominator == (2 * 144_000 + 8 * 158_400) / 12

    async def test_fewer_than_nine_months_are_incomplete(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="hackney", from_="2025-01", to="2025-01", window="rolling_12"
        )
        assert (row.status, row.value, row.months_received) == ("incomplete", None, 7)
        assert row.numerator == 6 * 12 + 12
        assert row.reason.startswith("Only 7 of 12 months were received (")
        assert "2024-09 to 2025-01: no stop and search file was received" in row.reason

    async def test_a_window_without_any_month_is_missing(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney", from_="2025-06", to="2025-06")
        assert (row.status, row.numerator, row.denominator) == ("missing", None, None)

    async def test_a_partial_month_is_missing_by_itself(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney", from_="2022-12", to="2022-12", window="month")
        assert row.status == "missing"
        assert "the file is partial: no search after 17 December" in row.reason

    async def test_where_most_locations_are_blank_only_the_met_area_has_a_figure(self, conn: Any) -> None:
        borough, met = await ask(conn, metric=RATE, area=["hackney", "met"], from_="2022-10", to="2022-10")
        assert (borough.status, borough.numerator, borough.value) == ("incomplete", None, None)
        assert borough.placed_share == pytest.approx(0.05)
        assert "location" in borough.reason
        assert met.numerator == sum(range(2, 34)) + 50

    async def test_a_category_that_the_file_lacks_is_missing_and_so_is_the_total(self, conn: Any) -> None:
        asked: dict[str, Any] = {
            "metric": "crime_rate",
            "area": ["hackney", "city-of-london"],
            "from_": "2023-09",
            "to": "2024-08",
        }
        total = await ask(conn, **asked)
        burglary = await ask(conn, **asked, group="burglary")
        robbery = await ask(conn, **asked, group="category:robbery")
        assert [row.status for row in total] == ["missing", "ok"]
        assert "holds only burglary" in total[0].reason
        assert total[1].numerator == 12 * 11
        assert [row.status for row in burglary] == ["ok", "ok"]
        assert [row.numerator for row in burglary] == [24, 12]
        assert [row.status for row in robbery] == ["missing", "ok"]
        assert robbery[1].numerator == 0

    async def test_a_month_whose_ages_are_blank_is_missing_by_age_and_there_in_total(self, conn: Any) -> None:
        year = {"area": "hackney", "window": "financial_year", "from_": "2022-03", "to": "2022-03"}
        by_age = await ask(conn, metric=[RATE, CHILDREN], group=["age", "total"], **year)
        assert len(by_age) == 7
        for row in by_age:
            if (row.metric, row.group) == (RATE, "total"):
                assert (row.months_received, row.numerator) == (1, 40)
                continue
            # People of unknown age have no rate in any month
            status = "not_applicable" if row.group == "age:unknown" else "missing"
            assert (row.status, row.months_received) == (status, 0)
            assert (row.numerator, row.value, row.known_share) == (None, None, None)
            assert "2021-05: the field it needs cannot be used: the field is blank in every row" in row.reason

    async def test_other_forces_events_in_a_borough_count_and_are_shown(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric="crime_rate",
            area="barking-and-dagenham",
            group="burglary",
            from_="2023-09",
            to="2024-08",
        )
        assert (row.numerator, row.other_forces_numerator) == (12 * 3, 12)

    async def test_every_absent_figure_has_a_reason(self, conn: Any) -> None:
        rows = await ask(
            conn,
            metric=[RATE, RATIO, SHARE, "crime_rate"],
            area="all",
            group="*",
            basis="*",
            from_="2022-09",
            to="2024-08",
        )
        for row in rows:
            assert (row.value is None) <= (row.reason is not None), row
            assert (row.status in {"missing", "incomplete", "suppressed", "not_applicable"}) <= (
                row.value is None
            ), row
            assert (row.value is None) == (row.lower is None) == (row.upper is None), row
            assert all(
                number is None or math.isfinite(number) for number in (row.value, row.lower, row.upper)
            ), row
