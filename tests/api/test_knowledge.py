"""Given the pages that say what there is to know, expect them to be whole, true and to lead somewhere."""

import ast
import re

import httpx
import pytest

from api.cannot_say import CANNOT_SAY
from api.coverage_lines import find_gaps
from api.render.formats import FORMATS
from api.respond import MAP
from api.wire import CoverageRow
from tests.api.given import REASON
from tests.api.pages_read import Read, check_structure

PAGES = ("/coverage", "/sources", "/cannot-answer", "/guide", "/about", "/accessibility")
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORBIDDEN = re.compile(r"\b(find rate|hit rate|BAME|hotspots?|excess)\b", re.IGNORECASE)


async def open_page(client: httpx.AsyncClient, address: str) -> Read:
    answer = await client.get(address, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return check_structure(answer.text, answer.headers["content-security-policy"])


@pytest.mark.parametrize("address", PAGES)
async def test_every_page_is_well_made(client: httpx.AsyncClient, address: str) -> None:
    page = await open_page(client, address)
    assert address in page.links or address in ("/cannot-answer",)
    assert not FORBIDDEN.search(page.text)
    assert "script" not in page.tags
    assert (await client.get(f"{address}?colour=red")).status_code == 400


async def test_every_link_of_these_pages_leads_somewhere(client: httpx.AsyncClient) -> None:
    links = {link for address in PAGES for link in (await open_page(client, address)).links}
    for link in sorted(link.partition("#")[0] for link in links if link.startswith("/")):
        answer = await client.get(link, headers=PAGE)
        assert answer.status_code == 200, (link, answer.text[-500:])


async def test_coverage_tells_of_a_partial_month(client: httpx.AsyncClient) -> None:
    page = await open_page(client, "/coverage")
    assert "December 2023" in page.text
    assert REASON in page.text


def test_a_gap_is_a_run_of_months_with_one_reason() -> None:
    told = [("2024-01", "received", None), ("2024-02", "missing", "a"), ("2024-03", "missing", "a")]
    told += [("2024-04", "missing", "b"), ("2024-05", "partial", None), ("2024-08", "missing", "b")]
    rows = [
        CoverageRow("s", "f", month, status, why, (), {}, None, None, None, None, None, {}, None, (), 0, ())
        for month, status, why in told
    ]
    assert [(gap.first, gap.last, gap.reason) for gap in find_gaps(rows)] == [
        ("2024-02", "2024-03", "a"),
        ("2024-04", "2024-04", "b"),
        ("2024-05", "2024-05", "The file holds only a part of the month."),
        ("2024-08", "2024-08", "b"),
    ]


async def test_sources_are_all_there(client: httpx.AsyncClient) -> None:
    page = await open_page(client, "/sources")
    for row in (await client.get("/v1/sources")).json()["data"]:
        assert row["title"] in page.text
        assert " ".join(row["publisher"].split()) in page.text
        assert row["description"] in page.text
    metrics = (await client.get("/v1/metrics")).json()["data"]
    for row in metrics:
        assert row["title"] in page.text
        assert f"/figures/{row['metric']}" in page.links
        assert all(caveat in page.text for caveat in row["caveats"])


async def test_every_question_and_whom_to_ask(client: httpx.AsyncClient) -> None:
    page = await open_page(client, "/cannot-answer")
    for one in CANNOT_SAY:
        assert {one.question, one.why, one.ask} <= {words.strip() for words in page.words}


async def test_every_address_of_the_guide_works(client: httpx.AsyncClient) -> None:
    page = await open_page(client, "/guide")
    addresses = {
        found.replace("&amp;", "&")
        for code in page.code
        for found in re.findall(r"http://borough\.test(/[^\s'\"]*)", code)
    }
    assert len(addresses) >= 5
    for address in addresses:
        answer = await client.get(address)
        assert answer.status_code == 200, (address, answer.text[:500])
    kinds = {(await client.get(address)).headers["content-type"].split(";")[0] for address in addresses}
    assert kinds >= {"application/json", "text/csv", "text/html"}


async def test_the_examples_are_programs(client: httpx.AsyncClient) -> None:
    page = await open_page(client, "/guide")
    programs = [code for code in page.code if code.startswith("import ")]
    assert len(programs) == 2
    for program in programs:
        ast.parse(program)
    (query,) = [code for code in page.code if code.startswith("let\n")]
    assert query.count("(") == query.count(")")
    assert query.count("{") == query.count("}")


async def test_every_format_is_in_the_guide(client: httpx.AsyncClient) -> None:
    page = await open_page(client, "/guide")
    for name in MAP:
        assert f"format={name}" in page.text
        assert FORMATS[name].media_type in page.text
