"""Releases, breaks, populations and memberships: figures and the two clocks."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api.errors import BadParameter
from api.snapshot import Snapshot, load_snapshot
from api.values import compute_values, resolve_request
from etl.reference import seed
from tests.api.facts import add_observations, add_release
from tests.api.hand_made import HARINGEY, RATE, RATIO, ask, ask_one, write_facts

SECTION_60, ARRESTS = "stop_search_section_60_rate", "stop_search_arrest_share"


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database in which every fact was written by hand. Section 60 is counted by the third release."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        for metric, counts in ((SECTION_60, {HARINGEY: 5}), (ARRESTS, {HARINGEY: (2, 0, 0, 20)})):
            await add_observations(connection, metric, "recorded", "total", ["2024-05"], counts, first=3)
        yield connection


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

    @pytest.mark.parametrize("metric", [SECTION_60, ARRESTS])
    async def test_what_a_release_did_not_count_yet_is_missing_in_it_and_not_zero(
        self, conn: Any, metric: str
    ) -> None:
        asked = {"metric": metric, "area": "haringey", "from_": "2024-05", "to": "2024-05"}
        then = await ask_one(conn, **asked, as_of="2026-02-10")
        assert (then.status, then.numerator, then.denominator, then.value) == ("missing", None, None, None)
        assert then.other_forces_numerator is None
        assert then.reason == "This release had the files and did not count this figure yet: later ones do."
        now = await ask_one(conn, **asked)
        assert now.numerator in (2, 5)

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


async def test_a_snapshot_is_kept(conn: Any) -> None:
    first = await load_snapshot(conn)
    assert await load_snapshot(conn) is first
    assert isinstance(first, Snapshot)
