"""Comparisons: what stands beside the figures of areas, each worked out by hand from the facts written here."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api.comparison import compare_area, compare_areas
from api.errors import BadParameter, NotFound
from api.figures.change import subtract_shares
from api.figures.intervals import rate_ratio
from api.snapshot import load_snapshot
from api.standing import ComparisonRow
from etl.reference import seed
from geo.areas import inner_boroughs, load_hectares
from tests.api.facts import MET, add_coverage, add_observations, add_persons, add_release, months
from tests.api.figures.test_funnel import spiegelhalter
from tests.api.figures.test_neighbours import slow_neighbours
from tests.api.figures.test_standard import fay_feuer
from tests.api.hand_made import ask

RATE, SHARE, RATIO = "stop_search_rate", "stop_search_positive_outcome_share", "stop_search_rate_ratio"
HACKNEY, HARINGEY, HARROW, RICHMOND, TOWER_HAMLETS, WESTMINSTER = 12, 14, 15, 27, 30, 33
MET_BOROUGHS = range(2, 34)
# Central East is Hackney and Tower Hamlets, North West is Barnet, Brent and Harrow.
CENTRAL_EAST, NORTH_WEST = (12, 30), (3, 5, 15)
# A month's searches of each borough; Hackney has far more than the others, Richmond far fewer.
SEARCHES = {b: 150 + b * 37 % 90 for b in MET_BOROUGHS} | {HACKNEY: 2000, TOWER_HAMLETS: 1, RICHMOND: 2}
RESIDENTS = {b: 120_000 + 6_000 * b for b in range(1, 34)}
TRUST = "trust_police_share"
# In ten-thousandths; Hackney's is far lower than the others'.
TRUSTED = {b: 6000 + 37 * b for b in MET_BOROUGHS} | {HACKNEY: 3000}
OUTCOMES = {b: (20 + b % 7, 100) for b in MET_BOROUGHS} | {HACKNEY: (60, 100), HARINGEY: (0, 1)}
AGES = {"10_17": 18_000, "18_24": 24_000, "25_34": 60_000, "over_34": 120_000}
FINANCIAL = {"window": "financial_year", "to": "2024-03"}


def searches_by_age(borough: int) -> dict[str, int]:
    """Of a month; of children there were two in Harrow, in April 2023 alone (see below)."""
    return {age: 10 + place * 7 + borough for place, age in enumerate(AGES)}


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database with two years of the Met's searches, 2022-12 partial, none of the City's own."""
    async with pool.acquire() as connection:
        await seed(connection)
        await add_release(connection, "2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00")
        listed = [text for text in months("2022-09", "2024-08") if text != "2022-12"]
        await add_coverage(connection, "stop_search", MET, listed, events=9000, no_location=300)
        await add_coverage(
            connection, "stop_search", MET, ["2022-12"], status="partial", reason="no late days"
        )
        for year in (2022, 2023):
            await add_persons(connection, "residents", year, RESIDENTS)
        await add_persons(connection, "residents", 2024, {b: count + 601 for b, count in RESIDENTS.items()})
        here = {1: 3, 0: 90, **SEARCHES}
        await add_observations(connection, RATE, "officer_defined", "total", listed, here)
        shares = {b: (x, 0, 0, n) for b, (x, n) in OUTCOMES.items()}
        await add_observations(connection, SHARE, "officer_defined", "total", listed[-12:], shares)
        for prefix, persons in (("white", 100_000), ("black", 40_000), ("black_or_mixed_black", 50_000)):
            everywhere = dict.fromkeys(MET_BOROUGHS, persons)
            await add_persons(connection, f"ethnicity_officer:{prefix}", 2021, everywhere, "Census 2021")
        ratios = {b: (b, 20, 1, 2 * b + 30) for b in MET_BOROUGHS}
        await add_observations(connection, RATIO, "officer_defined", "ethnicity:black", listed[-12:], ratios)
        await write_ages(connection)
        await add_coverage(connection, "survey", MET, ["2023-12"], events=256)
        shares = {b: (share, 0, 0, 400) for b, share in TRUSTED.items()}
        await add_observations(connection, TRUST, "published", "total", ["2023-01"], shares)
        yield connection


async def write_ages(connection: Any) -> None:
    year = months("2023-04", "2024-03")
    for age, persons in AGES.items():
        counts = {b: searches_by_age(b)[age] for b in MET_BOROUGHS}
        if age == "10_17":
            counts[HARROW] = 0
            await add_observations(connection, RATE, "officer_defined", f"age:{age}", ["2023-04"],
                                   counts | {HARROW: 2})  # fmt: skip
            await add_observations(connection, RATE, "officer_defined", f"age:{age}", year[1:], counts)
        else:
            await add_observations(connection, RATE, "officer_defined", f"age:{age}", year, counts)
        await add_persons(
            connection, f"age:{age}", 2020, {b: persons + 100 * b for b in MET_BOROUGHS}, "mid-2020"
        )
    nobody = dict.fromkeys(MET_BOROUGHS, 5)
    await add_observations(connection, RATE, "officer_defined", "age:unknown", year, nobody)


async def compare(conn: Any, metric: str = RATE, **given: Any) -> dict[str, ComparisonRow]:
    rows = await compare_areas(conn, await load_snapshot(conn), metric, **{"to": "2024-08", **given})
    return {row.area_code: row for row in rows}


def code(borough: int) -> str:
    return f"E09{borough:06d}"


def person_months(borough: int) -> int:
    """Of September 2023 to August 2024: four months of the one year's residents, eight of the other's."""
    return 4 * RESIDENTS[borough] + 8 * (RESIDENTS[borough] + 601)


def rate(*boroughs: int) -> float:
    return 1000 * 12 * sum(SEARCHES[b] for b in boroughs) / (sum(person_months(b) for b in boroughs) / 12)


class TestFigures:
    async def test_each_row_is_the_row_of_values(self, conn: Any) -> None:
        found = await compare(conn)
        rows = await ask(
            conn, metric=RATE, area="boroughs", window="rolling_12", from_="2024-08", to="2024-08"
        )
        assert list(found) == [row.area_code for row in rows]
        for row in rows:
            beside = found[row.area_code]
            for name in ("numerator", "denominator", "value", "lower", "upper", "status", "flags", "reason"):
                assert getattr(beside, name) == getattr(row, name), name
        assert found[code(HACKNEY)].value == pytest.approx(rate(HACKNEY), rel=1e-12)
        assert found[code(HACKNEY)].from_month == "2023-09"

    async def test_by_default_the_latest_rolling_year(self, conn: Any) -> None:
        rows = await compare_areas(conn, await load_snapshot(conn), RATE)
        assert {(row.window, row.from_month, row.to_month) for row in rows} == {
            ("rolling_12", "2023-09", "2024-08")
        }

    async def test_a_year_is_the_latest_that_ends_by_then(self, conn: Any) -> None:
        assert {row.to_month for row in (await compare(conn, window="financial_year")).values()} == {
            "2024-03"
        }
        assert {row.to_month for row in (await compare(conn, window="calendar_year")).values()} == {"2023-12"}

    async def test_what_is_asked_again_is_not_worked_out_again(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        first = await compare_areas(conn, snapshot, RATE, to="2024-08")
        assert await compare_areas(None, snapshot, RATE, to="2024-08") == first

    async def test_one_area_alone_has_the_same_row(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        found = await compare(conn, SHARE)
        for area in (code(HACKNEY), code(1)):
            assert await compare_area(conn, snapshot, SHARE, area, to="2024-08") == found[area]
        unit = await compare_area(conn, snapshot, SHARE, "CE", to="2024-08")
        assert unit == (await compare(conn, SHARE, kind="bcu"))["CE"]
        assert await compare_area(conn, snapshot, SHARE, "met") is None


class TestRanks:
    async def test_the_highest_is_first_without_the_city_and_westminster(self, conn: Any) -> None:
        found = await compare(conn)
        order = sorted((b for b in MET_BOROUGHS if b != WESTMINSTER), key=lambda b: -rate(b))
        for place, borough in enumerate(order, start=1):
            row = found[code(borough)]
            assert (row.rank, row.rank_of, row.rank_reason) == (place, 31, None)
        assert found[code(HACKNEY)].rank == 1
        for borough in (1, WESTMINSTER):
            row = found[code(borough)]
            assert (row.rank, row.rank_of) == (None, None)
            assert row.rank_reason is not None
            assert "by day" in row.rank_reason

    async def test_a_unit_with_westminster_in_it_is_not_ranked_either(self, conn: Any) -> None:
        found = await compare(conn, kind="bcu")
        assert len(found) == 12
        assert found["AW"].rank is None
        assert {row.rank_of for row in found.values() if row.area_code != "AW"} == {11}

    async def test_eleven_months_are_never_ranked(self, conn: Any) -> None:
        found = await compare(conn, to="2023-08")
        assert "11 of 12 months" in found[code(HACKNEY)].flags
        assert {row.rank for row in found.values()} == {None}
        assert found[code(HACKNEY)].rank_reason == "Only figures of all 12 months are ranked."
        # they are all of the same eleven months
        assert found[code(HACKNEY)].position == "Higher"

    async def test_a_share_of_few_cases_is_not_ranked_and_westminster_is(self, conn: Any) -> None:
        found = await compare(conn, SHARE)
        low = found[code(HARINGEY)]
        assert (low.status, low.rank, low.position) == ("low", None, "No data")
        assert found[code(WESTMINSTER)].rank is not None
        assert found[code(HACKNEY)].rank_of == 31
        assert found[code(1)].rank_reason == "There is no figure to rank."

    async def test_equal_figures_share_a_rank(self, conn: Any) -> None:
        found = await compare(conn, SHARE)
        same = [found[code(b)].rank for b in MET_BOROUGHS if OUTCOMES[b] == (26, 100)]
        assert len(same) > 1
        assert set(same) == {2}

    async def test_a_ratio_has_neither_rank_nor_position(self, conn: Any) -> None:
        found = await compare(conn, RATIO)
        for row in found.values():
            assert (row.group, row.rank, row.position, row.funnel_target) == (
                "ethnicity:black",
                None,
                "No data",
                None,
            )
            assert row.rank_reason is not None
            assert row.rank_reason == row.position_reason
        met = sum(MET_BOROUGHS) / 40_000 / (20 * 32 / 100_000)
        assert found[code(HACKNEY)].met_value == pytest.approx(met, rel=1e-12)
        assert found[code(HACKNEY)].rest_of_met_value is None
        assert "whole Met area" in str(found[code(HACKNEY)].beside_reason)


class TestFunnel:
    async def test_the_limits_are_those_of_the_paper(self, conn: Any) -> None:
        found = await compare(conn)
        listed = [b for b in MET_BOROUGHS if b != WESTMINSTER]
        areas = [(12 * SEARCHES[b], person_months(b) / 12) for b in listed]
        expected: dict[str, Any] = spiegelhalter(areas, "rate")
        for place, borough in enumerate(listed):
            row = found[code(borough)]
            assert row.funnel_target == pytest.approx(expected["target"], rel=1e-9)
            limits = (row.funnel_lower_95, row.funnel_upper_95, row.funnel_lower_998, row.funnel_upper_998)
            assert limits == pytest.approx((*expected["95"][place], *expected["998"][place]), rel=1e-9)
            z = expected["z"][place]
            assert row.position == ("Higher" if z > 1.96 else "Lower" if z < -1.96 else "Similar")
            assert row.beyond == ("99.8%" if abs(z) > 3.09 else "95%" if abs(z) > 1.96 else None)
        assert found[code(HACKNEY)].position == "Higher"

    async def test_the_city_and_westminster_are_beside_it(self, conn: Any) -> None:
        for borough in (1, WESTMINSTER):
            row = (await compare(conn))[code(borough)]
            assert (row.position, row.beyond, row.funnel_upper_95) == ("No data", None, None)
            assert row.position_reason is not None

    async def test_shares_have_one_too(self, conn: Any) -> None:
        found = await compare(conn, SHARE)
        listed = [b for b in MET_BOROUGHS if b != HARINGEY]
        areas = [(12 * OUTCOMES[b][0], 12.0 * OUTCOMES[b][1]) for b in listed]
        expected: dict[str, Any] = spiegelhalter(areas, "share")
        row = found[code(HACKNEY)]
        assert row.funnel_upper_95 == pytest.approx(expected["95"][listed.index(HACKNEY)][1], rel=1e-9)
        assert row.position == "Higher"


class TestBeside:
    async def test_the_rest_of_the_met_area_leaves_the_area_out(self, conn: Any) -> None:
        found = await compare(conn)
        others = [b for b in MET_BOROUGHS if b != HACKNEY]
        assert found[code(HACKNEY)].rest_of_met_value == pytest.approx(rate(*others), rel=1e-14)
        assert found[code(HACKNEY)].met_value == pytest.approx(rate(*MET_BOROUGHS), rel=1e-14)
        assert found[code(1)].rest_of_met_value == found[code(1)].met_value

    async def test_inner_and_outer_london_leave_out_the_area_and_both_of_the_centre(self, conn: Any) -> None:
        found = await compare(conn)
        inner = inner_boroughs() - {1, WESTMINSTER, HACKNEY}
        outer = set(MET_BOROUGHS) - inner_boroughs() - {HARROW}
        assert (found[code(HACKNEY)].inner_outer, found[code(HARROW)].inner_outer) == ("inner", "outer")
        assert found[code(HACKNEY)].inner_outer_value == pytest.approx(rate(*inner), rel=1e-14)
        assert found[code(HARROW)].inner_outer_value == pytest.approx(rate(*outer), rel=1e-14)

    async def test_neighbours_are_added_before_they_are_divided(self, conn: Any) -> None:
        found = await compare(conn)
        residents = {b: count + 601 for b, count in RESIDENTS.items()}
        del residents[WESTMINSTER]
        near = slow_neighbours(residents, load_hectares())
        assert (found[code(WESTMINSTER)].neighbour_codes, found[code(WESTMINSTER)].neighbours_value) == (
            (),
            None,
        )
        for borough in set(MET_BOROUGHS) - {WESTMINSTER}:
            row = found[code(borough)]
            assert row.neighbour_codes == tuple(code(b) for b in near[borough])
            assert row.neighbours == tuple(found[code(b)].area_name for b in near[borough])
            assert row.neighbours_value == pytest.approx(rate(*near[borough]), rel=1e-14)
        assert (found[code(1)].neighbour_codes, found[code(1)].neighbours_value) == ((), None)

    async def test_a_borough_in_its_bcu(self, conn: Any) -> None:
        row = (await compare(conn))[code(HACKNEY)]
        assert (row.bcu_code, row.bcu_name) == ("CE", "Central East")
        assert row.bcu_value == pytest.approx(rate(*CENTRAL_EAST), rel=1e-14)
        assert row.share_of_bcu_numerator == pytest.approx(2000 / 2001)
        months_of = {b: person_months(b) for b in CENTRAL_EAST}
        assert row.share_of_bcu_denominator == pytest.approx(months_of[HACKNEY] / sum(months_of.values()))
        limits = rate_ratio(24_000, months_of[HACKNEY] / 12, 12, months_of[TOWER_HAMLETS] / 12)
        assert row.ratio_to_rest_of_bcu == pytest.approx(rate(HACKNEY) / rate(TOWER_HAMLETS))
        assert row.ratio_to_rest_of_bcu_lower == pytest.approx(limits.lower[0])
        assert row.ratio_to_rest_of_bcu_upper == pytest.approx(limits.upper[0])
        assert row.difference_to_rest_of_bcu is None

    async def test_what_boroughs_contribute_adds_up_to_their_bcu(self, conn: Any) -> None:
        for metric in (RATE, SHARE):
            parts: dict[str | None, list[float]] = {}
            for row in (await compare(conn, metric)).values():
                if row.share_of_bcu_numerator is not None:
                    parts.setdefault(row.bcu_code, []).append(row.share_of_bcu_numerator)
            assert len(parts) == 12
            assert {round(sum(listed), 12) for listed in parts.values()} == {1.0}

    async def test_shares_are_set_against_the_rest_of_the_bcu_by_their_difference(self, conn: Any) -> None:
        row = (await compare(conn, SHARE))[code(HARROW)]
        rest = [sum(12 * OUTCOMES[b][part] for b in NORTH_WEST if b != HARROW) for part in (0, 1)]
        difference, limits = subtract_shares(12 * OUTCOMES[HARROW][0], 12 * OUTCOMES[HARROW][1], *rest)
        assert row.difference_to_rest_of_bcu == pytest.approx(float(difference[0]))
        assert row.difference_to_rest_of_bcu_lower == pytest.approx(float(limits.lower[0]))
        assert row.difference_to_rest_of_bcu_upper == pytest.approx(float(limits.upper[0]))
        assert row.ratio_to_rest_of_bcu is None

    async def test_a_bcu_that_hides_a_borough_says_so(self, conn: Any) -> None:
        found = await compare(conn)
        # Tower Hamlets, with a search a month, lies below the limits; with Hackney its BCU does not.
        assert found[code(TOWER_HAMLETS)].position == "Lower"
        assert found[code(TOWER_HAMLETS)].hidden_by_bcu is True
        assert found[code(HARROW)].position == "Similar"
        assert found[code(HARROW)].hidden_by_bcu is False
        assert found[code(WESTMINSTER)].hidden_by_bcu is None

    async def test_a_bcu_stands_beside_the_rest_of_the_met_area_alone(self, conn: Any) -> None:
        row = (await compare(conn, kind="bcu"))["CE"]
        others = [b for b in MET_BOROUGHS if b not in CENTRAL_EAST]
        assert row.rest_of_met_value == pytest.approx(rate(*others), rel=1e-14)
        assert (row.bcu_code, row.neighbours, row.inner_outer, row.hidden_by_bcu) == (None, (), None, None)

    async def test_a_figure_that_is_not_there_is_not_worked_around(self, conn: Any) -> None:
        found = await compare(conn, RATE, to="2022-12")
        assert {row.value for row in found.values()} == {None}
        for row in found.values():
            assert (row.rest_of_met_value, row.neighbours_value, row.inner_outer_value) == (None, None, None)
            assert row.beside_reason is not None
            assert row.position == "No data"


class TestAges:
    async def test_standardised_rates_are_those_of_fay_and_feuer(self, conn: Any) -> None:
        found = await compare(conn, **FINANCIAL)
        standard = [sum(persons + 100 * b for b in MET_BOROUGHS) for persons in AGES.values()]
        for borough in (HACKNEY, RICHMOND):
            events = [12.0 * count for count in searches_by_age(borough).values()]
            years = [float(persons + 100 * borough) for persons in AGES.values()]
            expected = [round(number, 2) for number in fay_feuer(events, years, [*map(float, standard)])]
            row = found[code(borough)]
            assert [row.standardised_value, row.standardised_lower, row.standardised_upper] == expected

    async def test_there_is_none_where_an_age_is_withheld(self, conn: Any) -> None:
        found = await compare(conn, **FINANCIAL)
        assert found[code(HARROW)].standardised_value is None
        assert found[code(HARROW)].value is not None

    async def test_there_is_none_in_windows_that_ages_are_not_given_in(self, conn: Any) -> None:
        assert {row.standardised_value for row in (await compare(conn)).values()} == {None}


class TestSurveys:
    """Areas weigh by their residents; a borough counts 400 / 1.3 interviews."""

    async def test_what_stands_beside_is_weighted_by_residents(self, conn: Any) -> None:
        row = (await compare(conn, TRUST, to="2023-12"))[code(HACKNEY)]

        def weighted(*boroughs: int) -> float:
            return (
                sum(RESIDENTS[b] * TRUSTED[b] for b in boroughs)
                / 10_000
                / sum(RESIDENTS[b] for b in boroughs)
            )

        assert row.value == 0.3
        assert row.met_value == pytest.approx(weighted(*MET_BOROUGHS), abs=1e-12)
        others = [b for b in MET_BOROUGHS if b != HACKNEY]
        assert row.rest_of_met_value == pytest.approx(weighted(*others), abs=1e-12)
        assert row.bcu_value == pytest.approx(weighted(*CENTRAL_EAST), abs=1e-12)
        near = slow_neighbours(RESIDENTS, load_hectares())[HACKNEY]
        assert row.neighbours_value == pytest.approx(weighted(*near), abs=1e-12)
        assert row.inner_outer_value == pytest.approx(weighted(*(inner_boroughs() - {1, HACKNEY})), abs=1e-12)
        assert (row.share_of_bcu_numerator, row.difference_to_rest_of_bcu, row.beside_reason) == (None,) * 3

    async def test_the_funnel_has_the_effective_interviews_and_the_met_areas_share(self, conn: Any) -> None:
        found = await compare(conn, TRUST, to="2023-12")
        row = found[code(HACKNEY)]
        assert (row.position, row.beyond, row.rank, row.rank_of) == ("Lower", "99.8%", 32, 32)
        assert row.funnel_target == row.met_value
        # alike in size, so alike in limits
        assert row.funnel_lower_95 == pytest.approx(found[code(HARROW)].funnel_lower_95, rel=1e-12)
        assert found[code(TOWER_HAMLETS)].position == "Similar"
        assert found[code(1)].rank is None


class TestWithheld:
    async def test_nothing_is_said_that_would_complete_a_withheld_count(self, conn: Any) -> None:
        found = await compare(conn, group="age:10_17", **FINANCIAL)
        row = found[code(HARROW)]
        assert row.status == "suppressed"
        for name in ("numerator", "value", "rest_of_met_value", "share_of_bcu_numerator", "funnel_upper_95"):
            assert getattr(row, name) is None, name
        assert row.beside_reason is not None
        assert "withheld" in row.beside_reason
        assert (row.rank, row.position) == (None, "No data")
        # Outer London without one of its boroughs would give it away with Outer London itself.
        outer = found[code(3)]
        assert outer.inner_outer_value is None
        hidden = {c for c, row in found.items() if row.status == "suppressed"}
        for beside in found.values():
            if hidden & set(beside.neighbour_codes):
                assert beside.neighbours_value is None

    async def test_by_default_such_groups_are_compared_by_financial_year(self, conn: Any) -> None:
        found = await compare(conn, group="age:18_24")
        assert {row.window for row in found.values()} == {"financial_year"}
        with pytest.raises(BadParameter):
            await compare(conn, group="age:18_24", window="rolling_12")


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"kind": "ward"}, "ward"),
            ({"window": "month"}, "month"),
            ({"window": "whole"}, "whole"),
            ({"group": "ethnicity"}, "choose one"),
            ({"group": "colour"}, "colour"),
            ({"basis": "nobody"}, "nobody"),
            ({"to": "2024"}, "2024"),
        ],
    )
    async def test_with_a_sentence(self, conn: Any, given: dict[str, str], said: str) -> None:
        with pytest.raises(BadParameter) as refused:
            await compare(conn, **given)
        assert said in str(refused.value)

    async def test_a_metric_that_is_not_there(self, conn: Any) -> None:
        with pytest.raises(NotFound, match="stop_search_rate"):
            await compare(conn, "stop_search_rat")
