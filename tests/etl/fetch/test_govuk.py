"""GOV.UK: a collection, its documents, their attachments, and which of them the rules choose."""

from datetime import date
from typing import Any

import pytest

from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.publishers.govuk import read_attachments, read_documents
from etl.fetch.window import Window
from tests.etl.fetch.server import Server
from tests.etl.fetch.world import TODAY, World, fetch_all, plan_of

API = "https://www.gov.uk/api/content"
MEDIA = "https://assets.publishing.service.gov.uk/media"
REVENUE = "/government/collections/local-authority-revenue-expenditure-and-financing"
STEM = "/government/statistics/local-authority-revenue-expenditure-and-financing-england"
DEFLATORS = "/government/collections/gdp-deflators-at-market-prices-and-money-gdp"


def document(path: str, title: str, updated: str = "2026-06-11T09:30:00Z") -> dict[str, str]:
    return {
        "base_path": path,
        "title": title,
        "public_updated_at": updated,
        "api_path": f"/api/content{path}",
    }


def attachment(name: str, title: str = "", digest: str = "6a2962166d178a6fb7e32089") -> dict[str, object]:
    return {
        "attachment_type": "file",
        "title": title or name,
        "url": f"{MEDIA}/{digest}/{name}",
        "filename": name,
        "file_size": 509_000,
        "content_type": "application/vnd.oasis.opendocument.spreadsheet",
    }


def year(start: int) -> str:
    return f"{start}-to-{start + 1}"


@pytest.fixture
def world(server: Server) -> World:
    """Budgets from 2019-20 to 2026-27, outturn of 2024-25, and what lies between them on GOV.UK."""
    world = World(server)
    budgets = {
        start: f"{STEM}-{year(start)}-budget-individual-local-authority-data" for start in range(2019, 2027)
    }
    outturn = f"{STEM}-2024-to-2025-individual-local-authority-data-outturn"
    summary = f"{STEM}-2026-to-2027-budget"
    documents = [
        document(path, f"RA budget {year(start)}: individual local authority data")
        for start, path in budgets.items()
    ]
    documents += [document(outturn, "Outturn 2024 to 2025"), document(summary, "RA budget 2026 to 2027")]
    world.json(API + REVENUE, {"links": {"documents": documents}})
    for start, path in budgets.items():
        name = f"RA_{start}-{(start + 1) % 100:02d}_data_Part_1.ods"
        files = [
            {
                "attachment_type": "html",
                "title": "Statistical release",
                "url": "/government/statistics/x/release",
            },
            attachment(name),
            attachment(name.replace("Part_1", "Part_2")),
            attachment(f"SG_{start}-{(start + 1) % 100:02d}.ods"),
            attachment("RA_technical_notes.pdf"),
        ]
        world.json(API + path, {"details": {"attachments": files}})
    names = [
        "RS_LA_Data_2024-25_data_by_LA.ods",
        "RO5_LA_Data_2024-25_data_by_LA.ods",
        "RSX_2024-25.ods",
        "TSR_2024-25.ods",
    ]
    world.json(API + outturn, {"details": {"attachments": [attachment(name) for name in names]}})
    world.json(API + summary, {"details": {"attachments": [attachment("RA_2026-27_Table_1.ods")]}})
    return world


async def test_the_last_years_of_budget_and_outturn_are_chosen(fetcher: Fetcher, world: World) -> None:
    plan = await plan_of(fetcher, world, "returns")
    assert not plan.notes
    assert [(step.wanted.key, step.wanted.file_name) for step in plan.steps] == [
        *(
            (
                f"budget/{start}-{(start + 1) % 100}/RA_{start}-{(start + 1) % 100}_data_Part_1",
                f"RA_{start}-{(start + 1) % 100}_data_Part_1.ods",
            )
            for start in range(2022, 2027)
        ),
        ("outturn/2024-25/RO5_LA_Data_2024-25_data_by_LA", "RO5_LA_Data_2024-25_data_by_LA.ods"),
        ("outturn/2024-25/RSX_2024-25", "RSX_2024-25.ods"),
    ]
    assert {step.size for step in plan.steps} == {509_000}
    assert {step.wanted.expects for step in plan.steps} == {"ods"}


async def test_the_years_asked_for_are_chosen(fetcher: Fetcher, world: World) -> None:
    window = Window(today=TODAY, first=date(2019, 4, 1), last=date(2021, 3, 1))
    plan = await plan_of(fetcher, world, "returns", window=window)
    assert [step.wanted.key.split("/")[1] for step in plan.steps] == ["2019-20", "2020-21"]
    # documents of other years are not even asked for
    assert len(world.server.requests) == 3
    everything = await plan_of(fetcher, world, "returns", window=Window(today=TODAY, is_all=True))
    assert len(everything.steps) == 10


async def test_a_corrected_file_has_the_key_of_the_one_before(fetcher: Fetcher, world: World) -> None:
    """Its address and its name change: expect the copy to take the place of the last good one."""
    window = Window(today=TODAY, first=date(2026, 4, 1))
    (before,) = (await plan_of(fetcher, world, "returns", window=window)).steps
    path = f"{STEM}-2026-to-2027-budget-individual-local-authority-data"
    again = attachment("RA_2026-27_data_Part_1_v2.ods", digest="7777")
    world.json(API + path, {"details": {"attachments": [again]}})
    async with Fetcher(fetcher.store.raw, fetcher.settings, clock=fetcher.clock) as other:
        (after,) = (await plan_of(other, world, "returns", window=window)).steps
    assert after.wanted.url != before.wanted.url
    assert after.wanted.key == before.wanted.key


async def test_of_the_deflators_the_newest_document_is_taken_in_its_first_form(
    fetcher: Fetcher, world: World
) -> None:
    stem = "/government/statistics/gdp-deflators-at-market-prices-and-money-gdp-"
    documents = [
        document(f"{stem}june-2026-quarterly-national-accounts", "GDP deflators: June 2026", "2026-07-01"),
        document(f"{stem}september-2026", "GDP deflators: September 2026", "2026-10-01"),
        document("/government/publications/deflators-user-guide", "How to use them", "2026-11-01"),
    ]
    world.json(API + DEFLATORS, {"links": {"documents": documents}})
    files = [attachment("GDP_Deflators_Sept_2026.xlsx"), attachment("GDP_Deflators_Sept_2026.csv")]
    world.json(f"{API}{stem}september-2026", {"details": {"attachments": files}})
    world.file(
        f"{MEDIA}/6a2962166d178a6fb7e32089/GDP_Deflators_Sept_2026.csv",
        b"Financial year,Index\n2024-25,100\n",
    )
    plan = await plan_of(fetcher, world, "deflators")
    (fetched,) = (await fetch_all(fetcher, plan)).values()
    assert fetched.status == "new"
    assert fetched.wanted.key == "gdp-deflators"
    assert fetched.wanted.file_name == "GDP_Deflators_Sept_2026.csv"


async def test_a_document_without_a_file_of_the_rule_is_passed_over_and_told(
    fetcher: Fetcher, world: World
) -> None:
    path = f"{STEM}-2025-to-2026-budget-individual-local-authority-data"
    world.json(API + path, {"details": {"attachments": [attachment("notes.pdf")]}})
    plan = await plan_of(fetcher, world, "returns")
    (note,) = plan.notes
    assert note.status == "passed_over"
    assert "fits the rule budget" in note.message
    assert len(plan.steps) == 6


async def test_a_document_that_does_not_answer_costs_itself_alone(fetcher: Fetcher, world: World) -> None:
    path = f"{STEM}-2025-to-2026-budget-individual-local-authority-data"
    world.json(API + path, {"title": "moved"})
    plan = await plan_of(fetcher, world, "returns")
    (note,) = plan.notes
    assert note.status == "failed"
    assert len(plan.steps) == 6


async def test_a_collection_without_documents_of_the_rules_says_so(fetcher: Fetcher, world: World) -> None:
    world.json(API + REVENUE, {"links": {"documents": [document("/x", "Something else")]}})
    plan = await plan_of(fetcher, world, "returns")
    (note,) = plan.notes
    assert (note.status, plan.steps) == ("failed", ())
    assert "Correct them" in note.message


def test_answers_of_another_form_are_refused() -> None:
    answers: tuple[Any, ...] = ({}, [], None, {"links": {}}, {"links": {"documents": {}}})
    for answer in answers:
        with pytest.raises(FetchFailed, match="lists no documents"):
            read_documents(answer, REVENUE)
    answers = ({}, [], None, {"details": []}, {"details": {"attachments": None}})
    for answer in answers:
        with pytest.raises(FetchFailed, match="lists no attachments"):
            read_attachments(answer)
