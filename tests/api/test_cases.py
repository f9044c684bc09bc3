"""What the API says of case handling: cases at one age, which need files of later months."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api.comparison import compare_areas
from api.figures.ranking import ACROSS_FORCES
from api.snapshot import load_snapshot
from etl.reference import seed
from tests.api.facts import CITY, MET, add_coverage, add_observations, add_release, months
from tests.api.hand_made import HACKNEY, ask, ask_one

CHARGED, BURGLARY, ROBBERY = "charged_share", "category:burglary", "category:robbery"
STREET = months("2023-01", "2024-05")
BASES = {"age_1": 1, "age_3": 3, "age_6": 6, "age_12": 12}


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """Met burglaries of 2023-01 to 2024-05 with their outcomes, but for those of 2023-06; of the City none.

    In Hackney 10 of 100 cases of each month are charged, and the outcome of 20 is unknown.
    """
    async with pool.acquire() as connection:
        await seed(connection)
        await add_release(connection, "2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00")
        await add_coverage(connection, "street", MET, STREET, words=["burglary"])
        await add_coverage(connection, "street", CITY, STREET, words=["burglary", "robbery"])
        await add_coverage(connection, "outcomes", MET, [month for month in STREET if month != "2023-06"])
        for basis in (*BASES, "as_published"):
            there = [month for month in STREET if is_followed(month, BASES.get(basis))]
            counts = {HACKNEY: (10, 0, 20, 100)}
            await add_observations(connection, CHARGED, basis, BURGLARY, there, counts)
        await add_observations(
            connection, CHARGED, "as_published", BURGLARY, STREET, {1: (5, 0, 0, 10)}, force=CITY
        )
        yield connection


def is_followed(month: str, ahead: int | None) -> bool:
    """Whether the outcomes of a month and of so many after it are there."""
    needed = months(month, "2026-12")[: ahead + 1] if ahead is not None else []
    return all(one in STREET and one != "2023-06" for one in needed)


async def ask_hackney(conn: Any, basis: str, first: str, last: str = "", **more: str) -> Any:
    """The share of Hackney's burglaries that were charged."""
    asked = {"metric": CHARGED, "group": BURGLARY, "area": "hackney", **more}
    return await ask_one(conn, **asked, basis=basis, from_=first, to=last or first)


async def test_a_cohort_of_that_age_has_its_share_of_all_cases(conn: Any) -> None:
    found = await ask_hackney(conn, "age_3", "2023-09")
    assert (found.status, found.numerator, found.denominator, found.value) == ("ok", 10, 100, 0.1)
    # the unknown are in the denominator
    assert found.known_share == 0.8


@pytest.mark.parametrize(
    ("basis", "month", "sentence"),
    [
        (
            "age_6",
            "2024-03",
            "The crime outcomes files reach 2024-05; cases of 2024-03 at 6 months need those up to 2024-09.",
        ),
        (
            "age_1",
            "2024-05",
            "The crime outcomes files reach 2024-05; cases of 2024-05 at 1 month need those up to 2024-06.",
        ),
    ],
)
async def test_a_young_cohort_is_incomplete_and_says_until_when(
    conn: Any, basis: str, month: str, sentence: str
) -> None:
    found = await ask_hackney(conn, basis, month)
    assert (found.status, found.value, found.numerator, found.months_received) == (
        "incomplete",
        None,
        None,
        0,
    )
    assert found.reason == sentence


async def test_a_file_missing_in_the_middle_is_missing_and_named(conn: Any) -> None:
    found = await ask_hackney(conn, "age_3", "2023-04")
    assert (found.status, found.value) == ("missing", None)
    assert found.reason == (
        "This month cannot be used (the Metropolitan Police Service, 2023-04: crime outcomes of 2023-06: "
        "no crime outcomes file was received)."
    )
    own = await ask_hackney(conn, "age_3", "2023-06")
    assert "2023-06: no crime outcomes file was received" in own.reason


async def test_a_year_with_young_months_says_how_many_there_are_and_why(conn: Any) -> None:
    enough = await ask_hackney(conn, "age_3", "2023-06", "2024-05")
    assert (enough.status, enough.months_received, enough.value) == ("incomplete", 8, None)
    assert enough.reason == (
        "Only 8 of 12 months were received (the Metropolitan Police Service, 2023-06: no crime outcomes file was "
        "received; the Metropolitan Police Service, 2024-03 to 2024-05: the crime outcomes files reach 2024-05, "
        "not yet 3 months on)."
    )
    younger = await ask_hackney(conn, "age_1", "2023-06", "2024-05")
    assert (younger.status, younger.months_received, younger.numerator) == ("ok", 10, 100)
    assert "10 of 12 months" in younger.flags


async def test_a_window_of_young_months_and_of_a_gap_is_young_and_tells_both(conn: Any) -> None:
    found = await ask_hackney(conn, "age_12", "2023-05", "2024-05")
    assert found.status == "incomplete"
    assert found.reason.startswith(
        "The crime outcomes files reach 2024-05; cases of 2023-07 to 2024-05 at 12 months need those up to 2025-05."
    )
    assert "2023-05: crime outcomes of 2023-06: no crime outcomes file was received" in found.reason


async def test_the_last_outcome_as_published_needs_no_outcomes_file(conn: Any) -> None:
    assert (await ask_hackney(conn, "as_published", "2023-06")).status == "ok"


async def test_without_any_outcomes_file_cohorts_are_missing_not_young(conn: Any) -> None:
    asked = {"metric": CHARGED, "group": BURGLARY, "basis": "age_1", "from_": "2024-05", "to": "2024-05"}
    city = await ask_one(conn, **asked, area="city-of-london")
    assert city.status == "missing"
    assert "no crime outcomes file was received" in city.reason
    london = await ask_one(conn, **asked, area="london")
    assert (london.status, london.value) == ("missing", None)


async def test_a_category_that_was_not_received_is_missing_and_so_is_the_total(conn: Any) -> None:
    asked = {"metric": CHARGED, "basis": "age_1", "area": "hackney", "from_": "2023-09", "to": "2023-09"}
    for group in (ROBBERY, "total"):
        found = await ask_one(conn, **asked, group=group)
        assert found.status == "missing"
        assert "holds only burglary" in found.reason


async def test_every_age_has_a_total_and_groups(conn: Any) -> None:
    asked = {"area": "hackney", "from_": "2023-09", "to": "2023-09", "group": "*", "basis": "*"}
    rows = await ask(conn, metric="outcome_share", **asked)
    bases = {row.basis for row in rows}
    assert bases == {*BASES, "as_published"}
    assert len(rows) == 5 * (1 + 8)
    assert {row.status for row in rows} == {"missing"}
    rows = await ask(conn, metric=CHARGED, **asked)
    assert len(rows) == 5 * (1 + 13)


async def test_a_break_of_the_outcomes_concerns_them_too(conn: Any) -> None:
    found = await ask_hackney(conn, "as_published", "2023-06", "2024-05")
    assert "break:met-crime-system-2024-02" in found.flags


async def test_cases_of_no_set_age_are_not_compared_between_forces(conn: Any) -> None:
    """The City's copy of a street file may be half a year older than the Met's, and so are its cases."""
    asked = {
        "metric": CHARGED,
        "group": BURGLARY,
        "basis": "as_published",
        "from_": "2023-06",
        "to": "2024-05",
    }
    own = await ask_one(conn, **asked, area="city-of-london", compare=["rest_of_met"])
    assert (own.value, own.rest_value, own.rest_difference, own.rest_reason) == (
        0.5,
        None,
        None,
        ACROSS_FORCES,
    )
    met = await ask_one(conn, **asked, area="hackney", compare=["rest_of_met"])
    assert met.rest_reason != ACROSS_FORCES
    rows = await compare_areas(
        conn, await load_snapshot(conn), CHARGED, group=BURGLARY, basis="as_published", to="2024-05"
    )
    city = rows[0]
    assert (city.area_code, city.value, city.rank, city.position) == ("E09000001", 0.5, None, "No data")
    assert {city.rank_reason, city.position_reason, city.beside_reason} == {ACROSS_FORCES}
    assert (city.met_value, city.rest_of_met_value, city.inner_outer_value) == (None, None, None)
    assert ACROSS_FORCES not in {row.rank_reason for row in rows[1:]}
