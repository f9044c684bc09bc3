"""Given another site that shows a figure or a chart in a frame, expect it whole, alone and without scripts."""

import httpx
import pytest

from api.draw.fair import draw_comparison
from api.embed_strip import tabulate_areas
from api.show import show_limits, show_value
from sql.measure import load_measures
from tests.api.pages_read import Read, check_structure
from tests.api.test_pages_pictures import ROWS

FIGURE = "/embed/figure/stop_search_rate/hackney"
CHART = "/embed/chart/stop_search_rate"


async def open_embed(client: httpx.AsyncClient, address: str) -> Read:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    policy = answer.headers["content-security-policy"]
    page = check_structure(answer.text, policy)
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "x-frame-options" not in answer.headers
    assert not {"script", "img", "iframe", "form"} & set(page.tags)
    assert "<title>" in answer.text
    return page


async def test_only_embeds_may_be_framed(client: httpx.AsyncClient) -> None:
    for address in ("/", "/guide", "/figures/stop_search_rate/hackney", "/v1/metrics", f"{FIGURE}?to=gossip"):
        answer = await client.get(address, headers={"Accept": "text/html"})
        assert answer.headers["x-frame-options"] == "DENY", address
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], address
    await open_embed(client, FIGURE)


async def test_a_figure_says_all_that_it_must(client: httpx.AsyncClient) -> None:
    page = await open_embed(client, FIGURE)
    measure = load_measures()["stop_search_rate"]
    (row,) = (
        await client.get("/v1/values?metric=stop_search_rate&area=hackney&from=2023-09&to=2024-08")
    ).json()["data"]
    (place,) = [
        one
        for one in (await client.get("/v1/metrics/stop_search_rate/comparison")).json()["data"]
        if one["area_name"] == "Hackney"
    ]
    assert f"{show_value(measure, row['value'])} {measure.unit}" in page.text
    assert f"95% interval: {show_limits(measure, row['lower'], row['upper'])}" in page.text
    assert place["position"] in page.text
    assert "September 2023 to August 2024 (11 of 12 months)" in page.text
    assert "Searches per 1,000 residents: Hackney" in page.text
    (source,) = [link for link in page.links if link.startswith("/figures/")]
    assert row["release"] in source
    assert (await client.get(source)).status_code == 200


async def test_a_figure_that_is_not_there(client: httpx.AsyncClient) -> None:
    page = await open_embed(client, "/embed/figure/crime_rate/hackney")
    assert "[x] no data" in page.text


@pytest.mark.parametrize("kind", ["dots", "strip", "series"])
async def test_a_chart_has_its_table(client: httpx.AsyncClient, kind: str) -> None:
    page = await open_embed(client, f"{CHART}?area=hackney&kind={kind}")
    assert page.tags.count("svg") == 1
    assert page.tags.count("table") == 1
    rows = page.tags.count("tr") - 1
    assert rows == (36 if kind == "series" else 33)
    measure = load_measures()["stop_search_rate"]
    url = "/v1/values?metric=stop_search_rate&area=hackney&from={}&to=2024-08"
    first = "2024-08" if kind == "series" else "2023-09"
    (row,) = (await client.get(url.format(first))).json()["data"]
    assert show_value(measure, row["value"]) in page.text
    # the City has no figure: said, never left blank
    if kind != "series":
        assert "[x]" in page.text


async def test_a_chart_of_a_bcu_is_of_bcus(client: httpx.AsyncClient) -> None:
    page = await open_embed(client, f"{CHART}?area=CE")
    assert page.tags.count("tr") == 1 + 12


async def test_no_area_means_all_boroughs(client: httpx.AsyncClient) -> None:
    page = await open_embed(client, CHART)
    assert page.tags.count("tr") == 1 + 33


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        (f"{CHART}?area=hackney&kind=pie", 400, "Allowed: dots, strip, series."),
        (f"{CHART}?kind=series", 400, "say which with area="),
        (f"{CHART}?kind=series&area=hackney&window=month", 400, "leave window out"),
        (f"{CHART}?area=london", 400, "name a borough or a BCU, or take kind=series"),
        ("/embed/chart/strip_search_rate?area=hackney&kind=series", 400, "given by the year only"),
        ("/embed/chart/gossip_rate", 404, "There is no metric"),
        ("/embed/figure/stop_search_rate/atlantis", 404, "There is no area"),
        (f"{FIGURE}?window=month&from=2024-01&to=2024-03", 400, "begins with 2024-03"),
    ],
)
async def test_what_is_refused(client: httpx.AsyncClient, address: str, status: int, said: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["dots", "strip"])
async def test_nobody_is_first_where_ranking_is_not_fair(client: httpx.AsyncClient, kind: str) -> None:
    """An area full by day is in the table and not in the picture; an area with a figure is never said to have no data."""
    answer = await client.get(f"{CHART}?area=westminster&kind={kind}")
    title = answer.text[answer.text.index("<h1>") : answer.text.index("</h1>")]
    assert "No data" not in title
    ratio = await client.get(f"/embed/chart/stop_search_rate_ratio?area=hackney&kind={kind}")
    assert "The highest is" not in ratio.text
    assert "never ranked" in ratio.text
    assert "(No data)" not in ratio.text


def test_the_dots_of_an_area_full_by_day() -> None:
    city = draw_comparison(load_measures()["stop_search_rate"], ROWS, None, "city")
    assert city.title.endswith("City 50.0, not set beside others")
    assert [mark.name for mark in city.marks] == ["Bede", "Ayre", "Dene", "Esk"]
    bede = draw_comparison(load_measures()["stop_search_rate"], ROWS, None, "bede")
    assert bede.title.endswith("Bede 9.0 (Higher)")
    assert [mark.name for mark in bede.marks if mark.is_own] == ["Bede"]
    table = tabulate_areas(load_measures()["stop_search_rate"], ROWS, "city")
    assert [cell.text for cell in table.rows[2]] == ["City", "50.0", "45.0 to 55.0", "not placed"]
    assert [cell.text for cell in table.rows[4]] == ["Esk", "[x]", "[x]", "No data"]
