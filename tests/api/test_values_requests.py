"""Requests: what may be asked, what is refused, what is withheld."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest

from api.errors import BadParameter, TooMuch
from api.left_out import list_left_out
from api.model import RatioRow, ValueRow
from api.snapshot import _read_snapshot, load_snapshot
from api.values import get_values, resolve_request, row_type
from etl.reference import seed
from tests.api.hand_made import CHILDREN, RATE, RATIO, SHARE, ask, ask_one, write_facts


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database in which every fact was written by hand."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        yield connection


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

    async def test_children_are_withheld_in_the_share_where_they_are_in_the_rate_by_age(
        self, conn: Any
    ) -> None:
        year = {"area": "all", "window": "financial_year", "from_": "2024-03", "to": "2024-03"}
        share = {row.area_name: row for row in await ask(conn, metric=CHILDREN, **year)}
        ages = await ask(conn, metric=RATE, group="age", **year)
        rate = {row.area_name: row for row in ages if row.group == "age:10_17"}
        withheld = {name for name, row in share.items() if row.status == "suppressed"}
        assert withheld == {name for name, row in rate.items() if row.status == "suppressed"}
        # 3 children of 40; the next smallest of that BCU; 38 children of 40, so 2 adults
        assert {"Hackney", "Tower Hamlets", "Harrow"} <= withheld
        assert {"Bromley", "Haringey", "Central East", "North West"}.isdisjoint(withheld)
        # What both show of an area is the same count
        shown = {name for name, row in share.items() if row.numerator is not None}
        assert {name: share[name].numerator for name in shown} == {n: rate[n].numerator for n in shown}

    async def test_a_share_whose_groups_were_never_published_is_withheld(self, conn: Any) -> None:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await conn.execute("delete from series where group_code = 'age:10_17'")
            snapshot = await _read_snapshot(conn, None)
            asked = {"metric": [CHILDREN], "area": ["bromley"], "window": ["financial_year"]}
            _, _, rows = await get_values(conn, snapshot, {**asked, "from": ["2024-03"], "to": ["2024-03"]})
        finally:
            await transaction.rollback()
        assert [row.status for row in rows] == ["suppressed"]

    async def test_small_dimensions_are_left_out_of_all_groups_but_refused_by_name(self, conn: Any) -> None:
        rows = await ask(conn, metric=RATE, area="hackney", group="*")
        assert not any(row.group.startswith("age:") for row in rows)
        assert any(row.group == "ethnicity:black" for row in rows)
        with pytest.raises(BadParameter, match="stop_search_rate by age"):
            await ask(conn, metric=RATE, area="hackney", group="age")

    async def test_what_is_left_out_is_said(self, conn: Any) -> None:
        snapshot = await _read_snapshot(conn, None)
        asked = {"metric": [RATE, SHARE], "area": ["hackney"], "from": ["2023-09"], "to": ["2024-08"]}
        assert list_left_out(resolve_request(snapshot, asked)) == []
        assert list_left_out(resolve_request(snapshot, {**asked, "group": ["*"]})) == [
            "stop_search_rate by age is left out: it counts few people, and is given for window=financial_year or"
            " calendar_year only, not for whole."
        ]
        assert list_left_out(resolve_request(snapshot, {**asked, "group": ["gender"]})) == [
            f"{SHARE} is left out: it has none of the groups, ways of counting or windows asked for."
        ]
        year = {**asked, "group": ["*"], "from": ["2024-03"], "to": ["2024-03"], "window": ["financial_year"]}
        assert list_left_out(resolve_request(snapshot, year)) == []


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
        assert list(msgspec.to_builtins(row)) == [
            "metric",
            "area_code",
            "area_name",
            "area_kind",
            "from",
            "to",
            "window",
            "group",
            "basis",
            "numerator",
            "denominator",
            "value",
            "lower",
            "upper",
            "method",
            "method_version",
            "status",
            "flags",
            "reason",
            "months_expected",
            "months_received",
            "placed_share",
            "known_share",
            "unplaced_numerator",
            "other_forces_numerator",
            "release",
            "as_of",
        ]

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

    async def test_few_rows_of_very_many_months_are_refused_before_any_work(self, conn: Any) -> None:
        """Each row adds up the months of its window: those of 124 years, for all areas and groups, took ten seconds."""
        with pytest.raises(TooMuch, match="2,000,000 is the most done at once"):
            await ask(conn, metric=RATE, area="all", from_="1900-01", to="2024-08", group="*", basis="*")

    async def test_the_row_type_is_known_before_the_rows(self, conn: Any) -> None:
        snapshot = await load_snapshot(conn)
        asked = {"metric": [RATE], "area": ["hackney"]}
        assert row_type(resolve_request(snapshot, asked)) is ValueRow


async def test_the_readers_role_is_enough(conn: Any, reader: asyncpg.Pool) -> None:
    async with reader.acquire() as connection:
        assert len(await ask(connection, metric=[RATE, RATIO], area="boroughs", as_of="2026-02-10")) == 33 * 5
