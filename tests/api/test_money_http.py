"""Council money over HTTP: every endpoint and format gives the one figure, ranked where fair, never judged."""

import csv
import io
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import asyncpg
import httpx
import polars as pl
import pytest

from api.app import create_app
from tests.api.conftest import running
from tests.api.money_world import (
    BEFORE,
    CCTV,
    CRIME,
    HACKNEY,
    HILLINGDON,
    PRICES,
    SAFETY,
    SPENDING,
    TOTAL,
    WINDFALL,
    YOUTH,
    build_money,
    line,
    monthly,
)

YEAR = "from=2023-04&to=2024-03"


@pytest.fixture(scope="module")
async def money(pool: asyncpg.Pool, reader: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    async with pool.acquire() as connection:
        await build_money(connection)
    async with running(create_app(reader)) as client:
        yield client


async def read(client: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


class TestValues:
    async def test_json_csv_parquet_and_map_hold_one_figure(self, money: httpx.AsyncClient) -> None:
        address = f"/v1/values?metric={TOTAL}&area=hackney&{YEAR}"
        (row,) = await read(money, address)
        due = (12 * monthly(HACKNEY) + WINDFALL) / 100
        assert (row["numerator"], row["value"], row["lower"]) == (due, due, None)
        (cell,) = csv.DictReader(io.StringIO((await money.get(f"{address}&format=csv")).text))
        assert (float(cell["numerator"]), float(cell["value"])) == (due, due)
        frame = pl.read_parquet((await money.get(f"{address}&format=parquet")).content)
        assert frame.schema["numerator"] == pl.Float64
        assert frame["numerator"].to_list() == [due]
        drawn = (await money.get(f"{address}&format=geojson")).json()
        assert [one["properties"]["value"] for one in drawn["features"]] == [due]

    async def test_parquet_has_whole_numbers_where_no_money_is(self, money: httpx.AsyncClient) -> None:
        content = (await money.get("/v1/values?metric=crime_rate&area=hackney&format=parquet")).content
        assert pl.read_parquet(content)["numerator"].dtype == pl.Int64

    async def test_boundaries_carry_the_figure(self, money: httpx.AsyncClient) -> None:
        drawn = (await money.get(f"/v1/boundaries?kind=borough&metric={CRIME}")).json()
        by_name = {one["properties"]["area_name"]: one["properties"] for one in drawn["features"]}
        assert by_name["Hackney"]["numerator"] == line(HACKNEY, 2) / 100
        assert (by_name["Hillingdon"]["value"], by_name["Hillingdon"]["status"]) == (None, "missing")

    async def test_what_is_left_out_is_said(self, money: httpx.AsyncClient) -> None:
        answer = await money.get(f"/v1/values?metric={TOTAL}&area=hackney&group=*&window=month&{YEAR}")
        (said,) = answer.json()["left_out"]
        assert said == (
            "payments_total of tag:domestic_abuse is left out: payments for domestic abuse are told as totals of whole "
            "financial years, by window=financial_year only, not by month."
        )

    async def test_a_base_year(self, money: httpx.AsyncClient) -> None:
        address = f"/v1/values?metric={CRIME}&area=hackney&compare=base_year&base_year=2021-22"
        (row,) = await read(money, address)
        assert list(row)[-8:] == [
            "base_year_from",
            "base_year_to",
            "base_year_numerator",
            "base_year_denominator",
            "base_year_value",
            "base_year_change_ratio",
            "base_year_flags",
            "base_year_reason",
        ]
        assert row["base_year_change_ratio"] == pytest.approx(row["value"] / row["base_year_value"])
        refused = await money.get(
            f"/v1/values?metric={CRIME}&area=hackney&compare=base_year&base_year=1999-00"
        )
        assert refused.status_code == 400
        assert refused.json()["allowed"] == ["2021-22", "2022-23", "2023-24"]

    async def test_a_metric_says_which_address_gives_its_values(self, money: httpx.AsyncClient) -> None:
        for metric in (TOTAL, SAFETY, SPENDING, YOUTH):
            links = (await money.get(f"/v1/metrics/{metric}")).json()["links"]
            assert len(await read(money, links["values"])) == 33


class TestComparison:
    async def test_budgets_for_each_resident_are_ranked_where_fair(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, f"/v1/metrics/{CRIME}/comparison?to=2024-03&window=financial_year")
        by_code = {row["area_code"]: row for row in rows}
        ranked = {code: row for code, row in by_code.items() if row["rank"] is not None}
        # all but the City, Westminster and Hillingdon
        assert len(ranked) == 30
        assert set(by_code) - set(ranked) == {"E09000001", "E09000033", f"E090000{HILLINGDON}"}
        values = sorted((row["value"] for row in ranked.values()), reverse=True)
        assert all(values.index(row["value"]) + 1 == row["rank"] for row in ranked.values())
        hackney = by_code[f"E090000{HACKNEY}"]
        assert (hackney["position"], hackney["funnel_target"], hackney["funnel_upper_95"]) == (
            None,
            None,
            None,
        )
        assert "no count of chance events" in hackney["position_reason"]
        assert len(hackney["neighbours"]) == 5
        assert by_code[f"E090000{HILLINGDON}"]["position"] == "No data"

    async def test_which_figure_beside_is_missing_and_for_want_of_whom(
        self, money: httpx.AsyncClient
    ) -> None:
        rows = await read(money, f"/v1/metrics/{CRIME}/comparison?to=2024-03&window=financial_year")
        by_name = {row["area_name"]: row for row in rows}
        # Hillingdon, of outer London, returned nothing: so the Met area has no figure, nor have the others of it together
        for name, row in by_name.items():
            lacking = [
                one for one in ("met_value", "rest_of_met_value", "inner_outer_value") if row[one] is None
            ]
            assert lacking[:2] == ["met_value", "rest_of_met_value"]
            assert ("outer London" in row["beside_reason"]) is (len(lacking) == 3), name
            assert ("the BCU" in row["beside_reason"]) is (
                row["bcu_code"] is not None and row["bcu_value"] is None
            )
            assert ("the neighbours" in row["beside_reason"]) is (
                bool(row["neighbours"]) and row["neighbours_value"] is None
            )
            assert row["beside_reason"].endswith(", since Hillingdon has none.")
        assert by_name["Hackney"]["beside_reason"] == (
            "No figure stands here of the Met area and the rest of the Met area, since Hillingdon has none."
        )
        whole = await read(money, f"/v1/metrics/{CRIME}/comparison?to=2022-03&window=financial_year")
        assert {row["beside_reason"] for row in whole} == {None}

    async def test_what_stands_beside_is_added_first_and_divided_last(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, f"/v1/metrics/{CRIME}/comparison?to=2022-03&window=financial_year")
        hackney = next(row for row in rows if row["area_code"] == f"E090000{HACKNEY}")
        (given,) = await read(
            money,
            f"/v1/values?metric={CRIME}&area=hackney&from=2021-04&to=2022-03&compare=rest_of_met",
        )
        assert hackney["value"] == given["value"]
        assert hackney["rest_of_met_value"] == given["rest_value"]
        (bcu,) = await read(money, f"/v1/values?metric={CRIME}&area=ce&from=2021-04&to=2022-03")
        assert hackney["bcu_value"] == bcu["value"]
        assert hackney["share_of_bcu_numerator"] == pytest.approx(12 / 42)

    async def test_the_latest_year_that_ends_by_a_month(self, money: httpx.AsyncClient) -> None:
        # 2022-23 was not received, and stands as missing
        for to, year in (("", "2023-04"), ("?to=2023-12", "2022-04"), ("?to=2024-09", "2023-04")):
            rows = await read(money, f"/v1/metrics/{SPENDING}/comparison{to}")
            assert {(row["from"], row["window"]) for row in rows} == {(year, "financial_year")}

    async def test_a_returned_zero_is_not_ranked(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, f"/v1/metrics/{CCTV}/comparison?to=2024-03")
        (zero,) = (row for row in rows if "returned_zero" in row["flags"])
        assert (zero["value"], zero["rank"]) == (0.0, None)
        assert "not the same as nothing spent" in zero["rank_reason"]

    async def test_payments_are_never_ranked(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, f"/v1/metrics/{TOTAL}/comparison?to=2024-03")
        assert {row["rank"] for row in rows} == {None}
        assert all("what each council publishes" in row["rank_reason"] for row in rows)


class TestSignals:
    async def test_payments_by_month_have_limits(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, f"/v1/signals?metric={TOTAL}&area=hackney")
        told = [row for row in rows if row["value"] is not None]
        assert (len(told), rows[-1]["month"]) == (24, "2024-03")
        # more may be credited than paid
        assert told[0]["limit_lower"] < 0
        assert [row["month"] for row in told if "outside" in row["rules"]] == ["2024-03"]
        assert told[0]["centre"] == pytest.approx((24 * monthly(HACKNEY) + WINDFALL) / 2400)

    @pytest.mark.parametrize("metric", [CRIME, YOUTH, SAFETY])
    async def test_years_have_none(self, money: httpx.AsyncClient, metric: str) -> None:
        answer = await money.get(f"/v1/signals?metric={metric}&area=hackney")
        assert answer.status_code == 400
        assert "months" in answer.json()["detail"] or "by month" in answer.json()["detail"]


class TestScorecard:
    async def test_money_stands_apart_in_plain_sentences(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, "/v1/areas/hackney/scorecard")
        cards = {row["metric"]: row for row in rows if row["section"] == "money"}
        assert [row["section"] for row in rows] == sorted(
            (row["section"] for row in rows), key=("policing", "money").index
        )
        pence, persons = 3 * line(HACKNEY, 2), 10_000 * HACKNEY + 2_000
        each = f"{pence / 100 / persons:,.2f}"
        assert cards[SPENDING]["sentence"].startswith(
            f"Hackney budgeted £{each} a resident for community safety in 2023-24, in the money of that year."
        )
        assert cards[YOUTH]["sentence"].startswith(
            f"Hackney spent £{line(HACKNEY, 3) / 100:,.0f} on services for young people in 2019-20, in the money of"
        )
        paid = 12 * monthly(HACKNEY)
        assert cards[TOTAL]["sentence"].startswith(
            f"Hackney published £{(paid + WINDFALL) / 100:,.0f} of payments (payments over the council's threshold), "
            "2023-04 to 2024-03. That is "
        )
        assert cards[TOTAL]["sentence"].endswith(f"more than the £{paid / 100:,.0f} of a year before.")
        assert cards[SAFETY]["window"] == "financial_year"

    async def test_a_council_that_did_not_return_it(self, money: httpx.AsyncClient) -> None:
        rows = await read(money, "/v1/areas/hillingdon/scorecard")
        (card,) = (row for row in rows if row["metric"] == SPENDING)
        assert card["value"] is None
        assert "Hillingdon did not return it" in card["sentence"]

    async def test_every_area_has_one(self, money: httpx.AsyncClient) -> None:
        for area in ("ce", "met", "city-of-london", "tower-hamlets"):
            rows = await read(money, f"/v1/areas/{area}/scorecard")
            assert {row["metric"] for row in rows} >= {TOTAL, SPENDING, YOUTH}

    async def test_no_position_is_null_beside_a_figure(self, money: httpx.AsyncClient) -> None:
        for area in ("hackney", "hillingdon", "ce", "met"):
            rows = await read(money, f"/v1/areas/{area}/scorecard")
            cards = [row for row in rows if row["section"] == "money"]
            assert [row["position"] for row in cards] == [
                "No data" if row["value"] is None else None for row in cards
            ]
            assert all(row["position_reason"] for row in cards)

    async def test_what_money_cannot_say(self, money: httpx.AsyncClient) -> None:
        told = (await money.get("/v1/areas/hackney/scorecard")).json()["cannot_say"]
        asked = {one["question"]: one["ask"] for one in told}
        for topic, whom in (
            ("staff", "section 151 officer"),
            ("Why did a council spend", "scrutiny committee"),
            ("value for money", "external auditor"),
            ("below the threshold", "finance officer"),
            ("only a budget", "RO5"),
        ):
            (found,) = (ask for question, ask in asked.items() if topic in question)
            assert whom in found


class TestFrontPage:
    async def test_with_money_alone_it_has_a_column_of_money(self, money: httpx.AsyncClient) -> None:
        """No police file is loaded: two columns of nothing but gaps would look as if nothing were."""
        text = (await money.get("/")).text
        table, rest = text[: text.index("</table>")], text[text.index("</table>") :]
        assert table.count('<th scope="col"') == 2
        assert "2023-24; budget (RA), in the money of the year" in table
        pence, persons = 3 * line(HACKNEY, 2), 10_000 * HACKNEY + 2_000
        row = table[table.index(">Hackney</a>") :]
        assert row[: row.index("</tr>")].count(f"£{pence / 100 / persons:,.2f}") == 1
        assert table.count("[x]") == 2
        assert "33 boroughs have no figure" in rest
        assert rest.count("It has no column here.") == 2
        for address in re.findall(r'href="(/v1/[^"]*)"', text):
            answer = await money.get(unescape(address))
            assert answer.status_code == 200, address


class TestRevisions:
    async def test_amounts_before_and_after(self, money: httpx.AsyncClient) -> None:
        pair = "from=2026-01-31-aaaaaaaa&to=2026-02-10-bbbbbbbb"
        (row,) = await read(money, f"/v1/revisions?{pair}&metric={TOTAL}&area=hackney&detail=true")
        before, after = monthly(HACKNEY) / 100, (monthly(HACKNEY) + WINDFALL) / 100
        assert (row["before_numerator"], row["after_numerator"]) == (before, after)
        assert (row["before_value"], row["force"]) == (before, "hackney")
        assert f"£{before:,.2f} before, £{after:,.2f} after" in row["sentence"]
        assert await read(money, f"/v1/revisions?{pair}&metric={TOTAL}&area=bromley&detail=true") == []
        (told,) = await read(money, f"/v1/revisions?{pair}&metric={TOTAL}")
        assert told["largest_change"] == WINDFALL / 100
        assert f"£{before:,.2f} before and £{after:,.2f} after" in told["sentence"]

    async def test_other_prices_are_a_reason(self, money: httpx.AsyncClient) -> None:
        pair = "from=2026-01-31-aaaaaaaa&to=2026-02-10-bbbbbbbb"
        (row,) = await read(money, f"/v1/revisions?{pair}&area=hackney&detail=true&metric={CRIME}")
        assert row["reasons"] == ["new_deflators"]
        assert f"real terms are in {PRICES} in place of {BEFORE}" in row["sentence"]
        assert row["after_numerator"] - row["before_numerator"] == 1.0
        assert (row["area_name"], row["basis"]) == ("Hackney", "budget_real")

    async def test_returns_are_of_years_and_payments_are_no_people(self, money: httpx.AsyncClient) -> None:
        (told,) = await read(money, f"/v1/revisions?to=2026-01-31-aaaaaaaa&metric={YOUTH}")
        assert ", 2010-11, 2019-20: " in told["sentence"]
        (held,) = await read(money, f"/v1/revisions?to=2026-01-31-aaaaaaaa&metric={SAFETY}")
        assert "figures that hold payments for domestic abuse may have changed" in held["sentence"]
        for row in (told, held):
            assert "few people" not in row["sentence"]
