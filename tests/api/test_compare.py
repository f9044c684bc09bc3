"""Given figures of two years, expect what stands beside them: the rest of the Met area, and the year before."""

import math
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from scipy import stats

from api.errors import BadParameter
from api.model import COLUMNS, COMPARED_COLUMNS, RATIO_COLUMNS
from etl.reference import seed
from tests.api.facts import CITY, MET, add_coverage, add_observations, add_persons, add_release, months
from tests.api.hand_made import CHILDREN, RATE, RATIO, SHARE, ask, ask_one

BOTH = ["rest_of_met", "year_before"]
RESIDENTS = 120_000
HACKNEY, TOWER_HAMLETS, BROMLEY, HARROW = 12, 30, 6, 15
EARLY, LATE = months("2022-01", "2022-12"), months("2023-01", "2024-03")
WITHHELD = "Withheld so that no count of 1 to 4 people can be seen or worked out."


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database of two hand-made years, of which 2022-03 is partial."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        yield connection


async def write_facts(conn: Any) -> None:
    """Met searches by month. Hackney: 30 in 2022, 45 later, and one by the City's force. Tower Hamlets: 20.

    Bromley: 5, then 2. Elsewhere none. 50 without a location, 7 outside London, 3 in the City.
    """
    await add_release(conn, "2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00")
    whole = [text for text in (*EARLY, *LATE) if text != "2022-03"]
    for text in whole:
        nowhere = 40 if "2022-07" <= text <= "2022-12" else 90
        await add_coverage(conn, "stop_search", MET, [text], events=1000, no_location=nowhere)
    await add_coverage(conn, "stop_search", MET, ["2022-03"], status="partial", reason="half a month")
    for year in (2022, 2023, 2024):
        await add_persons(conn, "residents", year, dict.fromkeys(range(1, 34), RESIDENTS))
    none = dict.fromkeys(range(-1, 34), 0)
    for listed, hackney, bromley in ((EARLY, 30, 5), (LATE, 45, 2)):
        there = [text for text in listed if text in whole]
        places = {HACKNEY: hackney, TOWER_HAMLETS: 20, BROMLEY: bromley, 1: 3, 0: 50, -1: 7}
        await add_observations(conn, RATE, "officer_defined", "total", there, none | places)
        await add_observations(conn, RATE, "officer_defined", "total", there, {HACKNEY: 1}, force=CITY)
        shares = {HACKNEY: (hackney // 3, 0, 4, hackney), TOWER_HAMLETS: (12, 0, 0, 20)}
        await add_observations(conn, SHARE, "officer_defined", "total", there, shares)
        ratios = {HACKNEY: (20, 10, 2, hackney), TOWER_HAMLETS: (9, 9, 0, 20)}
        await add_observations(conn, RATIO, "officer_defined", "ethnicity:black", there, ratios)
    for name, persons in (("white", 60_000), ("black", 30_000)):
        everywhere = dict.fromkeys(range(1, 34), persons)
        await add_persons(conn, f"ethnicity_officer:{name}", 2021, everywhere, "Census 2021")
    await write_children(conn)
    await write_crimes(conn)
    await write_survey(conn)


async def write_children(conn: Any) -> None:
    """Two financial years of searches of 40 people in each borough, in their first month; some of them children."""
    usual = dict.fromkeys(range(1, 34), 20)
    for month, children in (
        ("2022-04", usual | {HARROW: 3}),
        ("2023-04", usual | {HACKNEY: 3, BROMLEY: 25}),
    ):
        year = [text for text in (*EARLY, *LATE) if month <= text][:12]
        known = {borough: (count, 0, 0, 40) for borough, count in children.items()}
        adults = {borough: (40 - count, 0, 0, 40) for borough, count in children.items()}
        zero = dict.fromkeys(range(1, 34), 0)
        await add_observations(conn, CHILDREN, "recorded", "total", [month], known)
        await add_observations(conn, CHILDREN, "recorded", "total", year[1:], zero)
        ages: dict[str, Any] = {
            "10_17": known,
            "18_24": adults,
            "25_34": zero,
            "over_34": zero,
            "unknown": zero,
        }
        for name, counts in ages.items():
            await add_observations(conn, RATE, "officer_defined", f"age:{name}", [month], counts)
            await add_observations(conn, RATE, "officer_defined", f"age:{name}", year[1:], zero)


async def write_crimes(conn: Any) -> None:
    """Burglaries about two breaks: 2013-05 (categories, no figure across) and 2024-02 (the Met's system)."""
    around = [*months("2012-06", "2014-05"), *months("2023-01", "2024-12")]
    await add_coverage(conn, "street", MET, around, words=["burglary"])
    for borough in (HACKNEY, TOWER_HAMLETS):
        await add_observations(conn, "crime_rate", "recorded", "category:burglary", around, {borough: 11})


async def write_survey(conn: Any) -> None:
    """Two rolling years of 400 interviews a borough: 60% everywhere, then 50% in Hackney and 53% in Bromley."""
    await add_coverage(conn, "survey", MET, ["2022-12", "2023-12"])
    boroughs = range(2, 34)
    for first, other in (("2022-01", {}), ("2023-01", {HACKNEY: 5000, BROMLEY: 5300})):
        shares = {borough: (other.get(borough, 6000), 0, 0, 400) for borough in boroughs}
        await add_observations(conn, "trust_police_share", "published", "total", [first], shares)


def log_interval(a: int, n: float, b: int, m: float) -> tuple[float, float]:
    """The ratio of two rates with 10 events or more, by its formula (methods.md, section 2)."""
    spread = math.exp(1.959964 * math.sqrt(1 / a + 1 / b))
    ratio = (a / n) / (b / m)
    return ratio / spread, ratio * spread


def exact_interval(a: int, n: float, b: int, m: float) -> tuple[float, float]:
    """The ratio of two rates with few events: Clopper and Pearson on a of a + b."""
    low, high = stats.beta.ppf(0.025, a, b + 1), stats.beta.ppf(0.975, a + 1, b)
    return low / (1 - low) * m / n, high / (1 - high) * m / n


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's limits, solved from |p − share| = z √(p (1 − p) / n)."""
    z2 = 1.959964**2
    a, b, c = 1 + z2 / n, -(2 * share + z2 / n), share**2
    root = math.sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def newcombe(x: int, n: int, y: int, m: int) -> tuple[float, float]:
    """The difference of two shares by method 10 of Newcombe 1998, from scipy's Wilson limits."""
    one, two = (stats.binomtest(k, total).proportion_ci(method="wilson") for k, total in ((x, n), (y, m)))
    p, q = x / n, y / m
    return (
        p - q - math.hypot(p - one.low, two.high - q),
        p - q + math.hypot(one.high - p, q - two.low),
    )


async def test_without_compare_the_rows_are_as_they_were(conn: Any) -> None:
    asked: dict[str, Any] = {
        "metric": [RATE, SHARE, RATIO],
        "area": ["hackney", "CE", "met"],
        "from_": "2023-01",
        "to": "2023-12",
    }
    plain = await ask(conn, **asked, group=["total", "black"])
    compared = await ask(conn, **asked, group=["total", "black"], compare=BOTH)
    assert plain[0].__struct_encode_fields__ == RATIO_COLUMNS
    assert compared[0].__struct_encode_fields__ == COMPARED_COLUMNS
    fields = plain[0].__struct_fields__
    assert [[getattr(row, name) for name in fields] for row in compared] == [
        [getattr(row, name) for name in fields] for row in plain
    ]


async def test_one_comparator_adds_only_its_own_columns(conn: Any) -> None:
    row = await ask_one(
        conn, metric=RATE, area="hackney", from_="2023-01", to="2023-12", compare="year_before"
    )
    assert row.__struct_encode_fields__[: len(COLUMNS)] == COLUMNS
    added = row.__struct_encode_fields__[len(COLUMNS) :]
    assert added == tuple(name for name in COMPARED_COLUMNS if name.startswith(("before_", "change_")))


async def test_a_comparator_that_does_not_exist_is_refused(conn: Any) -> None:
    with pytest.raises(BadParameter, match="rest_of_met"):
        await ask(conn, metric=RATE, area="hackney", compare="rest_of_london")


class TestTheRestOfTheMetArea:
    async def test_leaves_out_the_area_itself_and_what_has_no_place(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="hackney", from_="2023-01", to="2023-12", compare="rest_of_met"
        )
        # Tower Hamlets and Bromley; not the City, nor what lies outside or nowhere
        events, person_years = 12 * (20 + 2), 31 * RESIDENTS
        assert (row.numerator, row.rest_numerator, row.rest_denominator) == (12 * 46, events, person_years)
        assert row.rest_value == pytest.approx(1000 * events / person_years)
        assert row.rest_ratio == pytest.approx((12 * 46 / RESIDENTS) / (events / person_years))
        expected = log_interval(12 * 46, RESIDENTS, events, person_years)
        assert (row.rest_ratio_lower, row.rest_ratio_upper) == pytest.approx(expected, rel=1e-6)
        assert (row.rest_difference, row.rest_reason) == (None, None)

    async def test_few_events_get_the_exact_interval(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="bromley", from_="2023-01", to="2023-01", compare="rest_of_met"
        )
        n, m = RESIDENTS / 12, 31 * RESIDENTS / 12
        assert (row.rest_ratio_lower, row.rest_ratio_upper) == pytest.approx(exact_interval(2, n, 66, m))

    async def test_of_a_bcu_are_the_other_boroughs(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="CE", from_="2023-01", to="2023-12", compare="rest_of_met"
        )
        assert (row.numerator, row.rest_numerator) == (12 * 66, 12 * 2)
        assert row.rest_denominator == 30 * RESIDENTS

    async def test_of_inner_london_is_outer_london(self, conn: Any) -> None:
        inner, outer = await ask(
            conn,
            metric=RATE,
            area=["inner-london", "outer-london"],
            from_="2023-01",
            to="2023-12",
            compare="rest_of_met",
        )
        assert (outer.numerator, inner.rest_numerator) == (24, 24)
        assert outer.rest_numerator == 12 * 66

    async def test_of_the_city_are_the_32_boroughs(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="city-of-london", from_="2023-01", to="2023-12", compare="rest_of_met"
        )
        assert (row.status, row.rest_numerator, row.rest_ratio) == ("missing", 12 * 68, None)
        assert row.rest_denominator == 32 * RESIDENTS
        assert row.rest_reason == "There is no figure to compare: its own reason says why."

    @pytest.mark.parametrize("area", ["met", "met-located", "metropolitan", "london"])
    async def test_of_the_whole_is_nothing(self, conn: Any, area: str) -> None:
        row = await ask_one(
            conn, metric=RATE, area=area, from_="2023-01", to="2023-12", compare="rest_of_met"
        )
        assert (row.rest_numerator, row.rest_value, row.rest_ratio) == (None, None, None)
        assert row.rest_reason == "This area holds the whole Met area: there is no rest of it."

    async def test_shares_differ_in_points(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=SHARE, area="hackney", from_="2023-01", to="2023-12", compare="rest_of_met"
        )
        assert (row.rest_numerator, row.rest_denominator, row.rest_value) == (144, 240, 0.6)
        assert row.rest_difference == pytest.approx(180 / 540 - 144 / 240)
        expected = newcombe(180, 540, 144, 240)
        assert (row.rest_difference_lower, row.rest_difference_upper) == pytest.approx(expected)
        assert row.rest_ratio is None

    async def test_beside_a_ratio_stands_that_of_the_whole_met_area(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric=RATIO,
            area="hackney",
            group="black",
            from_="2023-01",
            to="2023-12",
            compare="rest_of_met",
        )
        assert row.value == pytest.approx((20 / 30) / (10 / 60))
        assert row.rest_value == pytest.approx((29 / 30) / (19 / 60))
        assert (row.rest_numerator, row.rest_ratio, row.rest_difference) == (None, None, None)
        assert row.rest_reason.startswith("Beside a ratio between groups stands that of the whole Met area")


class TestTheYearBefore:
    async def test_is_compared_on_the_months_that_both_received(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="hackney", from_="2023-01", to="2023-12", compare="year_before"
        )
        assert (row.numerator, row.months_received) == (12 * 46, 12)
        assert (row.before_from, row.before_to, row.before_months) == ("2022-01", "2022-12", 11)
        years = 11 * RESIDENTS / 12
        assert (row.before_numerator, row.before_denominator) == (11 * 31, years)
        assert row.before_value == pytest.approx(1000 * 11 * 31 / years)
        assert row.change_ratio == pytest.approx(46 / 31)
        expected = log_interval(11 * 46, years, 11 * 31, years)
        assert (row.change_ratio_lower, row.change_ratio_upper) == pytest.approx(expected, rel=1e-6)
        assert "11 of 12 months" in row.change_flags
        assert (row.change_difference, row.change_reason) == (None, None)

    async def test_too_few_common_months_are_not_compared(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="hackney", from_="2023-02", to="2023-04", compare="year_before"
        )
        # 2 of 3 is less than three quarters
        assert (row.before_months, row.before_numerator, row.change_ratio) == (2, None, None)
        assert row.change_reason == "Only 2 of 3 calendar months were received in both years."
        assert row.change_flags == ()
        month = await ask_one(
            conn, metric=RATE, area="hackney", from_="2023-03", to="2023-03", compare="year_before"
        )
        assert month.change_reason == "The month was not received in both years."

    async def test_says_where_the_placed_share_moved(self, conn: Any) -> None:
        # January to June: 91% both years; July to December: 96%, then 91%
        asked: dict[str, Any] = {"metric": RATE, "area": "hackney", "compare": "year_before"}
        same = await ask_one(conn, **asked, from_="2023-04", to="2023-06")
        moved = await ask_one(conn, **asked, from_="2023-07", to="2023-12")
        assert same.change_flags == ("break:snap-points-2022-07",)
        assert moved.change_flags == ("placed_share_moved",)

    async def test_counts_residents_of_either_year(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="hackney", from_="2022-04", to="2022-06", compare="year_before"
        )
        assert row.change_reason == "No calendar month was received in both years."

    async def test_shares_differ_in_points(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=SHARE, area="CE", from_="2023-04", to="2023-06", compare="year_before"
        )
        assert (row.before_numerator, row.before_denominator) == (3 * 22, 150.0)
        assert row.change_difference == pytest.approx(81 / 195 - 66 / 150)
        expected = newcombe(81, 195, 66, 150)
        assert (row.change_difference_lower, row.change_difference_upper) == pytest.approx(expected)

    async def test_ratios_stand_side_by_side(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric=RATIO,
            area="hackney",
            group="black",
            from_="2023-04",
            to="2023-06",
            compare="year_before",
        )
        assert row.before_value == pytest.approx(4.0)
        assert (row.before_numerator, row.change_ratio, row.change_difference) == (None, None, None)
        assert row.change_reason.startswith("The two years' ratios stand side by side")

    async def test_is_not_compared_across_a_break_that_forbids_it(self, conn: Any) -> None:
        asked: dict[str, Any] = {
            "metric": "crime_rate",
            "group": "burglary",
            "area": "hackney",
            "compare": "year_before",
        }
        across = await ask_one(conn, **asked, from_="2013-06", to="2014-05")
        assert (across.numerator, across.before_numerator, across.change_ratio) == (132, None, None)
        assert across.change_reason.startswith("Figures before and after a break in the series cannot be")
        flagged = await ask_one(conn, **asked, from_="2024-03", to="2024-12")
        assert (flagged.before_numerator, flagged.change_ratio) == (110, 1.0)
        assert "break:met-crime-system-2024-02" in flagged.change_flags

    async def test_a_window_of_more_than_a_year_is_not_compared(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=RATE, area="hackney", from_="2022-04", to="2023-12", compare="year_before"
        )
        assert row.change_reason == "A window of more than a year overlaps with the one a year before it."


class TestSurveys:
    async def ask(self, conn: Any, area: str) -> Any:
        return await ask_one(
            conn, metric="trust_police_share", area=area, from_="2023-01", to="2023-12", compare=BOTH
        )

    async def test_the_rest_is_weighted_by_residents(self, conn: Any) -> None:
        row = await self.ask(conn, "hackney")
        # 31 boroughs of equal residents, Bromley at 53%: (30 × 60 + 53) / 31, on 31 × 400 / 1.3 interviews
        assert (row.value, row.rest_numerator) == (0.5, None)
        assert row.rest_value == pytest.approx((30 * 0.60 + 0.53) / 31)
        assert row.rest_denominator == pytest.approx(31 * 400 / 1.3)
        assert row.rest_difference == pytest.approx(0.5 - row.rest_value)
        # by hand: Wilson limits of 0.5 on 307.69, and of the rest on 9,538.5
        own, rest = wilson(0.5, 400 / 1.3), wilson(row.rest_value, 31 * 400 / 1.3)
        below = math.hypot(0.5 - own[0], rest[1] - row.rest_value)
        assert row.rest_difference_lower == pytest.approx(row.rest_difference - below, rel=1e-6)

    async def test_only_a_change_beyond_7_9_points_is_flagged(self, conn: Any) -> None:
        fallen, within = await self.ask(conn, "hackney"), await self.ask(conn, "bromley")
        assert (fallen.before_value, fallen.before_months) == (0.6, 12)
        assert fallen.change_difference == pytest.approx(-0.10)
        assert "change_beyond_7.9_points" in fallen.change_flags
        assert within.change_difference == pytest.approx(-0.07)
        assert "change_beyond_7.9_points" not in within.change_flags

    async def test_a_year_that_was_not_published_is_not_compared(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric="trust_police_share",
            area="hackney",
            from_="2022-01",
            to="2022-12",
            compare="year_before",
        )
        assert (row.value, row.before_value) == (0.6, None)
        assert row.change_reason == "No calendar month was received in both years."


async def test_cases_of_unequal_age_are_not_compared(conn: Any) -> None:
    row = await ask_one(
        conn,
        metric="charged_share",
        basis="as_published",
        area="hackney",
        from_="2023-06",
        to="2023-12",
        compare="year_before",
    )
    assert row.change_reason.startswith("Cases as old as the copy they were published in are not compared")


class TestFewPeople:
    async def test_a_comparison_says_no_more_than_the_two_years(self, conn: Any) -> None:
        asked: dict[str, Any] = {"metric": CHILDREN, "area": ["boroughs", "bcus"], "window": "financial_year"}
        before = await ask(conn, **asked, from_="2023-03", to="2023-03")
        now = await ask(conn, **asked, from_="2024-03", to="2024-03", compare=BOTH)
        told = 0
        for one, row in zip(before, now, strict=True):
            assert row.area_code == one.area_code
            assert (row.rest_numerator, row.rest_value, row.rest_difference) == (None, None, None)
            if "suppressed" in (one.status, row.status):
                assert (row.before_numerator, row.before_denominator, row.before_value) == (None, None, None)
                assert (row.change_difference, row.change_difference_lower) == (None, None)
                assert row.change_reason == WITHHELD
            elif row.value is not None:
                told += 1
                assert (row.before_numerator, row.before_denominator) == (one.numerator, one.denominator)
                assert row.change_difference == pytest.approx(row.value - one.value)
                assert row.rest_reason == WITHHELD
        by_code = {row.area_code: row for row in now}
        assert by_code["E09000012"].status == "suppressed"
        assert by_code["E09000015"].before_numerator is None
        assert told > 20

    async def test_a_year_of_which_a_month_is_left_out_is_not_compared(self, conn: Any) -> None:
        # of 2021 nothing is there, so that no month matches
        rows = await ask(
            conn,
            metric=CHILDREN,
            area="boroughs",
            window="financial_year",
            from_="2023-03",
            to="2023-03",
            compare="year_before",
        )
        assert all(row.before_numerator is None and row.change_reason for row in rows)
