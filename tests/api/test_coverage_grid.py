"""Given files of some months, expect every month that should be there: received, partial, missing, and what it tells."""

import httpx
import pytest

from api.figures.coverage import Coverage
from api.grid import Extras, describe_cell
from tests.api.test_records import read_lines

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


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("source=gossip", "stop_search"),
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
