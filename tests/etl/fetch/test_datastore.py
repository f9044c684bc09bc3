"""The London Datastore: which files of a dataset the rules choose, in both forms in which its API lists them."""

from datetime import date
from typing import Any

import pytest

from etl.fetch.addresses import DatasetRule
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.publishers.datastore import choose, read_resources
from etl.fetch.window import Window
from tests.etl.fetch.server import Server
from tests.etl.fetch.world import TODAY, World, fetch_all, plan_of, read_raw

API = "https://data.london.gov.uk/api/dataset/"
DOWNLOAD = "https://data.london.gov.uk/download/"
CRIME = "MPS Borough Level Crime"


def resource(title: str, form: str = "csv", **more: object) -> dict[str, object]:
    """A file of a dataset as the API describes it."""
    name = title.replace(" ", "%20")
    url = f"{DOWNLOAD}exy3m/{more.pop('id', 'abc')}/{name}.{form}"
    return {"title": title, "url": url, "format": form, "check_timestamp": "2026-11-05T09:00:00Z", **more}


CRIMES = {
    "3f1b": resource(f"{CRIME} (most recent 24 months)", id="3f1b", check_size=812_345),
    "77aa": resource(f"{CRIME} (Historical)", id="77aa"),
    "9c0d": resource("MPS Ward Level Crime (most recent 24 months)", id="9c0d"),
    "10ff": resource(f"{CRIME} - user guide", "pdf", id="10ff"),
}


@pytest.fixture
def world(server: Server) -> World:
    world = World(server)
    world.json(f"{API}recorded_crime_summary", {"id": "exy3m", "resources": CRIMES})
    years = [
        resource(f"MPS Use of Force - FY{year}", form, id=f"{year}{form}")
        for year in ("22-23", "23-24", "24-25")
        for form in ("csv", "xlsx")
    ]
    world.json(f"{API}use-of-force", {"resources": {str(one["url"])[-22:]: one for one in years}})
    thorough = [resource("Thorough searches 2019-01 to 2026-09", id="t1"), resource("Stops", id="t2")]
    world.json(
        f"{API}mps-stop-and-search-dashboard-data-e6yjz",
        {"resources": {"t1": thorough[0], "t2": thorough[1]}},
    )
    survey = resource("PAS_T&Cdashboard_to Q2 26-27", "xlsx", id="p1", format="spreadsheet")
    world.json(f"{API}mopac-surveys", {"resources": [{"id": "p1", **survey}]})
    return world


async def test_the_rules_choose_among_the_files_of_a_dataset(fetcher: Fetcher, world: World) -> None:
    plan = await plan_of(fetcher, world, "met", "survey")
    assert not plan.notes
    chosen = {step.wanted.key: (step.wanted.file_name, step.wanted.expects) for step in plan.steps}
    assert chosen["recorded_crime_summary/borough-level-crime-recent"] == (
        f"{CRIME} (most recent 24 months).csv",
        "csv",
    )
    assert chosen["recorded_crime_summary/borough-level-crime-historical"] == (
        f"{CRIME} (Historical).csv",
        "csv",
    )
    assert chosen["mps-stop-and-search-dashboard-data-e6yjz/thorough-searches"][0].startswith(
        "Thorough searches"
    )
    # the Datastore calls every workbook a spreadsheet: the address says which
    assert chosen["mopac-surveys/public-attitude-survey"] == ("PAS_T&Cdashboard_to Q2 26-27.xlsx", "xlsx")
    force = sorted(name for key, (name, _) in chosen.items() if key.startswith("use-of-force/"))
    assert force == ["MPS Use of Force - FY23-24.csv", "MPS Use of Force - FY24-25.csv"]
    assert len(plan.steps) == 6
    sizes = {step.wanted.key: step.size for step in plan.steps}
    assert sizes["recorded_crime_summary/borough-level-crime-recent"] == 812_345


async def test_what_is_asked_for_widens_what_is_chosen(fetcher: Fetcher, world: World) -> None:
    asked = Window(today=TODAY, first=date(2022, 6, 1), last=date(2023, 2, 1))
    plan = await plan_of(fetcher, world, "met", window=asked)
    names = {step.wanted.file_name for step in plan.steps if "use-of-force" in step.wanted.key}
    assert names == {"MPS Use of Force - FY22-23.csv"}
    everything = await plan_of(fetcher, world, "met", window=Window(today=TODAY, is_all=True))
    assert sum("use-of-force" in step.wanted.key for step in everything.steps) == 3


async def test_a_file_is_fetched_and_fetched_again_only_when_it_changes(
    fetcher: Fetcher, world: World
) -> None:
    url = str(CRIMES["3f1b"]["url"])
    world.file(url, b"MajorText,BoroughName,202610\nTheft,Hackney,5\n", etag='"1"')
    plan = await plan_of(fetcher, world, "met")
    key = "recorded_crime_summary/borough-level-crime-recent"
    first = (await fetch_all(fetcher, plan))[key]
    second = (await fetch_all(fetcher, plan))[key]
    assert (first.status, second.status, second.bytes_moved) == ("new", "unchanged", 0)
    world.file(url, b"MajorText,BoroughName,202610\nTheft,Hackney,6\n", etag='"2"')
    third = (await fetch_all(fetcher, plan))[key]
    assert third.status == "new"
    assert read_raw(fetcher, third).endswith(b"6\n")
    assert read_raw(fetcher, first).endswith(b"5\n"), "the file of before can still be opened"


async def test_a_rule_that_fits_nothing_says_so_and_the_other_datasets_are_fetched(
    fetcher: Fetcher, world: World
) -> None:
    world.json(f"{API}use-of-force", {"resources": {"x": resource("Use of Force", "xlsx")}})
    plan = await plan_of(fetcher, world, "met")
    (note,) = plan.notes
    assert note.status == "failed"
    assert "fits the rule use-of-force" in note.message
    assert "its files: Use of Force" in note.message
    assert len(plan.steps) == 3


async def test_a_dataset_that_does_not_answer_is_a_note(fetcher: Fetcher, world: World) -> None:
    world.page(f"{API}mopac-surveys", "<html><title>Log in</title><input type='password'></html>")
    world.json(f"{API}recorded_crime_summary", {"error": "not found"})
    plan = await plan_of(fetcher, world, "met", "survey")
    assert {note.source for note in plan.notes} == {"met", "survey"}
    assert all(note.status == "failed" for note in plan.notes)
    assert plan.steps


def test_answers_without_a_list_of_files_are_refused() -> None:
    answers: tuple[Any, ...] = ({}, [], None, {"resources": "none"}, {"resources": 3})
    for answer in answers:
        with pytest.raises(FetchFailed, match="lists no files"):
            read_resources(answer, "exy3m")
    # a file without an address is none
    assert read_resources({"resources": {"a": {"title": "gone"}}}, "exy3m") == []


def test_the_newest_of_a_rule_is_by_the_months_of_its_title_then_by_its_stamp() -> None:
    rule = DatasetRule(name="use-of-force", title="force", forms=["csv"], newest=1)
    rows = {
        "a": resource("Force FY23-24", check_timestamp="2026-11-01"),
        "b": resource("Force FY24-25", check_timestamp="2025-05-01"),
    }
    (one,) = choose(read_resources({"resources": rows}, "x"), rule, Window(today=TODAY))
    assert one.resource == "b"
    rows["a"]["title"] = rows["b"]["title"]
    (one,) = choose(read_resources({"resources": rows}, "x"), rule, Window(today=TODAY))
    assert one.resource == "a"
