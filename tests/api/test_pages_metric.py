"""Given the page of a metric, expect its definition, every area's figure as data have it, and fair words."""

import re

import httpx
import pytest
from markupsafe import escape

from api.comparison import KINDS
from api.show import show_limits, show_value
from sql.measure import load_measures
from tests.api.test_pages import Page

RATE = "/figures/stop_search_rate"
COMPARISON = "/v1/metrics/stop_search_rate/comparison"


def lines(text: str) -> dict[str, str]:
    """The lines of the page's table by area."""
    found = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", text)
    return {re.sub(r"<[^>]+>", "", line.partition("</th>")[0]).strip(): line for line in found}


async def test_every_metric_is_listed_once_and_has_a_page(client: httpx.AsyncClient) -> None:
    page = Page((await client.get("/figures")).text)
    listed = [link for link in page.links if link.startswith("/figures/")]
    assert sorted(listed) == [f"/figures/{metric}" for metric in load_measures()]


@pytest.mark.parametrize("metric", load_measures())
async def test_every_metric_has_a_page_with_figures_or_without(
    client: httpx.AsyncClient, metric: str
) -> None:
    answer = await client.get(f"/figures/{metric}")
    assert answer.status_code == 200
    measure = load_measures()[metric]
    page = Page(answer.text)
    assert page.tags.count("h1") == 1
    assert len(lines(answer.text)) == 33
    assert escape(measure.title) in answer.text
    assert ">None<" not in answer.text
    # pictures only where there is something to show
    shown = [line for line in lines(answer.text).values() if "[x]" not in line and "[z]" not in line]
    assert ("svg" in page.tags) == bool(shown)


@pytest.mark.parametrize("kind", KINDS)
async def test_figures_are_those_of_the_comparison(client: httpx.AsyncClient, kind: str) -> None:
    table = lines((await client.get(RATE, params={"kind": kind})).text)
    rows = (await client.get(COMPARISON, params={"kind": kind})).json()["data"]
    assert set(table) == {row["area_name"] for row in rows}
    measure = load_measures()["stop_search_rate"]
    for row in rows:
        line = table[row["area_name"]]
        if row["value"] is None:
            assert "[x]" in line
            continue
        assert f">{show_value(measure, row['value'])}</a>" in line
        assert f">{show_limits(measure, row['lower'], row['upper'])}<" in line
        assert (f">{row['rank']} of {row['rank_of']}<" in line) == (row["rank"] is not None)
        assert "11 of 12 months" in line
        if row["position"] in ("Higher", "Similar", "Lower"):
            assert row["position"] in line


async def test_eleven_months_are_never_ranked(client: httpx.AsyncClient) -> None:
    text = (await client.get(RATE)).text
    assert "Only figures of all 12 months are ranked." in text
    assert not re.search(r">\d+ of 3\d<", text)


async def test_a_figure_leads_to_its_own_page_in_its_release(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get("/v1/values?metric=stop_search_rate&area=hackney")).json()["data"]
    (link,) = [
        link for link in Page((await client.get(RATE)).text).links if link.startswith(f"{RATE}/hackney")
    ]
    assert f"from={row['from']}" in link
    assert f"as_of={row['release']}" in link


async def test_downloads_are_of_what_is_shown(client: httpx.AsyncClient) -> None:
    links = Page((await client.get(f"{RATE}?kind=bcu&group=&window=&basis=officer_defined")).text).links
    files = [link for link in links if link.startswith(COMPARISON)]
    assert {link.rpartition("format=")[2] for link in files} >= {"csv", "json", "parquet", "geojson"}
    for link in files:
        assert "kind=bcu" in link
        assert (await client.get(link)).status_code == 200
    rows = (await client.get(next(link for link in files if link.endswith("=json")))).json()["data"]
    assert len(rows) == 12


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("group=object:nothing", 400),
        ("kind=ward", 400),
        ("window=month", 400),
        ("to=2024-13", 400),
        ("basis=nobody", 400),
        ("colour=red", 400),
        ("as_of=2020-01-01", 400),
    ],
)
async def test_what_is_not_there_is_refused(client: httpx.AsyncClient, query: str, status: int) -> None:
    answer = await client.get(f"{RATE}?{query}", headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "<h1>" in answer.text


async def test_a_metric_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/figures/stop_search_rat", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "stop_search_rate" in answer.text


async def test_nothing_that_the_policy_forbids_is_in_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get(RATE)
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", answer.text)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not [link for link in Page(answer.text).links if "://" in link and "nationalarchives" not in link]
