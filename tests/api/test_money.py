"""What the API says of council money: sums to the penny, gaps by council, years as published, what is withheld."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import asyncpg
import numpy as np
import pytest

from api.beside import set_beside
from api.cards import list_own_cards
from api.circle import list_boroughs
from api.errors import BadParameter
from api.figures.councils import find_council_gap
from api.figures.coverage import Coverage, Need
from api.figures.windows import Window, parse_month, text_of
from api.money import is_whole
from api.request import resolve_request
from api.snapshot import load_snapshot
from tests.api.hand_made import ask, ask_one
from tests.api.money_world import (
    BEXLEY,
    CCTV,
    CRIME,
    EALING,
    HACKNEY,
    HILLINGDON,
    PRICES,
    SAFETY,
    SPENDING,
    TOTAL,
    TOWER_HAMLETS,
    WINDFALL,
    YOUTH,
    YOUTH_PER_HEAD,
    build_money,
    line,
    monthly,
)

YEAR = {"from_": "2023-04", "to": "2024-03"}
ABUSE = "tag:domestic_abuse"


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    async with pool.acquire() as connection:
        await build_money(connection)
        yield connection


def pounds(pence: int) -> float:
    """Pence as pounds, by decimal arithmetic."""
    return float(Decimal(pence) / 100)


def residents(borough: int, year: int) -> int:
    return 10_000 * borough + (year - 2021) * 1_000


async def members(conn: Any, code: str) -> tuple[int, ...]:
    """The boroughs of an area in 2024-03."""
    last = parse_month("2024-03")
    return list_boroughs(await load_snapshot(conn), code, Window(last - 11, last))


class TestPayments:
    async def test_a_month_of_a_council_to_the_penny(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="bromley", from_="2023-05", to="2023-05")
        assert (row.numerator, row.value, row.denominator) == (pounds(monthly(6)), pounds(monthly(6)), None)
        assert (row.lower, row.upper, row.method) == (None, None, "no interval")
        assert (row.status, row.flags, row.reason) == ("ok", (), None)
        assert (row.months_expected, row.months_received) == (1, 1)
        assert (row.placed_share, row.known_share) == (None, None)
        assert (row.unplaced_numerator, row.other_forces_numerator) == (None, None)

    async def test_more_pence_than_four_bytes_hold(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="hackney", **YEAR)
        assert row.value == pounds(12 * monthly(HACKNEY) + WINDFALL)
        assert row.status == "revised"
        then = await ask_one(conn, metric=TOTAL, area="hackney", as_of="2026-01-31-aaaaaaaa", **YEAR)
        assert (then.value, then.status) == (pounds(12 * monthly(HACKNEY)), "ok")

    @pytest.mark.parametrize("area", ["SN", "met", "met-located", "inner-london", "london"])
    async def test_an_area_is_the_sum_of_its_councils_in_the_months_of_all(
        self, conn: Any, area: str
    ) -> None:
        row = await ask_one(conn, metric=TOTAL, area=area, **YEAR)
        boroughs = await members(conn, row.area_code)
        # without 2023-12 where Tower Hamlets is among them
        count = 11 if TOWER_HAMLETS in boroughs else 12
        pence = sum(count * monthly(b) + (WINDFALL if b == HACKNEY else 0) for b in boroughs)
        assert (row.value, row.months_received) == (pounds(pence), count)

    async def test_the_met_area_is_32_councils_and_london_33(self, conn: Any) -> None:
        met, force, london = await ask(
            conn, metric=TOTAL, area=["met", "metropolitan", "london"], from_="2023-04", to="2023-04"
        )
        assert force.value == met.value
        assert met.value == pounds(sum(monthly(b) for b in range(2, 34)))
        assert london.value == pounds(sum(monthly(b) for b in range(1, 34)))

    async def test_the_corporation_is_a_council_like_the_others(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="city-of-london", from_="2023-04", to="2023-04")
        assert (row.value, row.status) == (pounds(monthly(1)), "ok")

    async def test_a_bcu_names_the_council_that_is_missing(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="ce", **YEAR)
        assert "11 of 12 months" in row.flags
        assert row.reason == (
            "11 of 12 months were received (Tower Hamlets council, 2023-12: no payments file was received)."
        )
        month = await ask_one(conn, metric=TOTAL, area="ce", from_="2023-12", to="2023-12")
        assert (month.status, month.value) == ("missing", None)
        assert month.reason == "No payments file of Tower Hamlets council was received for 2023-12."

    async def test_fewer_than_nine_months_are_incomplete(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="bromley", from_="2022-12", to="2023-11")
        assert (row.status, row.value, row.months_received) == ("incomplete", None, 8)
        assert "Bromley council, 2022-12 to 2023-03: no payments file was received" in row.reason

    async def test_a_kind_that_the_file_lacks_is_missing_and_not_zero(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="bromley", basis="grant", **YEAR)
        assert (row.status, row.value) == ("missing", None)
        assert "holds only over 500" in row.reason

    async def test_the_latest_months_by_default(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="bromley")
        assert (row.from_month, row.to_month) == ("2023-04", "2024-03")

    async def test_the_latest_months_are_those_of_the_kind_asked_for(self, conn: Any) -> None:
        """Cards of Barnet that end sooner, and cards of Brent that end later, move no default of another kind."""
        snapshot = await load_snapshot(conn)
        barnet, brent = ("payment", 103), ("payment", 105)
        past, future = (
            replace(snapshot.coverage[barnet][parse_month("2024-03")], words=frozenset({"purchase_card"})),
        ) * 2
        cards = {parse_month("2018-03"): past}
        kept = {**snapshot.coverage[brent], parse_month("2025-09"): future}
        mixed = replace(snapshot, coverage={**snapshot.coverage, barnet: cards, brent: kept}, memo={})

        def last(**asked: str) -> str:
            request = resolve_request(
                mixed, {"metric": [TOTAL], **{name: [text] for name, text in asked.items()}}
            )
            return text_of(request.selections[0].windows[-1].last)

        assert last(area="brent") == last(area="boroughs") == last(area="met") == "2024-03"
        assert last(area="barnet", basis="purchase_card") == "2018-03"
        assert last(area="boroughs", basis="purchase_card") == "2025-09"
        # it published no such payments: the latest of those who did
        assert last(area="barnet") == "2024-03"
        assert last(area="barnet", basis="over_500", window="financial_year") == "2024-03"

    async def test_beside_the_rest_of_the_met_area(self, conn: Any) -> None:
        row = await ask_one(
            conn, metric=TOTAL, area="bromley", compare="rest_of_met", from_="2023-04", to="2023-04"
        )
        assert row.rest_value == row.rest_numerator == pounds(sum(monthly(b) for b in range(2, 34) if b != 6))
        assert row.rest_ratio is None
        assert "depend on what each council publishes" in row.rest_reason

    async def test_the_year_before_as_a_ratio_without_an_interval(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TOTAL, area="hackney", compare="year_before", **YEAR)
        before = 12 * monthly(HACKNEY)
        assert row.before_value == pounds(before)
        assert row.change_ratio == pytest.approx((before + WINDFALL) / before)
        assert (row.change_ratio_lower, row.change_reason) == (None, None)
        bromley = await ask_one(conn, metric=TOTAL, area="bromley", compare="year_before", **YEAR)
        assert (bromley.before_value, bromley.change_ratio) == (None, None)
        assert bromley.change_reason == "No calendar month was received in both years."

    async def test_a_scorecard_ends_with_the_payments_of_its_own_council(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        last, lambeth = parse_month("2024-01"), ("payment", 122)
        held = {month: row for month, row in snapshot.coverage[lambeth].items() if month <= last}
        cut = replace(snapshot, coverage={**snapshot.coverage, lambeth: held}, memo={})
        ends = {card.metric: card.last for card in list_own_cards(cut, None, 1, 22)}
        others = {card.metric: card.last for card in list_own_cards(cut, None, 1, None)}
        assert (ends[TOTAL], ends[SAFETY]) == (last, parse_month("2023-03"))
        assert (others[TOTAL], others[SAFETY]) == (parse_month("2024-03"), parse_month("2024-03"))

    async def test_files_of_another_kind_move_no_scorecard(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        card_file = replace(
            snapshot.coverage["payment", 122][parse_month("2024-03")], words=frozenset({"grant"})
        )
        held = {**snapshot.coverage["payment", 122], parse_month("2024-06"): card_file}
        more = replace(snapshot, coverage={**snapshot.coverage, ("payment", 122): held}, memo={})
        for borough in (22, None):
            ends = {card.metric: card.last for card in list_own_cards(more, None, 1, borough)}
            assert ends[TOTAL] == parse_month("2024-03")


class TestDomesticAbuse:
    @pytest.mark.parametrize("window", ["month", "rolling_12", "whole", "calendar_year"])
    async def test_by_the_financial_year_only(self, conn: Any, window: str) -> None:
        for metric, group in ((TOTAL, ABUSE), (TOTAL, "domestic_abuse"), (SAFETY, "total")):
            with pytest.raises(BadParameter, match="totals of whole financial years"):
                await ask(conn, metric=metric, group=group, area="hackney", window=window, **YEAR)

    @pytest.mark.parametrize("group", ["*", "tag"])
    async def test_left_out_of_other_windows(self, conn: Any, group: str) -> None:
        rows = await ask(conn, metric=TOTAL, group=group, area="hackney", window="month", **YEAR)
        groups = {row.group for row in rows}
        assert {"tag:cctv", "tag:untagged"} <= groups
        assert ABUSE not in groups

    async def test_no_month_follows_from_the_total_less_the_other_groups(self, conn: Any) -> None:
        rows = await ask(conn, metric=TOTAL, group="*", area="haringey", from_="2023-05", to="2023-05")
        figures = {row.group: row.value for row in rows if row.value is not None}
        others = sum(Decimal(str(value)) for group, value in figures.items() if group != "total")
        assert others == Decimal(str(figures["total"]))

    async def test_a_year_of_five_payments_or_more_is_told_and_of_fewer_is_not(self, conn: Any) -> None:
        told = await ask_one(conn, metric=TOTAL, group=ABUSE, area="hackney", window="financial_year", **YEAR)
        assert (told.status, told.value) == ("ok", 70.0)
        for area in ("haringey", "na", "met"):  # with Enfield, and with all
            few = await ask_one(conn, metric=TOTAL, group=ABUSE, area=area, window="financial_year", **YEAR)
            assert (few.status, few.value, few.numerator) == ("suppressed", None, None)
            assert "domestic abuse" in few.reason

    async def test_nor_does_the_sum_that_holds_it(self, conn: Any) -> None:
        told = await ask_one(conn, metric=SAFETY, area="hackney", window="financial_year", **YEAR)
        assert told.value == pounds(12 * 10_000 + 7_000)
        few = await ask_one(conn, metric=SAFETY, area="haringey", window="financial_year", **YEAR)
        assert (few.status, few.value, few.numerator) == ("suppressed", None, None)

    async def test_a_year_that_lacks_a_month_is_not_told(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SAFETY, area="tower-hamlets", window="financial_year", **YEAR)
        assert (row.status, row.value, row.numerator) == ("suppressed", None, None)

    async def test_but_once_the_council_has_published_a_later_month(self, conn: Any) -> None:
        year = {"from_": "2022-04", "to": "2023-03"}
        harrow, bcu = await ask(conn, metric=SAFETY, area=["harrow", "nw"], window="financial_year", **year)
        assert (harrow.status, harrow.value, harrow.flags) == ("ok", 1_100.0, ("11 of 12 months",))
        assert bcu.value is None

    async def test_nothing_follows_from_a_comparison(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric=TOTAL,
            group=ABUSE,
            area="hackney",
            window="financial_year",
            compare=["rest_of_met", "year_before"],
            **YEAR,
        )
        assert (row.rest_value, row.rest_numerator) == (None, None)
        assert "people" not in row.rest_reason
        assert row.before_value == 0.0

    async def test_a_payment_that_came_with_a_later_release_is_not_told(self, conn: Any) -> None:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await conn.execute(
                "update observation set last_release = 1 where borough = $1 and period_start = '2023-05-01'"
                " and series_id = (select series_id from series where group_code = $2)",
                HACKNEY,
                ABUSE,
            )
            await conn.execute(
                "insert into observation select series_id, period_start, period_end, borough, force, 9000, null, null, 9, 1,"
                " 1, 2 from observation where borough = $1 and period_start = '2023-05-01' and last_release = 1"
                " and series_id = (select series_id from series where group_code = $2)",
                HACKNEY,
                ABUSE,
            )
            (await load_snapshot(conn)).memo.clear()
            for as_of in ("2026-01-31-aaaaaaaa", "2026-02-10-bbbbbbbb"):
                (await load_snapshot(conn, 1)).memo.clear()
                row = await ask_one(
                    conn,
                    metric=TOTAL,
                    group=ABUSE,
                    area="hackney",
                    window="financial_year",
                    as_of=as_of,
                    **YEAR,
                )
                assert (row.status, row.value) == ("suppressed", None)
        finally:
            await transaction.rollback()
            for number in (1, 2):
                (await load_snapshot(conn, number)).memo.clear()


class TestReturns:
    async def test_pounds_for_each_resident_of_the_mid_year_in_which_the_year_begins(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SPENDING, area="hackney")
        persons, pence = residents(HACKNEY, 2023), 3 * line(HACKNEY, 2)
        assert (row.from_month, row.to_month) == ("2023-04", "2024-03")
        assert (row.numerator, row.denominator) == (pounds(pence), persons)
        assert row.value == pytest.approx(float(Decimal(pence) / 100 / persons), rel=1e-15)
        assert (row.lower, row.upper) == (None, None)
        assert (row.months_expected, row.months_received, row.status) == (12, 12, "ok")
        assert row.method == "no interval; residents: mid-2024"

    async def test_real_terms_name_their_prices(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SPENDING, area="hackney", basis="budget_real")
        assert row.method == f"no interval; residents: mid-2024; real: {PRICES}"
        assert row.numerator == pounds(3 * line(HACKNEY, 2) * 110 // 100)

    async def test_an_area_adds_first_and_divides_last(self, conn: Any) -> None:
        row = await ask_one(conn, metric=SPENDING, area="london", from_="2021-04", to="2022-03")
        pence = sum(3 * line(b) for b in range(1, 34))
        persons = sum(residents(b, 2021) for b in range(1, 34))
        assert row.value == pytest.approx(float(Decimal(pence) / 100 / persons), rel=1e-15)

    async def test_not_returned_is_missing_and_says_who(self, conn: Any) -> None:
        said = "There is no figure for 2023-24: Hillingdon did not return it ('...' in the file)"
        hillingdon, met = await ask(conn, metric=CRIME, area=["hillingdon", "met"])
        for row in (hillingdon, met):
            assert (row.status, row.value, row.numerator, row.months_received) == ("missing", None, None, 0)
            assert row.reason == f"{said}."
        wa = await ask_one(conn, metric=SPENDING, area="wa")
        assert (
            wa.reason
            == f"{'There is no figure for 2023-24: Ealing did not return it (an empty cell in the file)'}; "
            + ("Hillingdon did not return it ('...' in the file).")
        )

    async def test_one_line_that_is_missing(self, conn: Any) -> None:
        crime, cctv, both = await ask(conn, metric=[CCTV, CRIME, SPENDING], area="ealing"), None, None
        found = {row.metric: row for row in crime}
        assert found[CRIME].numerator == pounds(line(EALING, 2))
        assert {found[CCTV].status, found[SPENDING].status} == {"missing"}
        assert (cctv, both) == (None, None)

    async def test_returned_zero_is_told_apart(self, conn: Any) -> None:
        row = await ask_one(conn, metric=CCTV, area="bexley")
        assert (row.value, row.numerator, row.status, row.flags) == (0.0, 0.0, "ok", ("returned_zero",))
        assert row.reason == "The council returned zero; that is not the same as nothing spent."
        # Bexley, Croydon or whoever is in its BCU beside it
        bcu = await ask_one(conn, metric=CCTV, area="se")
        assert BEXLEY in await members(conn, "SE")
        assert "returned_zero" in bcu.flags
        assert bcu.value > 0

    async def test_a_year_between_is_missing_and_says_who_publishes_it(self, conn: Any) -> None:
        rows = await ask(
            conn, metric=CRIME, area="hackney", window="financial_year", from_="2022-01", to="2024-12"
        )
        assert [(row.to_month, row.status) for row in rows] == [
            ("2022-03", "ok"),
            ("2023-03", "missing"),
            ("2024-03", "ok"),
        ]
        assert rows[1].reason == (
            "There is no figure for 2022-23: no revenue return (budget) of 2022-23 is loaded: it is published by the "
            "Ministry of Housing, Communities and Local Government."
        )

    async def test_why_there_is_no_year_before(self, conn: Any) -> None:
        """2022-23 was not loaded at all; years are told as years."""
        row = await ask_one(
            conn, metric=CRIME, area="hackney", compare="year_before", from_="2023-04", to="2024-03"
        )
        publisher = "Ministry of Housing, Communities and Local Government"
        assert (row.before_from, row.before_value) == ("2022-04", None)
        assert row.change_reason == (
            f"No revenue return (budget) of 2022-23 is loaded: it is published by the {publisher}."
        )
        (both,) = await ask(
            conn, metric=CCTV, area="ealing", compare="year_before", from_="2023-04", to="2024-03"
        )
        assert both.change_reason.endswith("; Ealing did not return it (an empty cell in the file).")

    async def test_outturn_is_never_taken_for_budget(self, conn: Any) -> None:
        row = await ask_one(conn, metric=CRIME, area="hackney", basis="outturn_nominal")
        assert (row.status, row.value) == ("missing", None)
        assert "no revenue return (outturn) of 2023-24 is loaded" in row.reason

    def test_a_file_without_the_line_is_not_said_to_be_missing(self) -> None:
        need = Need("revenue_return", words=frozenset({"outturn_cctv"}), period=12)
        row = Coverage("received", None, frozenset({"budget_cctv", "outturn_education"}), {}, 0, 0, 0, 0)
        told = find_council_gap({("revenue_return", 150): {2024 * 12 + 2: row}}, need, HACKNEY, 2024 * 12 + 2)
        assert told is not None
        assert told.startswith("the revenue return (outturn) of 2023-24 that is loaded has no such line")

    def test_what_is_below_zero_is_not_divided(self) -> None:
        def part(*values: float) -> Any:
            pounds = np.array(values)
            return SimpleNamespace(
                ground=SimpleNamespace(asked=values),
                sums=SimpleNamespace(numerator=pounds * 100),
                figures=SimpleNamespace(value=pounds, denominator=np.ones(len(values))),
                measure=SimpleNamespace(statistic="per_head"),
            )

        (ratio, *_), _ = set_beside(part(6, -6, 6, -6, 0, 6), part(3, 3, -3, -3, 3, 0))
        assert [None if np.isnan(one) else one for one in ratio] == [2, None, None, None, 0, None]

    @pytest.mark.parametrize(
        "asked",
        [
            {"window": "month"},
            {"window": "calendar_year"},
            {"from_": "2023-01", "to": "2023-12"},
            {"from_": "2021-04", "to": "2024-03"},
            {"window": "financial_year", "from_": "2018-01", "to": "2019-12"},
        ],
    )
    async def test_other_windows_are_refused(self, conn: Any, asked: dict[str, str]) -> None:
        with pytest.raises(
            BadParameter, match="has only financial years, April to March, of which 2021-22 to 2023-24"
        ):
            await ask(conn, metric=CRIME, area="hackney", **asked)

    async def test_without_residents_there_is_an_amount_and_none_for_each(self, conn: Any) -> None:
        year = {"from_": "2010-04", "to": "2011-03"}
        row = await ask_one(conn, metric=YOUTH_PER_HEAD, area="hackney", **year)
        assert (row.status, row.value, row.denominator) == ("incomplete", None, None)
        assert row.numerator == pounds(line(HACKNEY, 3))
        assert row.reason == (
            "Populations begin with mid-2019: earlier years have an amount and none for each resident. The mid-year estimates of "
            "the ONS by single year of age (MYEB1) have residents of these ages, and are not held here for that year."
        )
        amount = await ask_one(conn, metric=YOUTH, area="hackney", **year)
        assert (amount.status, amount.value) == ("ok", pounds(line(HACKNEY, 3)))
        later = await ask_one(conn, metric=YOUTH_PER_HEAD, area="hackney", from_="2019-04", to="2020-03")
        assert later.value == pytest.approx(line(HACKNEY, 3) / 100 / 20_000)

    async def test_a_row_that_is_not_there_is_never_zero(self, conn: Any) -> None:
        row = await ask_one(conn, metric=YOUTH, area="hackney", basis="real")
        assert (row.status, row.value, row.numerator) == ("missing", None, None)
        assert "deflators" in row.reason

    async def test_beside_the_rest_per_head_is_divided(self, conn: Any) -> None:
        year = {"from_": "2021-04", "to": "2022-03"}
        row = await ask_one(conn, metric=CRIME, area="hackney", compare="rest_of_met", **year)
        others = [b for b in range(2, 34) if b != HACKNEY]
        rest = sum(line(b) for b in others) / 100 / sum(residents(b, 2021) for b in others)
        assert row.rest_value == pytest.approx(rest, rel=1e-15)
        assert row.rest_ratio == pytest.approx(row.value / rest)
        assert (row.rest_ratio_lower, row.rest_reason) == (None, None)


class TestBaseYear:
    async def test_change_since_a_base_year_on_the_same_basis(self, conn: Any) -> None:
        asked = {"metric": CRIME, "area": "hackney", "compare": "base_year", "base_year": "2021-22"}
        for basis in ("budget_nominal", "budget_real"):
            row = await ask_one(conn, basis=basis, **asked)
            base = await ask_one(
                conn, metric=CRIME, area="hackney", basis=basis, from_="2021-04", to="2022-03"
            )
            assert (row.base_year_from, row.base_year_to) == ("2021-04", "2022-03")
            assert (row.base_year_value, row.base_year_numerator) == (base.value, base.numerator)
            assert row.base_year_change_ratio == pytest.approx(row.value / base.value)
            assert row.base_year_reason is None

    async def test_of_an_area_the_councils_of_its_own_year_count(self, conn: Any) -> None:
        row = await ask_one(
            conn,
            metric=YOUTH,
            area="ce",
            compare="base_year",
            base_year="2010-11",
            from_="2019-04",
            to="2020-03",
        )
        # there was no Central East in 2010-11
        pence = line(HACKNEY, 3) + line(TOWER_HAMLETS, 3)
        assert (row.base_year_value, row.base_year_change_ratio) == (pounds(pence), 1.0)
        assert row.base_year_flags == ("break:youth-lines-2012-04",)

    async def test_why_there_is_none(self, conn: Any) -> None:
        rows = await ask(
            conn,
            metric=[CRIME, TOTAL],
            area=["hillingdon", "hackney"],
            compare="base_year",
            base_year="2023-24",
        )
        told = {(row.metric, row.area_name): row.base_year_reason for row in rows}
        assert told[CRIME, "Hackney"] is None
        assert told[CRIME, "Hillingdon"] == "There is no figure to compare: its own reason says why."
        assert told[TOTAL, "Hackney"] == "Only figures of financial years have a base year."
        zero = await ask_one(
            conn,
            metric=CCTV,
            area="bexley",
            from_="2021-04",
            to="2022-03",
            compare="base_year",
            base_year="2023-24",
        )
        assert zero.base_year_value == 0.0
        assert zero.base_year_reason == "The figure of the base year is zero, so nothing is divided by it."
        bcu = await ask_one(
            conn,
            metric=CCTV,
            area="se",
            from_="2021-04",
            to="2022-03",
            compare="base_year",
            base_year="2023-24",
        )
        assert bcu.flags == ()
        assert "returned_zero" in bcu.base_year_flags

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"compare": "base_year"}, "needs a financial year"),
            ({"compare": "base_year", "base_year": "2010-11"}, "it can be 2021-22, 2022-23, 2023-24"),
            ({"base_year": "2021-22"}, "stands on"),
            ({"compare": "base_year", "base_year": "2021"}, "no year to compare with"),
        ],
    )
    async def test_what_is_refused(self, conn: Any, asked: dict[str, str], said: str) -> None:
        with pytest.raises(BadParameter, match=said):
            await ask(conn, metric=CRIME, area="hackney", **asked)


def test_the_world_is_what_its_names_say() -> None:
    assert (HILLINGDON, HACKNEY, TOWER_HAMLETS) == (17, 12, 30)


@pytest.mark.parametrize(
    ("months", "goes_on", "told"),
    [(12, False, True), (11, False, False), (11, True, True), (9, True, True), (8, True, False)],
)
def test_a_year_is_whole_for_values_and_for_totals_alike(months: int, goes_on: bool, told: bool) -> None:
    """`/v1/values` and the line of `totals=tag` follow this one rule: Lambeth, 2011-12, has 9 months and later ones."""
    assert bool(is_whole(np.array(months), np.array(goes_on))) is told
