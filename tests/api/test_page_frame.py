"""Given any page, expect the same frame, one style sheet that the policy names, and colours that can be read."""

import base64
import hashlib
import re
from typing import Any

import pytest
from lxml import html  # type: ignore[import-untyped]

from api.pages.page import (
    NAVIGATION,
    list_markers,
    open_templates,
    read_style,
    write_headers,
    write_page,
    write_policy,
)
from api.pages.problem import write_problem_page
from api.report.model import Cell, Column, Table
from api.show import SHAPES, SHORTHAND

STYLE = str(read_style())
TEXTS = ("ink", "muted", "accent")
GROUNDS = ("paper", "band", "shade")
STEPS = tuple(f"step{number}" for number in range(1, 6))
TABLE = Table(
    key="t",
    title="A <table>",
    columns=(Column("area", "Area"), Column("value", "Value", "number", 1)),
    rows=((Cell("Bromley"), Cell("7.3", 7.26)), (Cell("Bexley"), Cell("[c] withheld"))),
)


def read(body: bytes) -> Any:
    """A page, parsed."""
    return html.document_fromstring(body)


def call(macro: str, arguments: str, **given: Any) -> Any:
    """What a macro writes, parsed."""
    source = f"{{% from 'macros.html' import {macro} %}}{{{{ {macro}({arguments}) }}}}"
    return html.fragment_fromstring(open_templates().from_string(source).render(**given), create_parent=True)


def test_the_policy_allows_this_style_and_no_other() -> None:
    page = read(write_problem_page("Not Found", 404, "There is nothing here."))
    (style,) = page.iter("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    policy = write_headers()["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "script-src 'self';" in write_policy(STYLE)
    assert "unsafe" not in write_policy(STYLE, "*")
    assert write_policy(STYLE, "*").endswith("frame-ancestors *")


def test_the_frame() -> None:
    page = read(write_page("problem.html", title="<i>", here="/figures", detail="d", allowed=()))
    assert page.get("lang") == "en-GB"
    assert page.findtext("head/title") == "<i> - Borough accountability"
    assert page.findtext("body/main/h1") == "<i>"
    assert [(a.get("href"), a.text) for a in page.xpath("//nav//a")] == list(NAVIGATION)
    assert page.xpath("//nav//a[@aria-current='page']/@href") == ["/figures"]
    assert page.find("body/*[1]").get("href") == "#main"
    assert page.get_element_by_id("main").tag == "main"
    assert not page.xpath("//script | //@style | //aside")


def test_a_problem_says_what_is_allowed() -> None:
    page = read(write_problem_page("Bad Request", 400, "No <b>.", ("a&b", "c"), is_sample=True))
    assert page.findtext(".//h1") == "Bad Request (400)"
    assert page.xpath("string(//main/p[1])") == "No <b>."
    assert [one.text for one in page.findall(".//main//li/code")] == ["a&b", "c"]
    assert page.xpath("string(//aside)") == "Sample data, not real."


def test_the_style_sheet_is_small_and_knows_how_people_read() -> None:
    assert len(STYLE.encode()) < 20_000
    for condition in (
        "@media screen and (prefers-color-scheme: dark)",
        "@media (prefers-contrast: more)",
        "@media (forced-colors: active)",
        "@media (prefers-reduced-motion: no-preference)",
        "@media print",
        "@page {",
        "size: A4",
        ":focus-visible",
    ):
        assert condition in STYLE
    # what is folded is printed, what is a row stays whole
    assert "details::details-content { content-visibility: visible" in STYLE
    assert re.search(r"tr, figure[^{]*\{ break-inside: avoid; \}", STYLE)
    assert STYLE.count("{") == STYLE.count("}")
    assert not re.search(r"@import|url\(|</", STYLE)


def read_palettes() -> dict[str, dict[str, str]]:
    """The colours of the style sheet, by scheme; what the dark one does not say it has of the light one."""
    light, dark = (
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", part))
        for part in STYLE.split("@media (prefers-contrast")[0].split("@media screen and (prefers-color-scheme: dark)")
    )  # fmt: skip
    return {"light": light, "dark": {**light, **dark}}


def measure_contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3)."""
    bright, dim = sorted((measure_luminance(one), measure_luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def measure_luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2, glossary)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(scheme: str) -> None:
    colours = read_palettes()[scheme]
    assert measure_contrast("#000", "#ffffff") == pytest.approx(21)
    for text in TEXTS:
        for ground in GROUNDS:
            assert measure_contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert measure_contrast(colours["paper"], colours["accent"]) >= 4.5
    assert measure_contrast(colours["on-focus"], colours["focus"]) >= 4.5
    assert measure_contrast(colours["edge"], colours["paper"]) >= 3
    steps = [measure_contrast(colours[step], colours["paper"]) for step in STEPS]
    assert steps == sorted(steps)
    assert steps[-1] >= 7


def test_a_table_can_be_scrolled_by_keyboard_and_sorted_by_a_script() -> None:
    part = call("table", "t", t=TABLE)
    (region,) = part.xpath("div[@role='region']")
    assert (region.get("tabindex"), region.get("aria-label")) == ("0", "Table: A <table>")
    assert not part.xpath("//@data-value | //details")
    sortable = call("table", "t, is_sortable=true", t=TABLE)
    assert sortable.xpath("//table/@data-sortable") == [""]
    assert sortable.xpath("//@data-value") == ["7.26"]
    folded = call("table", "t, is_folded=true", t=TABLE)
    assert folded.findtext("details/summary") == "Table: A <table>"
    assert folded.find("details").get("open") is None


def test_markers_are_those_that_the_cells_begin_with() -> None:
    assert list_markers(TABLE) == [("[c]", SHORTHAND["[c]"])]
    assert "[c] withheld, so that" in call("table", "t", t=TABLE).findtext("p")


@pytest.mark.parametrize("word", SHAPES)
def test_a_position_is_a_shape_and_a_word(word: Any) -> None:
    part = call("position", "word", word=word)
    assert " ".join(part.text_content().split()) == f"{SHAPES[word]} {word}"
    assert part.xpath("//*[@aria-hidden='true']")[0].text == SHAPES[word]


@pytest.mark.parametrize("links", [{"CSV": "/v1?a=1&b=2"}, [("CSV", "/v1?a=1&b=2")]])
def test_downloads_by_words(links: Any) -> None:
    (link,) = call("downloads", "links", links=links).iter("a")
    assert (link.text, link.get("href")) == ("CSV", "/v1?a=1&b=2")
