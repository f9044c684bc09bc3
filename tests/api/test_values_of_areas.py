"""What is said of some areas only: events without a place, other forces, breaks of one force, people by day."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from etl.reference import seed
from tests.api.hand_made import RATE, ask, ask_one, write_facts

MET_BREAKS = {"break:met-crime-system-2024-02", "break:met-ethnicity-codes-2024-03"}
STREET = {"from_": "2023-09", "to": "2024-08"}


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to a database in which every fact was written by hand."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        yield connection


async def test_areas_with_events_without_a_place_say_so(conn: Any) -> None:
    for area, is_told in (("met", True), ("met-located", False), ("hackney", False)):
        row = await ask_one(conn, metric=RATE, area=area)
        assert ("includes_unplaced" in row.flags) == is_told, area
        assert bool(row.unplaced_numerator) == is_told, area
        assert row.reason is None or "location" not in row.reason


async def test_the_own_events_of_a_force_elsewhere_are_not_those_of_others(conn: Any) -> None:
    rows = await ask(conn, metric="crime_rate", area="all", group="burglary", **STREET)
    forces = [row for row in rows if row.area_kind == "force"]
    assert [row.other_forces_numerator for row in forces] == [0, 0]
    # In Barking (borough 2) the City's police recorded one a month.
    met = next(row for row in rows if row.area_code == "met")
    assert met.other_forces_numerator == 12


async def test_breaks_of_one_force_are_those_of_its_areas(conn: Any) -> None:
    rows = await ask(conn, metric="crime_rate", area="all", group="burglary", **STREET)
    by_name = {row.area_name: row for row in rows}
    assert set(by_name["Hackney"].flags) & MET_BREAKS == {"break:met-crime-system-2024-02"}
    assert by_name["City of London"].value is not None
    assert not set(by_name["City of London"].flags) & MET_BREAKS


async def test_a_figure_that_is_missing_crosses_no_break(conn: Any) -> None:
    row = await ask_one(conn, metric="stop_search_rate", area="city-of-london", group="ethnicity:black")
    assert row.status == "missing"
    assert row.flags == ("daytime_population",)
    assert row.method == "none"


async def test_a_unit_with_westminster_in_it_is_of_a_daytime_population(conn: Any) -> None:
    for area, is_told in (("central-west", True), ("westminster", True), ("central-east", False)):
        row = await ask_one(conn, metric=RATE, area=area)
        assert ("daytime_population" in row.flags) == is_told, area


async def test_the_version_of_the_method_is_that_of_the_observations(conn: Any) -> None:
    await conn.execute("update observation set method_version = 7 where period_start = '2024-07-01'")
    months = [
        await ask_one(conn, metric=RATE, area="hackney", from_=month, to=month)
        for month in ("2024-06", "2024-07")
    ]
    assert [row.method_version for row in months] == [1, 7]
