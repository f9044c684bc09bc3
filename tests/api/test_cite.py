"""Given the address of a figure, expect that figure and no other, with all that it takes to check it."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.citation import escape_tex
from api.show import show_limits, show_value
from sql.measure import load_measures
from tests.api.given import HACKNEY_SEARCHES, REASON
from tests.api.pages_read import check_structure

PAGE = {"Accept": "text/html"}
HACKNEY = "/figures/stop_search_rate/hackney"


async def read(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    joined = f"{address}{'&' if '?' in address else '?'}format=json"
    answer = await client.get(joined)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_a_figure_without_parameters_is_the_latest_year(client: httpx.AsyncClient) -> None:
    """Eleven months of 120 + m searches in Hackney: the year that ends with the last month."""
    answer = await client.get(HACKNEY, headers=PAGE)
    assert answer.status_code == 200
    page = check_structure(answer.text, answer.headers["content-security-policy"])
    (row,) = (
        await client.get("/v1/values?metric=stop_search_rate&area=hackney&from=2023-09&to=2024-08")
    ).json()["data"]
    assert row["numerator"] == HACKNEY_SEARCHES
    measure = load_measures()["stop_search_rate"]
    assert f"{show_value(measure, row['value'])} {measure.unit}" in page.text
    assert f"95% interval {show_limits(measure, row['lower'], row['upper'])}" in page.text
    assert "September 2023 to August 2024" in page.text
    assert f"{HACKNEY_SEARCHES:,}: person searches" in page.text
    assert "11 of 12 months could be used" in page.text
    assert measure.definition in page.text
    assert "The figure has not changed since it was first published." in page.text
    assert "script" not in page.tags


async def test_data_and_page_say_the_same(client: httpx.AsyncClient) -> None:
    found = await read(client, HACKNEY)
    url = "/v1/values?metric=stop_search_rate&area=hackney&window=rolling_12&from=2024-08&to=2024-08"
    (row,) = (await client.get(url)).json()["data"]
    assert {**row, "as_of": None} == found["figure"]
    definition, sources, files = found["definition"], found["sources"], found["files"]
    assert definition["metric"] == "stop_search_rate"
    assert [one["source"] for one in sources] == ["stop_search", "population", "boundaries"]
    assert [one["month"] for one in files] == [f"2023-{n:02d}" for n in range(9, 13)] + [
        f"2024-{n:02d}" for n in range(1, 9)
    ]
    assert {one["reason"] for one in files if one["status"] == "partial"} == {REASON}


async def test_every_figure_of_a_scorecard_has_an_address_of_its_own(client: httpx.AsyncClient) -> None:
    for slug in ("hackney", "met"):
        rows = (await client.get(f"/v1/areas/{slug}/scorecard")).json()["data"]
        for row in rows:
            query = f"from={row['from']}&to={row['to']}&window={row['window']}&group={row['group']}&basis={row['basis']}"
            figure = (await read(client, f"/figures/{row['metric']}/{slug}?{query}"))["figure"]
            same = (
                "from",
                "to",
                "window",
                "group",
                "basis",
                "value",
                "lower",
                "upper",
                "numerator",
                "status",
            )
            assert [figure[name] for name in same] == [row[name] for name in same]


async def test_the_links_lead_to_the_same_figure(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{HACKNEY}?from=2024-03&to=2024-05", headers=PAGE)
    page = check_structure(answer.text, answer.headers["content-security-policy"])
    value = (await read(client, f"{HACKNEY}?from=2024-03&to=2024-05"))["figure"]["value"]
    data = [link for link in page.links if link.startswith("/v1/values?")]
    assert {parse_qs(urlsplit(link).query)["format"][0] for link in data} >= {
        "json",
        "csv",
        "geojson",
        "parquet",
    }
    (row,) = (await client.get(next(link for link in data if link.endswith("format=json")))).json()["data"]
    assert (row["value"], row["from"], row["to"], row["window"]) == (value, "2024-03", "2024-05", "whole")
    for link in page.links:
        if link.startswith("/"):
            assert (await client.get(link)).status_code == 200, link


async def test_the_citation_leads_back(client: httpx.AsyncClient) -> None:
    found = await read(client, HACKNEY)
    citation, figure = found["citation"], found["figure"]
    address = citation["text"].split()[-1]
    assert address.startswith("http://borough.test/figures/stop_search_rate/hackney?")
    assert f"as_of={figure['release']}" in address
    again = await read(client, address)
    assert again["figure"] == {**figure, "as_of": figure["release"]}
    assert citation["bibtex"].startswith("@misc{")
    assert citation["bibtex"].count("{") == citation["bibtex"].count("}")
    assert f"\\url{{{address}}}" in citation["bibtex"]
    assert figure["release"] in citation["text"]


def test_signs_of_tex() -> None:
    assert escape_tex("5% of £3 & {a_b}") == r"5\% of \pounds{}3 \& \{a\_b\}"


async def test_the_address_is_of_the_host_that_was_asked(client: httpx.AsyncClient) -> None:
    """What one caller wrote into Host is not given to another."""
    for host, found in (
        ("one.example", "http://one.example/figures/"),
        ("two.example:8000", "http://two.example:8000/figures/"),
        ("a_b.example", ". /figures/stop_search_rate/hackney?"),
    ):
        text = (await client.get(HACKNEY, headers={**PAGE, "Host": host})).text
        assert found in text
        others = {"one.example", "two.example"} - {re.split("[:/]", host)[0]}
        assert not [other for other in others if other in text]
        assert "a_b.example" not in text
    secure = await client.get(HACKNEY, headers={**PAGE, "X-Forwarded-Proto": "https"})
    assert "https://borough.test/figures/" in secure.text


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        (
            "group=nothing",
            "group",
            "stop_search_rate has no group 'nothing' on basis=officer_defined. It has: total",
        ),
        ("group=gender", "group", "a figure is of one: choose one of gender:"),
        ("group=*", "group", "has no group '*'"),
        ("basis=guessed", "basis", "Allowed: officer_defined, self_defined_filled, self_defined."),
        ("window=decade", "window", "rolling_12"),
        ("window=rolling_12&from=2024-01&to=2024-08", "from", "begins with 2023-09, not with 2024-01"),
        ("window=month&from=2024-01&to=2024-08", "from", "begins with 2024-08"),
        ("window=financial_year&to=2024-08", "to", "one ends with 2024-03, another with 2025-03"),
        ("from=2024-05&to=2024-01", "to", "swap them"),
        ("from=May", "from", "is not a month"),
        ("to=2199-01", "to", "has not come yet"),
        ("as_of=1999-01-01", "as_of", "Nothing had been published"),
        ("format=csv", "format", "Allowed: html, json."),
        ("colour=red", "colour", "There is no parameter 'colour' here."),
        ("group=age:10_17&window=month", "window", "counts few people"),
    ],
)
async def test_what_is_refused(client: httpx.AsyncClient, query: str, parameter: str, said: str) -> None:
    answer = await client.get(f"{HACKNEY}?{query}")
    problem = answer.json()
    assert (answer.status_code, problem["parameter"]) == (400, parameter), problem
    assert said in problem["detail"]
    page = await client.get(f"{HACKNEY}?{query}", headers=PAGE)
    assert page.status_code == 400
    assert page.headers["content-type"] == "text/html; charset=utf-8"


async def test_what_is_not_there(client: httpx.AsyncClient) -> None:
    for path in ("/figures/gossip_rate/hackney", "/figures/stop_search_rate/atlantis"):
        assert (await client.get(path)).status_code == 404


async def test_only_what_is_accepted(client: httpx.AsyncClient) -> None:
    assert (await client.get(HACKNEY, headers={"Accept": "application/json"})).json()["data"]["figure"]
    assert (await client.get(HACKNEY, headers={"Accept": "image/png"})).status_code == 406


async def test_a_figure_that_is_not_there_says_why(client: httpx.AsyncClient) -> None:
    text = (await client.get("/figures/crime_rate/hackney", headers=PAGE)).text
    assert "<strong>[x]</strong> no data" in text
    assert "hold only burglary" in text or "holds only" in text or "no street crime file" in text
    assert "No release has had a figure for these months." in text
    assert not re.search(r"<strong>0", text)
