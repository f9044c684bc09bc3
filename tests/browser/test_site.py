"""Given a person with a browser, expect to find a borough, read its report, follow a figure and take it away, however they read.

The figures are invented; that they are the same everywhere is what is checked.
"""

import asyncio
import csv
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Visit
from tests.tools import find_tool

METRIC = "stop_search_rate"
PAGES = (
    "/",
    "/reports",
    "/reports/hackney",
    "/reports/city-of-london",
    "/reports/central-east",
    "/reports/met",
    "/reports/london",
    "/reports/hackney/frozen",
    "/figures",
    f"/figures/{METRIC}",
    "/figures/strip_search_rate",
    "/figures/trust_police_share",
    "/figures/community_safety_spend_per_head",
    f"/figures/{METRIC}/hackney",
    "/compare",
    "/compare?area=hackney&area=bromley",
    "/coverage",
    "/sources",
    "/cannot-answer",
    "/guide",
    "/about",
    "/accessibility",
    "/find?q=zzzz",
    "/find?q=ham",
    f"/embed/figure/{METRIC}/hackney",
    f"/embed/chart/{METRIC}?area=hackney",
)
# Ways of reading a page: how wide, which colours.
WAYS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESK, "color_scheme": "light"},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True, "has_touch": True},
}
# Pages of one template: where only the colours or the width differ, another of it stands for these.
ALIKE = (
    "/reports/city-of-london",
    "/reports/central-east",
    "/reports/met",
    "/reports/london",
    "/figures/trust_police_share",
    "/figures/community_safety_spend_per_head",
)
# In the dark only colours differ from the light.
RULES: dict[str, list[str]] = {"dark": ["color-contrast", "link-in-text-block"]}
HACKNEY_POSTCODE = "E8 1EA"


@pytest.mark.parametrize("way", WAYS)
async def test_axe_finds_nothing_on_any_page(visit: Visit, way: str) -> None:
    found: dict[str, list[str]] = {}
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if way in RULES:
        options["runOnly"] = RULES[way]
    left = [one for one in reversed(PAGES) if way == "light" or one not in ALIKE]

    async def look(page: Page) -> None:
        axe = Axe()
        while left:
            address = left.pop()
            await _go(page, address)
            results = (await axe.run(page, options=options)).response["violations"]
            if results:
                found[address] = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in results]

    async with visit(**WAYS[way]) as page, visit(**WAYS[way]) as another:
        await asyncio.gather(look(page), look(another))
    assert found == {}


async def test_no_page_is_wider_than_the_window_at_four_times_its_size(visit: Visit) -> None:
    # 1280 px at 400% is 320 px (WCAG 2.2, 1.4.10)
    wide: dict[str, int] = {}
    async with visit(viewport={"width": 320, "height": 256}) as page:
        for address in PAGES:
            await _go(page, address)
            width = await page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                wide[address] = width
    assert wide == {}


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
async def test_from_a_postcode_to_the_same_number_in_every_format(
    visit: Visit, site: str, has_script: bool, tmp_path: Path
) -> None:
    async with visit(java_script_enabled=has_script) as page:
        await _go(page, "/")
        await (
            page.get_by_role("searchbox")
            .or_(page.get_by_label(re.compile("postcode", re.I)))
            .first.fill(HACKNEY_POSTCODE)
        )
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/reports/hackney")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Hackney")
        shown = await _read_headline(page)

        # the figure leads to its definition
        await page.locator(f'a[href^="/figures/{METRIC}/hackney"]').first.click()
        await page.wait_for_url(f"**/figures/{METRIC}/hackney**")
        main = page.get_by_role("main")
        await expect(main).to_contain_text("Searches of people recorded in the area")
        await expect(main).to_contain_text(shown)

        # and away, in every format of the report
        await page.go_back()
        files = {
            name: await _download(page, name, tmp_path) for name in ("CSV", "Excel workbook", "PDF", "JSON")
        }
    value = _read_csv(files["CSV"])
    assert _round(value) == shown
    assert _read_workbook(files["Excel workbook"]) == value
    assert _read_json(files["JSON"]) == value
    assert shown in _read_pdf(files["PDF"])
    answer = httpx.get(f"{site}/v1/areas/hackney/scorecard").json()
    assert next(row["value"] for row in answer["data"] if row["metric"] == METRIC) == value


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
async def test_two_boroughs_side_by_side(visit: Visit, site: str, has_script: bool) -> None:
    async with visit(java_script_enabled=has_script) as page:
        await _go(page, "/compare")
        boxes = page.get_by_role("combobox")
        await boxes.nth(0).select_option(label="Hackney")
        await boxes.nth(1).select_option(label="Bromley")
        await page.get_by_role("main").get_by_role("button", name=re.compile("compare", re.I)).click()
        await page.wait_for_url("**/compare?*area=hackney*area=bromley*")
        for name in ("hackney", "bromley"):
            answer = httpx.get(f"{site}/v1/areas/{name}/scorecard").json()
            row = next(one for one in answer["data"] if one["metric"] == METRIC)
            await expect(page.get_by_role("main")).to_contain_text(_round(row["value"]))


async def test_the_keyboard_alone_finds_a_borough(visit: Visit) -> None:
    async with visit() as page:
        await _go(page, "/")
        await page.keyboard.press("Tab")
        await expect(page.locator("a:focus")).to_have_text("Skip to the content")
        await page.keyboard.press("Enter")
        for _ in range(30):
            await page.keyboard.press("Tab")
            assert await _is_focus_seen(page)
            if await page.evaluate("document.activeElement.name") == "q":
                break
        await page.keyboard.type("bromley")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/reports/bromley")

        # on to a figure's own page, and from it a file, with the same keys
        await _tab_to(page, f'a[href^="/figures/{METRIC}/bromley"]')
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/figures/{METRIC}/bromley**")
        await _tab_to(page, 'a[href*="format=csv"]')
        async with page.expect_download() as waiting:
            await page.keyboard.press("Enter")
        saved = await waiting.value
        assert saved.suggested_filename.endswith(".csv")


async def test_a_table_is_sorted_by_the_keyboard_and_says_so(visit: Visit) -> None:
    async with visit() as page:
        await _go(page, f"/figures/{METRIC}")
        button = page.locator("th button").first
        await button.focus()
        await page.keyboard.press("Enter")
        head = page.locator("th[aria-sort]").first
        first = await head.get_attribute("aria-sort")
        await page.keyboard.press("Enter")
        assert {first, await head.get_attribute("aria-sort")} == {"ascending", "descending"}


async def test_print_shows_what_a_page_folds(visit: Visit) -> None:
    async with visit(java_script_enabled=False) as page:
        await _go(page, "/reports/hackney")
        folded = page.locator("details table").first
        await expect(folded).to_be_hidden()
        await page.emulate_media(media="print")
        await expect(folded).to_be_visible()
        await expect(page.get_by_role("navigation", name="Site")).to_be_hidden()


async def test_forced_colours_leave_shapes_and_words(visit: Visit) -> None:
    async with visit(forced_colors="active") as page:
        await _go(page, "/reports/hackney")
        await expect(page.get_by_role("main")).to_contain_text(re.compile("(▲ ?Higher|● ?Similar|▼ ?Lower)"))


async def test_an_embedded_figure_shows_on_a_page_of_another_host(
    visit: Visit, site: str, browser: Any
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    council = "http://council.example/"
    shown = {"address": f"/embed/figure/{METRIC}/hackney"}

    async def answer(route: Any) -> None:
        body = f'<iframe title="Searches" src="{site}{shown["address"]}"></iframe>'
        await route.fulfill(content_type="text/html", body=body)

    await page.route(council, answer)
    try:
        await page.goto(council)
        await expect(page.frame_locator("iframe").locator("body")).to_contain_text("Hackney")
        shown["address"] = "/reports/hackney"
        await page.goto(council)
        await page.wait_for_timeout(300)
        assert "Hackney" not in await page.frame_locator("iframe").locator("body").inner_text()
    finally:
        await context.close()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_allows_itself_nothing_from_elsewhere(site: str, address: str) -> None:
    answer = httpx.get(f"{site}{address}", headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*\s*;", policy.replace("frame-ancestors *", ""))
    assert "set-cookie" not in answer.headers
    assert 'lang="en-GB"' in answer.text
    assert not re.search(r"<[^>]+\sstyle=", answer.text)
    assert not re.search(r'(?:src|srcset|action)="(?:https?:)?//', answer.text)
    assert "Sample data, not real" in answer.text


async def _go(page: Page, address: str) -> None:
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status == (404 if address == "/find?q=zzzz" else 200), address


def _round(value: float) -> str:
    """A rate as pages show it: with one decimal, under 1 with two."""
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


async def _read_headline(page: Page) -> str:
    """The headline figure of searches, as the report shows it."""
    text = await page.locator(f'a[href^="/figures/{METRIC}/hackney"]').first.inner_text()
    found = re.search(r"\d+(?:\.\d+)?", text)
    assert found, text
    return found.group()


async def _download(page: Page, name: str, folder: Path) -> Path:
    link = page.get_by_role("main").get_by_role("link", name=re.compile(rf"\b{name}\b")).first
    href = await link.get_attribute("href")
    assert href is not None
    answer = await page.request.get(href)
    assert answer.status == 200, href
    path = folder / ("report.xlsx" if name == "Excel workbook" else f"report.{name.lower()}")
    path.write_bytes(await answer.body())
    return path


def _read_csv(path: Path) -> float:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    return float(next(row["value"] for row in rows if row["metric"] == METRIC and row["group"] == "total"))


def _read_workbook(path: Path) -> float:
    workbook = openpyxl.load_workbook(path, read_only=True)
    lines = list(workbook[workbook.sheetnames[-1]].iter_rows(values_only=True))
    # above the head of a table stand its title and what it says
    start = next(place for place, line in enumerate(lines) if {"metric", "value"} <= set(line))
    head, rows = lines[start], lines[start + 1 :]
    places = {str(name): place for place, name in enumerate(head)}
    value = next(row[places["value"]] for row in rows if row[places["metric"]] == METRIC)
    assert isinstance(value, float)
    return value


def _read_json(path: Path) -> float:
    rows = httpx.Response(200, content=path.read_bytes()).json()["figures"]
    value = next(row["value"] for row in rows if row["metric"] == METRIC and row["group"] == "total")
    assert isinstance(value, float)
    return value


def _read_pdf(path: Path) -> str:
    return subprocess.run(
        [find_tool("pdftotext"), "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout


async def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus is what is looked for."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        assert await _is_focus_seen(page)
        if await page.evaluate("which => document.activeElement.matches(which)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


async def _is_focus_seen(page: Page) -> bool:
    """Whether what has the focus shows that it has (WCAG 2.2, 2.4.7)."""
    return bool(
        await page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return document.activeElement === document.body || s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()"
        )
    )
