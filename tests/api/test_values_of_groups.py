"""Ratios and shares: the band, the verdict, what is low."""

import math
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from scipy import stats

from api.model import RatioRow
from api.series import label_group
from api.snapshot import load_snapshot
from etl.reference import seed
from sql.measure import load_measures
from tests.api.hand_made import RATIO, SHARE, ask, ask_one, write_facts


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database in which every fact was written by hand."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        yield connection


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
        assert row.unknown_numerator == 48
        assert row.known_share == pytest.approx(66 / 70)
        assert row.difference_per_1000 == pytest.approx(8 - 2)
        assert row.difference_in_number == pytest.approx(480 - 60 * 2)

    async def test_the_band_runs_over_every_way_of_counting(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="hackney", group="black")
        in_and_out = (1, 60 / 90)
        ways = [(40 / 20) * 2, (40 / 24) * 2, (44 / 20) * 2, (36 / 20) * 2, (24 / 16) * 2]
        every = [way * part for way in ways for part in in_and_out]
        assert row.assumption_low == pytest.approx(min(every))
        assert row.assumption_high == pytest.approx(max(every))
        assert row.verdict == (
            f"Higher under every way of counting we tried ({min(every):.2f} to {max(every):.2f}). "
            "This does not show why, and neither proves nor rules out unlawful discrimination "
            "(Equality Act 2010)."
        )
        assert "interval_includes_1" not in row.flags

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
        assert row.status == "not_applicable"
        assert row.reason == "There is no event of the reference group, so the ratio is undefined."
        assert row.flags == ()
        assert row.method == "none"

    async def test_chance_is_told_beside_counting_where_the_interval_includes_1(self, conn: Any) -> None:
        row = await ask_one(conn, metric=RATIO, area="bromley", group="asian", from_="2024-01", to="2024-01")
        assert (row.numerator, row.reference_numerator, row.status) == (0, 1, "low")
        assert (row.value, row.lower < 1 < row.upper) == (0, True)
        assert "interval_includes_1" in row.flags

    async def test_a_ratio_of_the_city_or_westminster_is_of_a_daytime_population(self, conn: Any) -> None:
        for area, is_told in (("westminster", True), ("hackney", False), ("central-west", False)):
            row = (await ask(conn, metric=RATIO, area=area, group="black"))[0]
            assert ("daytime_population" in row.flags) == is_told, area

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
        assert (row.status, row.value, row.denominator) == ("not_applicable", None, 0)
        assert row.reason == "There is no event with the field known, so there is no share."
        assert row.flags == ()

    async def test_a_self_defined_share_is_low_by_the_unknowns_of_all_searches(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SHARE, area="hackney", group="black", basis="self_defined")
        assert (row.numerator, row.denominator) == (120, 480)
        # 33 of 110 searches a month have no self-defined ethnicity
        assert row.status == "low"
        assert "unknown_share_above_0.2" in row.flags


async def test_other_is_named_with_those_that_it_includes(conn: Any) -> None:
    """The officer's record of a search, and use of force, count Chinese people under Other; what people say does not."""
    snapshot = await load_snapshot(conn)
    measures = load_measures()
    for metric, basis, said in (
        (RATIO, "officer_defined", "Other, Chinese included"),
        (RATIO, "officer_defined_without_section_60", "Other, Chinese included"),
        (RATIO, "self_defined", "Other"),
        ("strip_search_rate_ratio", "officer_defined", "Other, Chinese included"),
        ("use_of_force_rate_ratio", "officer_defined", "Other, Chinese included"),
    ):
        assert label_group(snapshot, measures[metric], basis, "ethnicity:other") == said
        assert "Other includes Chinese people" in measures[metric].groups[0].label
    pair = label_group(snapshot, measures[SHARE], "officer_defined", "object_ethnicity:firearms/other")
    assert pair == "Firearms / Other, Chinese included"
    assert label_group(snapshot, measures[SHARE], "officer_defined", "total") is None
