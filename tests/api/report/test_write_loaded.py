"""Given files that were loaded, expect in a report what the API answers: the same scorecard, the same values, the same gaps."""

from typing import Any

import asyncpg
import httpx
import pytest

from api.report.model import Report
from api.report.request import resolve
from api.report.write import write_report
from api.snapshot import load_snapshot

AREAS = ("hackney", "city-of-london", "central-east", "met", "london")
TOLD = (
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "status",
    "reason",
    "months_received",
    "release",
)


@pytest.fixture(scope="module")
async def reports(loaded: httpx.AsyncClient, reader: asyncpg.Pool) -> dict[str, Report]:
    """The reports of areas of every kind, written on the connection that the API has."""
    del loaded
    async with reader.acquire() as connection:
        snapshot = await load_snapshot(connection)
        return {area: await write_report(connection, snapshot, resolve(snapshot, area)) for area in AREAS}


async def read(client: httpx.AsyncClient, address: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


@pytest.mark.parametrize("area", AREAS)
async def test_the_lines_are_the_scorecards_rows(
    loaded: httpx.AsyncClient, reports: dict[str, Report], area: str
) -> None:
    cards = {
        (row["metric"], row["group"], row["from"], row["to"]): row
        for row in await read(loaded, f"/v1/areas/{area}/scorecard")
    }
    matched = 0
    for line in reports[area].figures:
        card = cards.get((line.metric, line.group, line.from_month, line.to_month))
        if card is None or card["basis"] != line.basis:
            continue
        matched += 1
        assert {name: getattr(line, name) for name in TOLD} == {name: card[name] for name in TOLD}
        assert line.position == card["position"] or line.position is None
    assert matched >= 35


@pytest.mark.parametrize("area", ["hackney", "met"])
async def test_the_months_are_those_of_v1_values(
    loaded: httpx.AsyncClient, reports: dict[str, Report], area: str
) -> None:
    months = [
        line
        for line in reports[area].figures
        if (line.section, line.metric, line.window) == ("searches", "stop_search_rate", "month")
    ]
    rows = await read(
        loaded,
        "/v1/values",
        metric="stop_search_rate",
        area=area,
        window="month",
        **{"from": months[0].from_month, "to": months[-1].to_month},
    )
    assert len(months) == 24
    assert [line.numerator for line in months] == [row["numerator"] for row in rows]
    assert [line.value for line in months] == [row["value"] for row in rows]
    # sixty in Hackney each month, four more of its own in March of which one has a place; none is made up before
    assert [line.numerator for line in months[:-3]] == [None] * 21


async def test_three_months_make_no_year_and_no_zero(reports: dict[str, Report]) -> None:
    report = reports["hackney"]
    headline = report.headlines[0]
    assert (headline.figure, headline.position) == ("[x]", "No data")
    assert "Only 3 of 12 months were received" in headline.position_note
    assert any(sentence.startswith("No data here on searches;") for sentence in report.summary)
    assert not any(line.value == 0 for line in report.figures if line.status in ("missing", "incomplete"))


async def test_the_city_is_told_apart(reports: dict[str, Report]) -> None:
    report = reports["city-of-london"]
    assert report.summary[0].startswith("The City of London is policed by City of London Police")
    assert report.title == "Policing and community safety in the City of London"
    assert report.release.release == reports["hackney"].release.release


async def test_every_figure_leads_to_its_own_page(reports: dict[str, Report]) -> None:
    for report in reports.values():
        for line in report.figures:
            assert line.cite.startswith(f"/figures/{line.metric}/{report.slug}?")
            assert f"as_of={line.release}" in line.cite
        assert len({(line.section, line.cite) for line in report.figures}) == len(report.figures)
