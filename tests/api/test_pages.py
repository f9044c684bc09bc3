"""Given a person at the front page, expect the figures in plain HTML."""

import re
from html.parser import HTMLParser

import httpx
import msgspec

from api.envelope import ATTRIBUTION, LICENCE
from api.model import ValueRow
from api.pages.home import make_table, tell_gaps
from api.snapshot import Area
from sql.measure import load_measures


class Page(HTMLParser):
    """Tags, links and headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.heads: list[str | None] = []
        self.language: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "script":
            self.scripts.append(given)
        if tag == "th":
            self.heads.append(given.get("scope"))
        if tag == "html":
            self.language = given.get("lang")


async def test_the_front_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    # one script, our own file, which waits until the page is there
    assert [sorted(one) for one in page.scripts] == [["defer", "src"]]
    assert (page.scripts[0]["src"] or "").startswith("/assets/site-")
    assert page.language == "en-GB"
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("caption") == 1
    assert page.tags.count("svg") == 1
    # no crime file and no return was loaded, so there is no column of either
    assert page.heads == ["col"] * 2 + ["row"] * 33
    assert ATTRIBUTION in answer.text
    assert "<aside" not in answer.text
    for borough in ("City of London", "Hackney", "Westminster"):
        assert borough in answer.text


async def test_figures_and_gaps(client: httpx.AsyncClient) -> None:
    text = (await client.get("/")).text
    rows = (await client.get("/v1/values?metric=stop_search_rate&area=hackney")).json()["data"]
    hackney = next(line for line in re.findall(r"<tr>.*?</tr>", text) if "Hackney" in line)
    assert f">{rows[0]['value']:.1f} " in hackney
    assert f"{rows[0]['lower']:.1f} to {rows[0]['upper']:.1f}" in hackney
    assert "11 of 12 months" in hackney
    city = next(line for line in re.findall(r"<tr>.*?</tr>", text) if "City of London" in line)
    assert "[x]" in city
    assert not re.search(r'class="number">0', city)


async def test_why_there_is_no_figure(client: httpx.AsyncClient) -> None:
    """No crime file was loaded: one sentence under the table says it for all boroughs."""
    text = (await client.get("/")).text
    told = text[text.index("</table>") :]
    assert "Recorded crimes per 1,000 residents: 33 boroughs have no figure. " in told
    assert "no street crime file was received" in told
    assert "Searches per 1,000 residents: 1 borough has no figure. " in told
    assert "Community safety spending per resident: 33 boroughs have no figure. " in told
    assert told.count("It has no column here.") == 2


async def test_a_figure_of_the_city_alone_is_not_shown(client: httpx.AsyncClient) -> None:
    url = "/v1/values?metric=stop_search_rate&area=boroughs"
    rows = [msgspec.convert(row, ValueRow) for row in (await client.get(url)).json()["data"]]
    city = msgspec.structs.replace(
        next(row for row in rows if row.area_code == "E09000012"),
        area_code="E09000001",
        area_name="City of London",
        flags=("daytime_population",),
    )
    others = [
        msgspec.structs.replace(row, value=None, status="missing", reason="It holds only burglary.")
        for row in rows
        if row.area_code != "E09000001"
    ]
    areas = {
        row.area_code: Area(row.area_code, row.area_name, "borough", row.area_code.lower(), 1, None, 1)
        for row in [city, *rows]
    }
    figures = {"crime_rate": [city, *others]}
    table = make_table(load_measures(), figures, areas)
    shown = [cell.text for line in table.rows for cell in line]
    assert f"{city.value:.1f}" not in shown
    assert [column.key for column in table.columns] == ["borough"]
    told = " ".join(tell_gaps(load_measures(), figures))
    assert (
        "32 boroughs have no figure. It holds only burglary. The figure of the City alone is not shown"
        in told
    )
    assert told.endswith("It has no column here.")
    beside = make_table(load_measures(), {"crime_rate": [city, rows[1]]}, areas)
    assert beside.rows[0][1].text == f"{city.value:.1f}"


async def test_every_link_leads_somewhere(client: httpx.AsyncClient) -> None:
    text = (await client.get("/")).text
    links = {link for link in Page(text).links if link.startswith("/")}
    assert {link.rpartition("format=")[2] for link in links if "format=" in link} >= {"json", "csv"}
    reports = {link for link in links if link.startswith("/reports/")}
    assert len(reports) == 33
    # each takes a while: one stands for all
    for link in links - reports | {"/reports/hackney"}:
        assert (await client.get(link)).status_code == 200, link
    assert {link for link in Page(text).links if "://" in link} == {LICENCE}


async def test_the_style_is_allowed_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    policy = answer.headers["content-security-policy"]
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert "unsafe" not in policy
    assert "style=" not in answer.text
