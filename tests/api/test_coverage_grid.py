"""Given files of some months, expect every month that should be there: received, partial, missing, and what it tells."""

from typing import Any, ClassVar, cast

import httpx
import pytest

from api.arrivals import describe_source
from api.figures.coverage import Coverage
from api.grid import Extras, describe_cell, list_months
from api.kinds import explain_part, list_kinds
from tests.api.test_records import read_lines
from tests.etl.rows import CATEGORIES

PATH = "/v1/coverage"
MONTHS = ["2024-01", "2024-02", "2024-03"]


async def test_every_month_of_every_force_that_should_publish(loaded: httpx.AsyncClient) -> None:
    rows = (await loaded.get(PATH)).json()["data"]
    grid = {(row["source"], row["force"], row["month"]): row["status"] for row in rows}
    assert grid == {
        **{("stop_search", "metropolitan", month): "received" for month in MONTHS},
        **{("stop_search", "city-of-london", month): "missing" for month in MONTHS},
        ("street", "metropolitan", "2024-01"): "missing",
        ("street", "metropolitan", "2024-02"): "received",
        ("street", "metropolitan", "2024-03"): "received",
        ("street", "city-of-london", "2024-01"): "missing",
        ("street", "city-of-london", "2024-02"): "received",
        ("street", "city-of-london", "2024-03"): "received",
    }
    reasons = {(row["source"], row["force"], row["month"]): row["reason"] for row in rows}
    assert reasons["stop_search", "city-of-london", "2024-02"].startswith(
        "No file of this source from this force"
    )
    assert "other files reach further" in reasons["street", "metropolitan", "2024-01"]


async def test_what_a_month_tells(loaded: httpx.AsyncClient) -> None:
    """64 searches in March: one without a place, one far away; nobody's age or ethnicity unknown."""
    (row,) = (await loaded.get(f"{PATH}?source=stop_search&force=metropolitan&from=2024-03")).json()["data"]
    assert (row["events"], row["placed"], row["no_location"], row["outside"]) == (64, 62, 1, 1)
    assert row["placed_share"] == 62 / 64
    assert row["known_shares"]["age"] == row["known_shares"]["ethnicity"] == 1.0
    assert set(row["known_shares"]) >= {"age", "ethnicity", "ethnicity_self", "object", "outcome"}
    assert row["files"] == ["2024-03-metropolitan-stop-and-search.csv of 2024-04-20"]
    assert row["control_total_ratio"] is None


async def test_copies_that_gave_way(loaded: httpx.AsyncClient) -> None:
    query = f"{PATH}?source=street&force=city-of-london&from=2024-02&to=2024-02"
    new, old = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    (after,) = (await loaded.get(query)).json()["data"]
    name = "2024-02-city-of-london-street.csv"
    assert (after["events"], after["copies_superseded"]) == (22, 1)
    assert after["files"] == [f"{name} of 2024-09-01"]
    assert after["superseded_files"] == [f"{name} of 2024-04-20, replaced by {name} of 2024-09-01"]
    answer = await loaded.get(f"{query}&as_of={old}")
    (before,) = answer.json()["data"]
    assert answer.headers["x-release"] == old
    assert (before["events"], before["copies_superseded"]) == (23, 0)
    assert before["files"] == [f"{name} of 2024-04-20"]
    assert (await loaded.get(f"{query}&as_of={new}")).json()["data"] == [after]


async def test_the_grid_as_a_file(loaded: httpx.AsyncClient) -> None:
    rows = (await loaded.get(PATH)).json()["data"]
    lines = read_lines(await loaded.get(f"{PATH}?format=csv"))
    assert [line["status"] for line in lines] == [row["status"] for row in rows]
    assert list(lines[0]) == list(rows[0])
    march = next(
        n for n, row in enumerate(rows) if row["source"] == "stop_search" and row["month"] == "2024-03"
    )
    march += rows[march]["status"] == "missing"
    assert lines[march]["known_shares"].startswith("age: 1.0; ")
    assert lines[march]["unusable_fields"].startswith("linked: the field is blank in every row")
    assert {line["unusable_fields"] for line in lines if line["status"] == "missing"} == {"[z]"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("source=gossip", "is not known"),
        ("source=use_of_force", "No file of the source use_of_force was loaded yet"),
        ("force=kent", "metropolitan"),
        ("from=2024-03&to=2024-01", "before from"),
        ("from=March", "is not a month"),
        ("as_of=never", "as_of="),
    ],
)
async def test_what_is_refused(loaded: httpx.AsyncClient, query: str, said: str) -> None:
    answer = await loaded.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_a_source_of_few_people_is_not_counted_by_month() -> None:
    month = 2024 * 12
    row = describe_cell(
        "thorough_search",
        "metropolitan",
        ("thorough_search", 1, month),
        {month: Coverage("received", None, None, {}, 301, 300, 1, 0)},
        Extras(),
    )
    assert row.status == "received"
    assert (row.events, row.placed, row.no_location, row.outside) == (None, None, None, None)
    assert row.placed_share == 1.0
    assert "by year only" in (row.reason or "")


def held(*words: str, status: str = "received", unusable: dict[str, str] | None = None) -> Coverage:
    return Coverage(status, None, frozenset(words) or None, unusable or {}, 9, 9, 0, 0)


def test_the_kinds_of_a_whole_month_are_those_of_the_figures() -> None:
    words = {category.lower().replace("-", "_").replace(" ", "_") for category in CATEGORIES}
    assert list_kinds("street") == words
    assert len(words) == 14
    assert not list_kinds("stop_search")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["burglary"], "The file holds only burglary."),
        (["burglary", "drugs", "robbery"], "The file holds 3 of 14 kinds of crime."),
        (list_kinds("street") - {"robbery"}, "The file holds 13 of 14 kinds of crime, without robbery."),
        (
            ["burglary", "drugs", "violent_crime"],
            "The file holds 2 of 14 kinds of crime. It also holds kinds that are divided otherwise today: violent crime.",
        ),
        (list_kinds("street"), None),
        ([], None),
    ],
)
def test_a_month_that_lacks_kinds_is_partial(words: list[str], said: str | None) -> None:
    month = 2024 * 12
    found = held(*words)
    assert explain_part("street", found) == said
    row = describe_cell("street", "metropolitan", ("street", 1, month), {month: found}, Extras())
    assert (row.status, row.reason) == ("partial" if said else "received", said)


def test_outcomes_of_their_own_month_are_partial() -> None:
    month = 2024 * 12
    found = held(unusable={"older_cases": "it tells only of crimes of its own month"})
    row = describe_cell("outcomes", "metropolitan", ("outcomes", 1, month), {month: found}, Extras())
    assert row.status == "partial"
    assert row.reason == "The file tells only of crimes of its own month, not of what became of older ones."


def test_why_there_is_nothing_after_the_last_whole_file() -> None:
    source, month = "thorough_search", 2024 * 12
    extras = Extras(ends={source: (month, "Whole files reach January 2024.")})
    reasons = [
        describe_cell(source, "metropolitan", (source, 1, later), by_month, extras).reason
        for later, by_month in (
            (month + 1, {month: held()}),
            # a whole file that reaches further was loaded after all
            (month + 2, {month: held(), month + 1: held()}),
            (month - 1, {month: held()}),
        )
    ]
    assert reasons[0] == "Whole files reach January 2024."
    assert all("No file of this month was loaded" in (reason or "") for reason in reasons[1:])


def test_months_go_on_to_the_last_of_the_police_files() -> None:
    class World:
        coverage: ClassVar = {
            ("stop_search", 1): {100: held(), 110: held()},
            ("thorough_search", 1): {90: held(), 105: held()},
            ("control_total", 1): {95: held(), 120: held()},
            ("survey", 1): {92: held(), 98: held()},
        }

    assert list_months(cast(Any, World()), "thorough_search") == list(range(90, 111))
    assert list_months(cast(Any, World()), "control_total") == list(range(95, 121))
    assert list_months(cast(Any, World()), "street") == list(range(100, 111))
    assert list_months(cast(Any, World()), "survey") == [92, 95, 98]


async def test_the_sources_say_of_how_many_months_they_hold_a_part(loaded: httpx.AsyncClient) -> None:
    rows = {row["source"]: row for row in (await loaded.get("/v1/sources")).json()["data"]}
    street = rows["street"]
    assert (street["months_received"], street["months_partial"], street["months_partly_held"]) == (2, 0, 0)


def test_months_of_which_a_force_holds_a_part() -> None:
    class World:
        coverage: ClassVar = {
            ("street", 1): {100: held("burglary"), 101: held("burglary"), 102: held(*list_kinds("street"))},
            ("street", 2): {101: held(*list_kinds("street")), 102: held("drugs", status="partial")},
        }

    about = dict.fromkeys(("title", "publisher", "licence", "address", "description"), "") | {
        "source": "street"
    }
    row = describe_source(cast(Any, World()), about)
    assert (row.months_received, row.months_partial, row.months_partly_held) == (3, 0, 2)
