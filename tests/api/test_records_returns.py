"""Given the published budgets of 2021-22 and 2023-24, expect each council's lines as records, and who did not return them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from api.app import create_app
from etl.load import Options, load
from etl.reference import seed
from tests.api.conftest import running
from tests.api.test_records import read_lines, read_pages

PATH = "/v1/records/spending_return"
LINES = "line=budget_crime_reduction&line=budget_safety_services&line=budget_cctv"


@pytest.fixture(scope="module")
async def budgets(
    pool: asyncpg.Pool, reader: asyncpg.Pool, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    folder = shared_data / "council" / "returns"
    async with pool.acquire() as conn:
        await seed(conn)
        report = await load(
            conn,
            [folder / "RA_2021-22_data_by_LA.csv", folder / "RA_2023-24_data_Part_1.csv"],
            index_folder=tmp_path_factory.mktemp("index"),
            options=Options(),
        )
        assert {file.status for file in report.files} == {"loaded"}, report
    async with running(create_app(reader)) as client:
        yield client


async def test_every_council_has_three_lines_a_year(budgets: httpx.AsyncClient) -> None:
    rows = await read_pages(budgets, f"{PATH}?{LINES}&limit=50")
    assert len(rows) == 33 * 3 * 2
    assert {(row["financial_year"], row["month"]) for row in rows} == {
        ("2021-22", "2022-03"),
        ("2023-24", "2024-03"),
    }
    assert {row["stage"] for row in rows} == {"budget"}
    assert {row["force"] for row in rows} == {"mhclg"}
    assert {row["publisher"] for row in rows} == {"Ministry of Housing, Communities and Local Government"}
    assert {row["placed"] for row in rows} == {"named"}
    not_returned = {
        (row["area_name"], row["financial_year"]) for row in rows if row["status"] == "not_returned"
    }
    assert not_returned == {("Hillingdon", "2023-24")}
    for row in rows:
        amount = row["amount_gbp"]
        expected = "not_returned" if amount is None else "returned_zero" if amount == 0 else "returned"
        assert row["status"] == expected
    assert "returned_zero" in {row["status"] for row in rows}


async def test_a_file_says_the_same(budgets: httpx.AsyncClient) -> None:
    rows = await read_pages(budgets, f"{PATH}?area=hackney&{LINES}")
    lines = read_lines(await budgets.get(f"{PATH}?area=hackney&{LINES}&format=csv"))
    assert [(row["line"], row["amount_gbp"]) for row in rows] == [
        (line["line"], float(line["amount_gbp"])) for line in lines
    ]
    assert {row["line"] for row in rows} == {
        "budget: community safety (crime reduction)",
        "budget: community safety (safety services)",
        "budget: community safety (CCTV)",
    }
    hillingdon = read_lines(await budgets.get(f"{PATH}?area=hillingdon&{LINES}&from=2023-04&format=csv"))
    assert {line["amount_gbp"] for line in hillingdon} == {"[x]"}


@pytest.mark.parametrize(
    ("area", "boroughs"), [("CE", 2), ("WA", 3), ("metropolitan", 32), ("met-located", 32), ("london", 33)]
)
async def test_an_area_has_the_returns_of_its_councils(
    budgets: httpx.AsyncClient, area: str, boroughs: int
) -> None:
    rows = await read_pages(budgets, f"{PATH}?area={area}&line=budget_cctv&from=2023-04")
    assert len({row["area_code"] for row in rows}) == len(rows) == boroughs


async def test_who_did_not_return_a_line_is_told(budgets: httpx.AsyncClient) -> None:
    async def missing(query: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = (await budgets.get(f"{PATH}?{query}")).json()["missing"]
        return listed

    told = await missing("area=hillingdon&from=2023-04&to=2024-03")
    (own,) = [row for row in told if row["force"] == "mhclg"]
    assert (own["from"], own["to"], own["status"]) == ("2024-03", "2024-03", "missing")
    assert own["reason"].startswith("Hillingdon did not return it")
    assert own["reason"].endswith(" lines.") or "budget cctv" in own["reason"]
    # No file of services for young people is here.
    (young,) = [row for row in told if row["force"] == "dfe"]
    assert young["reason"] == "No file of this source from this publisher was loaded."
    assert not [
        row for row in await missing("area=hackney&from=2023-04&to=2024-03") if row["force"] == "mhclg"
    ]
    between = [row for row in await missing("area=hackney") if row["force"] == "mhclg"]
    assert [(row["from"], row["to"], row["status"]) for row in between] == [("2023-03", "2023-03", "missing")]


async def test_the_grid_is_by_financial_year(budgets: httpx.AsyncClient) -> None:
    rows = (await budgets.get("/v1/coverage?source=revenue_return")).json()["data"]
    assert [(row["force"], row["month"], row["status"]) for row in rows] == [
        ("mhclg", "2022-03", "received"),
        ("mhclg", "2023-03", "missing"),
        ("mhclg", "2024-03", "received"),
    ]
    fields = rows[2]["unusable_fields"]
    assert any(name.partition("/")[0] == "hillingdon" for name in fields)
    assert not any(name.startswith("borough:") for name in fields)
    assert (await budgets.get("/v1/coverage?force=mhclg")).json()["data"] == rows
    refused = await budgets.get("/v1/coverage?source=section_251")
    assert refused.status_code == 400
    assert "No file of the source section_251 was loaded yet" in refused.json()["detail"]


async def test_other_filters_are_refused(budgets: httpx.AsyncClient) -> None:
    refused = await budgets.get(f"{PATH}?measure=trust_police")
    assert refused.status_code == 400
    assert "They can by area, from, to, line." in refused.json()["detail"]
    unknown = await budgets.get(f"{PATH}?line=budget_ctv")
    assert unknown.status_code == 400
    assert "did you mean budget_cctv" in unknown.json()["detail"]
