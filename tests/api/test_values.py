"""The figures of hand-made observations: what is added, what is divided, what is missing, and what is said of it."""

import math
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest
from scipy import stats

from api.errors import BadParameter, TooMuch
from api.model import RatioRow, ValueRow
from api.snapshot import Snapshot, load_snapshot
from api.values import compute_values, get_values, resolve_request, row_type
from etl.reference import seed
from tests.api.facts import CITY, MET, add_coverage, add_observations, add_persons, add_release, months

YEAR = months("2023-09", "2024-08")
BOROUGHS = range(1, 34)
RATE = "stop_search_rate"
RATIO = "stop_search_rate_ratio"
SHARE = "stop_search_positive_outcome_share"
CHILDREN = "stop_search_under_18_share"
HACKNEY, BROMLEY, HARINGEY, TOWER_HAMLETS, CITY_OF_LONDON = 12, 6, 14, 30, 1


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database in which every fact below was written by hand."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        yield connection


async def write_facts(conn: Any) -> None:
    """Three releases. Met stops for 2022-09 to 2024-08, 2022-12 partial, 2022-10 with most locations blank."""
    for name, published in (
        ("2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00"),
        ("2026-02-10-bbbbbbbb", "2026-02-10T23:59:00+00:00"),
        ("2026-03-01-cccccccc", "2026-03-01T00:00:00+00:00"),
    ):
        await add_release(conn, name, published)
    whole = [text for text in months("2022-11", "2024-08") if text != "2022-12"]
    await add_coverage(conn, "stop_search", MET, whole, events=1000, no_location=90)
    await add_coverage(conn, "stop_search", MET, ["2022-09", "2022-10"], events=1000, no_location=950)
    await add_coverage(
        conn, "stop_search", MET, ["2022-12"], status="partial", reason="no search after 17 December"
    )
    # Residents: 12,000 × the borough's number, and 1,200 × more in 2024. None before 2023.
    await add_persons(conn, "residents", 2023, {b: 12_000 * b for b in BOROUGHS})
    await add_persons(conn, "residents", 2024, {b: 13_200 * b for b in BOROUGHS})
    received = ["2022-09", "2022-10", *whole]
    counts = {b: b for b in BOROUGHS} | {0: 50, -1: 7}
    await add_observations(conn, RATE, "officer_defined", "total", received, counts)
    await write_ratio(conn, whole)
    await write_shares(conn, whole)
    await write_children(conn)
    await write_revision(conn)
    await write_street(conn)


async def write_ratio(conn: Any, listed: list[str]) -> None:
    """Census groups of 120,000 White, 60,000 Black (90,000 with Mixed), Officer-defined: 40 Black, 20 White, 4 unknown."""
    everywhere = dict.fromkeys(BOROUGHS, 1)
    for prefix in ("ethnicity", "ethnicity_officer"):
        for name, persons in (
            ("white", 120_000),
            ("black", 60_000),
            ("black_or_mixed_black", 90_000),
            ("asian", 900),
        ):
            await add_persons(conn, f"{prefix}:{name}", 2021, {b: persons for b in everywhere}, "Census 2021")
    await add_persons(conn, "ethnicity:mixed", 2021, dict.fromkeys(BOROUGHS, 30_000), "Census 2021")
    for suffix in ("", "_without_section_60"):
        for basis, black in (
            ("officer_defined", (40, 20, 4, 70)),
            ("self_defined_filled", (36, 20, 3, 70)),
            ("self_defined", (24, 16, 25, 70)),
        ):
            await add_observations(
                conn,
                RATIO,
                basis + suffix,
                "ethnicity:black",
                listed,
                {HACKNEY: black, BROMLEY: (3, 0, 0, 3)},
            )
    await add_observations(
        conn,
        RATIO,
        "officer_defined",
        "ethnicity:asian",
        listed,
        {HACKNEY: (2, 20, 4, 70), BROMLEY: (0, 1, 0, 1)},
    )
    await add_observations(conn, RATIO, "self_defined", "ethnicity:mixed", listed, {HACKNEY: (5, 16, 25, 70)})


async def write_shares(conn: Any, listed: list[str]) -> None:
    """Positive outcomes: 30 of 100 known and 10 unknown in Hackney, 1 of 1 in Bromley."""
    await add_observations(
        conn, SHARE, "officer_defined", "total", listed, {HACKNEY: (30, 0, 10, 100), BROMLEY: (1, 0, 0, 1)}
    )
    await add_observations(conn, SHARE, "self_defined", "ethnicity:black", listed, {HACKNEY: (10, 0, 5, 40)})
    await add_observations(
        conn, SHARE, "self_defined", "ethnicity:unknown", listed, {HACKNEY: (10, 0, 3, 30)}
    )


async def write_children(conn: Any) -> None:
    """Searches of 10 to 17 year olds in 2023-04: 3 of 40 in Hackney, 9 of 40 in Tower Hamlets, 20 of 40 elsewhere."""
    counts = {b: (20, 0, 0, 40) for b in BOROUGHS} | {HACKNEY: (3, 0, 0, 40), TOWER_HAMLETS: (9, 0, 0, 40)}
    await add_observations(conn, CHILDREN, "recorded", "total", ["2023-04"], counts)
    nobody = dict.fromkeys(BOROUGHS, 0)
    await add_observations(conn, CHILDREN, "recorded", "total", months("2023-05", "2024-03"), nobody)


async def write_revision(conn: Any) -> None:
    """In release 1 and 2 Haringey had 100 searches in 2024-05; from release 3 on 140."""
    series = "select series_id from series where metric = 'stop_search_rate' and group_code = 'total'"
    await conn.execute(
        f"update observation set numerator = 140, revision = 1, first_release = 3"
        f" where series_id = ({series}) and borough = {HARINGEY} and period_start = '2024-05-01'"
    )
    await add_observations(
        conn, RATE, "officer_defined", "total", ["2024-05"], {HARINGEY: 100}, first=1, last=2
    )
    # In the first release 2024-08 had not come yet.
    await conn.execute("update coverage set first_release = 2 where month = '2024-08-01'")


async def write_street(conn: Any) -> None:
    """Met street files that hold burglary only; whole City files."""
    every = await conn.fetch(
        "select class from vocabulary_class where field = 'category' and class <> 'unknown'"
    )
    words = [row["class"] for row in every]
    await add_coverage(conn, "street", MET, YEAR, words=["burglary"])
    await add_coverage(conn, "street", CITY, YEAR, words=words)
    await add_observations(
        conn, "crime_rate", "recorded", "category:burglary", YEAR, {b: 2 for b in range(2, 34)}
    )
    await add_observations(
        conn, "crime_rate", "recorded", "category:burglary", YEAR, {1: 1, 2: 1}, force=CITY
    )
    await add_observations(conn, "crime_rate", "recorded", "total", YEAR, {1: 11}, force=CITY)
    later = months("2025-01", "2025-12")
    await add_coverage(conn, "street", CITY, later, words=["anti_social_behaviour"])
    await add_observations(conn, "antisocial_behaviour_rate", "recorded", "total", later, {1: 10}, force=CITY)


async def ask(conn: Any, **raw: str | list[str]) -> list[Any]:
    snapshot = await load_snapshot(conn)
    given = {name.rstrip("_"): [text] if isinstance(text, str) else text for name, text in raw.items()}
    _, _, rows = await get_values(conn, snapshot, given)
    return rows


async def ask_one(conn: Any, **raw: str | list[str]) -> Any:
    rows = await ask(conn, **raw)
    assert len(rows) == 1
    return rows[0]


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
        assert force.other_forces_numerator == 1

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
            "No stop and search file of City of London Police was received for these months, so the City's own "
            "figures are missing; other forces' events in the City are counted apart."
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
        asked = {
            "metric": "crime_rate",
            "area": ["hackney", "city-of-london"],
            "from_": "2023-09",
            "to": "2024-08",
        }
        total = await ask(conn, **asked)
        burglary = await ask(conn, **asked, group="burglary")
        robbery = await ask(conn, **asked, group="category:robbery")
        assert [row.status for row in total] == ["missing", "ok"]
        assert "only some of the categories" in total[0].reason
        assert total[1].numerator == 12 * 11
        assert [row.status for row in burglary] == ["ok", "ok"]
        assert [row.numerator for row in burglary] == [24, 12]
        assert [row.status for row in robbery] == ["missing", "ok"]
        assert robbery[1].numerator == 0

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


class TestTime:
    async def test_a_bcu_before_it_began_is_flagged_and_before_that_not_applicable(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATE, area="ce", from_="2019-06", to="2019-06", window="rolling_12")
        assert any(flag.startswith("began:2018-1") for flag in rows[0].flags)
        before = await ask_one(conn, metric=RATE, area="ce", from_="2017-06", to="2017-06")
        assert before.status == "not_applicable"
        assert before.reason == "This area did not exist at the end of this window."

    async def test_as_of_a_day_is_the_latest_release_by_its_end(self, conn: Any) -> None:
        asked = {"metric": RATE, "area": "haringey", "from_": "2024-05", "to": "2024-05", "window": "month"}
        now = await ask_one(conn, **asked)
        past = await ask_one(conn, **asked, as_of="2026-02-10")
        named = await ask_one(conn, **asked, as_of="2026-01-31-aaaaaaaa")
        assert (now.numerator, now.status) == (140, "revised")
        assert (past.numerator, past.status, past.release) == (100, "ok", "2026-02-10-bbbbbbbb")
        assert past.as_of == "2026-02-10"
        assert (named.numerator, named.release) == (100, "2026-01-31-aaaaaaaa")
        with pytest.raises(BadParameter, match="Nothing had been published by 2026-01-30"):
            await ask(conn, **asked, as_of="2026-01-30")

    async def test_the_latest_months_are_those_of_the_release_asked_for(self, conn: Any) -> None:
        now = await ask_one(conn, metric=RATE, area="hackney")
        then = await ask_one(conn, metric=RATE, area="hackney", as_of="2026-01-31")
        assert (now.from_month, now.to_month) == ("2023-09", "2024-08")
        assert (then.from_month, then.to_month) == ("2023-08", "2024-07")

    async def test_a_release_that_comes_after_the_snapshot_is_not_mixed_in(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        request = resolve_request(
            snapshot, {"metric": [RATE], "area": ["haringey"], "from": ["2024-05"], "to": ["2024-05"]}
        )
        transaction = conn.transaction()
        await transaction.start()
        try:
            newer = await add_release(conn, "2026-04-01-dddddddd", "2026-04-01T00:00:00+00:00")
            await conn.execute(
                "update observation set last_release = $1 where numerator = 140 and last_release is null",
                newer - 1,
            )
            await add_observations(
                conn, RATE, "officer_defined", "total", ["2024-05"], {HARINGEY: 999}, first=newer
            )
            rows = await compute_values(conn, snapshot, request)
            assert rows[0].numerator == 140
        finally:
            await transaction.rollback()

    async def test_a_population_carried_forward_makes_a_rate_provisional(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric="antisocial_behaviour_rate", area="city-of-london", from_="2025-01", to="2025-12"
        )
        assert (row.status, row.numerator, row.denominator) == ("provisional", 120, 13_200)
        assert "population_carried_forward" in row.flags
        assert row.value == pytest.approx(1000 * 120 / 13_200)

    async def test_breaks_crossed_are_flags(self, conn: Any) -> None:
        crossed, before = (
            await ask(
                conn,
                metric=RATIO,
                area="hackney",
                group="black",
                from_="2024-02",
                to="2024-03",
                window="month",
            ),
            await ask(conn, metric=RATIO, area="hackney", group="black", from_="2024-02", to="2024-03"),
        )
        assert [flag for row in crossed for flag in row.flags if flag.startswith("break")] == []
        assert "break:met-ethnicity-codes-2024-03" in before[0].flags

    async def test_a_total_is_not_touched_by_a_break_in_ethnicity(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney", from_="2024-02", to="2024-03")
        assert row.flags == ()


class TestRatios:
    async def test_the_headline_ratio(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="hackney", group="black")
        assert isinstance(row, RatioRow)
        a, b, n, m = 12 * 40, 12 * 20, 60_000, 120_000
        assert (row.numerator, row.denominator, row.reference_numerator, row.reference_denominator) == (
            a,
            n,
            b,
            m,
        )
        assert row.value == 4.0
        spread = math.exp(1.959964 * math.sqrt(1 / a + 1 / b))
        assert row.lower == pytest.approx(4 / spread, rel=1e-6)
        assert row.upper == pytest.approx(4 * spread, rel=1e-6)
        assert row.method == "log method; residents: Census 2021"
        assert (row.unknown_numerator, row.known_share) == (48, pytest.approx(66 / 70))
        assert row.difference_per_1000 == pytest.approx(8 - 2)
        assert row.difference_in_number == pytest.approx(480 - 60 * 2)

    async def test_the_band_runs_over_every_way_of_counting(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="hackney", group="black")
        in_and_out = (1, 60 / 90)
        ways = [(40 / 20) * 2, (40 / 24) * 2, (44 / 20) * 2, (36 / 20) * 2, (24 / 16) * 2]
        every = [way * part for way in ways for part in in_and_out]
        assert row.assumption_low == pytest.approx(min(every))
        assert row.assumption_high == pytest.approx(max(every))
        assert (
            row.verdict
            == f"Higher under every way of counting we tried ({min(every):.2f} to {max(every):.2f})"
        )

    async def test_the_band_does_not_depend_on_which_basis_was_asked(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATIO, area="hackney", group="black", basis="*")
        assert len(rows) == 6
        assert len({(row.assumption_low, row.assumption_high, row.verdict) for row in rows}) == 1

    async def test_self_defined_is_low_where_a_third_is_unknown(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="hackney", group="black", basis="self_defined")
        assert (row.status, row.value) == ("low", 3.0)
        assert "unknown_share_above_0.2" in row.flags

    async def test_few_events_or_residents_make_a_ratio_low(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="hackney", group="asian", from_="2024-01", to="2024-01")
        assert row.status == "low"
        assert {"fewer_than_10_events", "fewer_than_1000_residents"} <= set(row.flags)
        assert row.value == pytest.approx((2 / 900) / (20 / 120_000))
        assert row.method.startswith("exact conditional binomial")

    async def test_no_reference_event_gives_no_ratio_and_never_infinity(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="bromley", group="black")
        assert (row.numerator, row.reference_numerator) == (36, 0)
        assert (row.value, row.lower, row.upper, row.verdict) == (None, None, None, None)
        assert (row.status, row.reason.split(",")[0]) == ("low", "There is no event of the reference group")

    async def test_officers_record_no_mixed_group(self, conn: Any) -> None:
        officer = await ask_one(conn, metric=RATIO, area="hackney", group="mixed")
        stated = await ask_one(conn, metric=RATIO, area="hackney", group="mixed", basis="self_defined")
        assert (officer.status, officer.value, officer.numerator) == ("not_applicable", None, None)
        assert "never Mixed" in officer.reason
        assert stated.value == pytest.approx((60 / 30_000) / (192 / 120_000))

    async def test_without_a_group_a_ratio_gives_all_of_its_groups(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATIO, area="hackney")
        assert [row.group for row in rows] == [
            f"ethnicity:{name}" for name in ("black", "asian", "other", "mixed")
        ]


class TestShares:
    async def test_a_share_is_of_the_events_with_the_field_known(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SHARE, area="hackney")
        assert (row.numerator, row.denominator, row.value) == (360, 1200, 0.3)
        expected = stats.binomtest(360, 1200).proportion_ci(method="wilson")
        assert (row.lower, row.upper) == (pytest.approx(expected.low), pytest.approx(expected.high))
        assert row.known_share == pytest.approx(100 / 110)
        assert row.method == "Wilson"

    async def test_a_share_of_fewer_than_20_is_low(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SHARE, area="bromley")
        assert (row.status, row.value, row.denominator) == ("low", 1.0, 12)

    async def test_a_share_of_nothing_is_undefined(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SHARE, area="barnet")
        assert (row.status, row.value, row.denominator) == ("low", None, 0)
        assert "there is no share" in row.reason

    async def test_a_self_defined_share_is_low_by_the_unknowns_of_all_searches(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SHARE, area="hackney", group="black", basis="self_defined")
        assert (row.numerator, row.denominator) == (120, 480)
        # 33 of 110 searches a month have no self-defined ethnicity
        assert row.status == "low"
        assert "unknown_share_above_0.2" in row.flags


class TestDisclosure:
    async def test_children_are_given_by_year_only(self, conn: Any) -> None:
        for window in ("month", "rolling_12", "whole"):
            with pytest.raises(BadParameter, match="financial_year or calendar_year only"):
                await ask(conn, metric=CHILDREN, area="hackney", window=window)

    async def test_a_small_count_is_withheld_with_the_next_smallest_of_its_bcu(self, conn: Any) -> None:
        rows = await ask(
            conn,
            metric=CHILDREN,
            area=["hackney", "tower-hamlets", "bromley", "ce", "met"],
            window="financial_year",
            from_="2024-03",
            to="2024-03",
        )
        assert [row.status for row in rows] == ["suppressed", "suppressed", "ok", "ok", "ok"]
        for row in rows[:2]:
            assert (row.numerator, row.denominator, row.value, row.lower, row.known_share) == (None,) * 5
            assert (row.other_forces_numerator, row.unplaced_numerator) == (None, None)
        assert rows[3].numerator == 12

    async def test_the_pattern_does_not_depend_on_what_was_asked(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric=CHILDREN,
            area="tower-hamlets",
            window="financial_year",
            from_="2024-03",
            to="2024-03",
        )
        assert row.status == "suppressed"

    async def test_small_dimensions_are_left_out_of_all_groups_but_refused_by_name(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATE, area="hackney", group="*")
        assert not any(row.group.startswith("age:") for row in rows)
        assert any(row.group == "ethnicity:black" for row in rows)
        with pytest.raises(BadParameter, match="stop_search_rate by age"):
            await ask(conn, metric=RATE, area="hackney", group="age")


class TestRequests:
    async def test_rows_come_by_metric_group_area_and_window(self, conn: Any) -> None:
        rows = await ask(
            conn,
            metric=[RATE, SHARE],
            area=["bromley", "HACKNEY"],
            from_="2024-01",
            to="2024-02",
            window="month",
        )
        assert [(row.metric, row.area_name, row.to_month) for row in rows] == [
            (metric, area, month)
            for metric in (RATE, SHARE)
            for area in ("Bromley", "Hackney")
            for month in ("2024-01", "2024-02")
        ]

    async def test_areas_by_code_slug_or_kind(self, conn: Any) -> None:
        assert len(await ask(conn, metric=RATE, area="boroughs")) == 33
        assert len(await ask(conn, metric=RATE, area="bcus")) == 12
        assert [
            row.area_code for row in await ask(conn, metric=RATE, area=["e09000012", "hackney", "na"])
        ] == [
            "E09000012",
            "NA",
        ]

    async def test_groups_by_dimension_group_or_class(self, conn: Any) -> None:
        dimension = await ask(conn, metric=RATE, area="hackney", group="ethnicity")
        assert [row.group.partition(":")[2] for row in dimension] == [
            "white",
            "mixed",
            "asian",
            "black",
            "other",
            "unknown",
        ]
        one = await ask_one(conn, metric=RATE, area="hackney", group="Black")
        assert one.group == "ethnicity:black"
        with pytest.raises(BadParameter, match="could be object:unknown or legislation:unknown"):
            await ask(conn, metric=RATE, area="hackney", group="unknown")

    async def test_people_of_unknown_attribute_have_a_count_and_no_rate(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATE, area="hackney", group="ethnicity:unknown")
        assert (rows[0].status, rows[0].numerator, rows[0].value) == ("not_applicable", 0, None)

    async def test_with_several_metrics_those_without_the_group_are_left_out(self, conn: Any) -> None:
        rows = await ask(conn, metric=[RATE, "crime_rate"], area="hackney", group="burglary")
        assert [row.metric for row in rows] == ["crime_rate"]

    async def test_with_a_ratio_all_rows_have_the_fields_of_ratios(self, conn: Any) -> None:
        rows = await ask(conn, metric=[RATE, RATIO], area="hackney", group=["total", "black"])
        assert {type(row) for row in rows} == {RatioRow}
        assert rows[0].verdict is None

    async def test_the_json_names_are_those_of_the_design(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATE, area="hackney")
        assert (
            list(msgspec.to_builtins(row))
            == (
                "metric area_code area_name area_kind from to window group basis numerator denominator value lower upper "
                "method method_version status flags reason months_expected months_received placed_share known_share "
                "unplaced_numerator other_forces_numerator release as_of"
            ).split()
        )

    @pytest.mark.parametrize(
        ("parameter", "raw"),
        [
            ("metric", {"metric": ["stop_search_rat"], "area": ["hackney"]}),
            ("metric", {"area": ["hackney"]}),
            ("area", {"metric": [RATE], "area": ["hakney"]}),
            ("area", {"metric": [RATE]}),
            ("from", {"metric": [RATE], "area": ["hackney"], "from": ["2023-13"]}),
            ("to", {"metric": [RATE], "area": ["hackney"], "from": ["2023-09"], "to": ["2023-08"]}),
            ("window", {"metric": [RATE], "area": ["hackney"], "window": ["week"]}),
            (
                "window",
                {
                    "metric": [RATE],
                    "area": ["hackney"],
                    "window": ["calendar_year"],
                    "from": ["2024-01"],
                    "to": ["2024-02"],
                },
            ),
            ("group", {"metric": [RATE], "area": ["hackney"], "group": ["martian"]}),
            (
                "group",
                {
                    "metric": [RATE],
                    "area": ["hackney"],
                    "group": ["object:firearms"],
                    "basis": ["self_defined"],
                },
            ),
            ("basis", {"metric": [RATE], "area": ["hackney"], "basis": ["perceived"]}),
            ("as_of", {"metric": [RATE], "area": ["hackney"], "as_of": ["yesterday"]}),
            ("window", {"metric": [RATE], "area": ["hackney"], "window": ["month", "whole"]}),
        ],
    )
    async def test_what_is_not_known_is_refused(
        self, conn: Any, parameter: str, raw: dict[str, list[str]]
    ) -> None:
        snapshot = await load_snapshot(conn)
        with pytest.raises(BadParameter) as refused:
            await get_values(conn, snapshot, raw)
        assert refused.value.parameter == parameter

    async def test_too_many_rows_are_refused_before_any_work(self, conn: Any) -> None:
        with pytest.raises(TooMuch, match="borough export"):
            await ask(
                conn,
                metric=RATE,
                area="all",
                from_="2010-01",
                to="2024-08",
                window="month",
                group="*",
                basis="*",
            )

    async def test_the_row_type_is_known_before_the_rows(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        asked = {"metric": [RATE], "area": ["hackney"]}
        assert row_type(resolve_request(snapshot, asked)) is ValueRow


async def test_a_snapshot_is_kept(conn: Any) -> None:
    first = await load_snapshot(conn)
    assert await load_snapshot(conn) is first
    assert isinstance(first, Snapshot)
