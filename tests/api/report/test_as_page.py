"""Given a report, expect a page that says the same, in an order that can be heard, without script."""

import re
from itertools import pairwise
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
import pytest
from lxml import html  # type: ignore[import-untyped]

from api.envelope import LICENCE
from api.pages.page import read_style
from api.report.as_page import list_files, name_pictures, write_citation, write_report_page
from api.report.model import Report
from api.show import SHAPES
from tests.api.report.made import NAME, RELEASE, SLUG, make_report, write, write_interval

HASH = "0123456789abcdef" * 4
# What stands at the first part of an address on this site.
PLACES = ("figures", "reports", "compare", "coverage", "sources", "cannot-answer", "guide", "about",
          "accessibility", "feeds")  # fmt: skip
REPORT = make_report()


def draw(report: Report) -> dict[str, str]:
    """A picture for each drawing, by which it can be told."""
    drawings = report.list_drawings()
    return name_pictures(
        report,
        [f'<svg role="img" aria-label="{place}"></svg>'.encode() for place in range(len(drawings))],
    )


def read(report: Report = REPORT, **given: Any) -> Any:
    """The page, parsed."""
    return html.document_fromstring(write_report_page(report, draw(report), **given))


def say(found: Any) -> str:
    """The words of a part of a page."""
    return " ".join(cast(str, found.text_content()).split())


def test_landmarks() -> None:
    page = read()
    assert page.get("lang") == "en-GB"
    assert [len(page.findall(f".//{tag}")) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    for section in page.iter("section", "nav"):
        label = section.get("aria-labelledby")
        assert section.get("aria-label") or page.get_element_by_id(label).tag == "h2"
    labels = page.xpath("//*[@role='region']/@aria-label")
    assert len(labels) == len(set(labels)) == len(page.findall(".//table"))


def test_headings_go_down_one_level_at_a_time() -> None:
    levels = [int(one.tag[1]) for one in read().iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_no_id_twice_and_every_part_is_in_the_contents() -> None:
    page = read()
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    anchors = page.xpath("//nav[@class='contents']//a/@href")
    assert anchors == [f"#{one.get('id')}" for one in page.iter("section")]
    assert set(anchors) >= {f"#{section.key}" for section in REPORT.sections}


def test_tables_have_captions_scopes_and_whole_rows() -> None:
    tables = read().findall(".//table")
    assert len(tables) == sum(len(section.tables) for section in REPORT.sections) + 2
    for table in tables:
        assert say(table.find("caption"))
        assert {head.get("scope") for head in table.findall("thead/tr/th")} == {"col"}
        for row in table.findall("tbody/tr"):
            first, *others = row
            assert (first.tag, first.get("scope")) == ("th", "row")
            assert len(others) + 1 == len(table.findall("thead/tr/th"))
            assert all(say(cell) for cell in row if cell.tag == "td")


def test_each_chart_stands_before_its_table() -> None:
    page = read()
    places = iter(range(100))
    for section in REPORT.sections:
        part = page.get_element_by_id(section.key)
        titles = {table.key: table.title for table in section.tables}
        shown = set()
        for chart in section.charts:
            figure = page.get_element_by_id(f"chart-{section.key}-{chart.key}")
            assert figure in part.iter("figure")
            assert say(figure.find("figcaption")) == chart.drawing.title
            assert figure.find(".//svg").get("aria-label") == str(next(places))
            if chart.table not in shown:
                shown.add(chart.table)
                folded = figure.getnext()
                assert folded.tag == "details"
                assert say(folded.find(".//caption")) == titles[chart.table]
        assert [say(one) for one in part.iter("caption")].count(titles.get("figures", "")) in (0, 1)
        assert len(part.findall(".//table")) == len(section.tables)
    assert len(page.findall(".//figure")) == len(REPORT.list_drawings())


def test_headlines_say_what_the_figures_are() -> None:
    cards = read().xpath("//div[@class='card']")
    assert len(cards) == len(REPORT.figures)
    for card, row in zip(cards, REPORT.figures, strict=True):
        assert say(card.find("h3")) == row.title
        (link,) = card.xpath(".//p[@class='figure']/a")
        assert (say(link), link.get("href")) == (write(row), row.cite)
        assert write_interval(row) in say(card)
        assert f"{SHAPES[cast(Any, row.position)]} {row.position}" in say(card)
        assert row.value is not None or cast(str, row.reason) in say(card)


def test_the_figures_of_tables_are_those_of_the_report() -> None:
    lines = {
        say(row[0]): row for row in read().xpath("//table[caption[starts-with(., 'Figures: ')]]/tbody/tr")
    }
    rows = [row for row in REPORT.figures if row.section in ("searches", "money")]
    assert lines.keys() == {row.title for row in rows}
    for row in rows:
        cells = lines[row.title]
        assert say(cells[1].find("a")) == write(row)
        assert cells[1].find("a").get("href") == row.cite
        assert say(cells[2]) == (write_interval(row) or "[z]")


def test_a_shape_is_never_without_its_word_and_is_not_read_out() -> None:
    shapes = read().xpath("//*[@class='shape']")
    assert len(shapes) > len(SHAPES)
    for shape in shapes:
        assert shape.get("aria-hidden") == "true"
        assert any(cast(str, shape.tail).strip().startswith(word) for word in SHAPES)


def test_markers_are_explained_under_the_table_that_has_them() -> None:
    (region,) = read().xpath(
        "//*[@role='region'][.//caption[starts-with(., 'Searches per 1,000 residents, by')]]"
    )
    told = [say(note) for note in region.itersiblings("p")]
    assert "[c] withheld, so that no count of few people can be told; [z] does not apply." in told
    assert "[x]" not in " ".join(told)
    assert say(region.find(".//tr[@class='own']/th")) == NAME


@pytest.mark.parametrize("given", [{}, {"is_alone": True, "base": None}, {"is_alone": True, "sha256": HASH}])
def test_words_that_look_like_html_are_words(given: dict[str, Any]) -> None:
    page = read(**given)
    assert not page.findall(".//b")
    assert say(page.find(".//h1")) == REPORT.title
    assert NAME in page.findtext("head/title")


@pytest.mark.parametrize("given", [{}, {"is_alone": True, "base": None}, {"is_alone": True, "sha256": HASH}])
def test_no_script_and_no_style_but_our_own_sheet(given: dict[str, Any]) -> None:
    page = read(**given)
    assert not page.xpath("//script | //@style | //@onclick | //iframe | //link[@rel='stylesheet']")
    assert [style.text for style in page.iter("style")] == [str(read_style())]
    assert not page.xpath("//@src")


def test_every_address_leads_to_a_place_of_the_site() -> None:
    page = read()
    ids = set(page.xpath("//@id"))
    for address in page.xpath("//a/@href"):
        if address.startswith("#"):
            assert address[1:] in ids
        elif address != LICENCE:
            path = urlsplit(address)
            assert not path.netloc
            assert path.path == "/" or path.path.split("/")[1] in PLACES
    assert {one.cite for one in REPORT.figures} <= {*page.xpath("//a/@href"), REPORT.figures[2].cite}


def test_the_same_report_in_other_forms() -> None:
    asked = f"/reports/{SLUG}?to=2024-08&meeting=2026-12-03&format="
    assert list(list_files(REPORT.address).values()) == [
        asked + form for form in ("pdf", "xlsx", "csv", "json")
    ]
    assert list_files(f"/reports/{SLUG}")["PDF"] == f"/reports/{SLUG}?format=pdf"
    page = read()
    for address in list_files(REPORT.address).values():
        assert address in page.xpath("//*[@class='downloads']//a/@href")
        assert address in page.xpath("head/link[@rel='alternate']/@href")


def test_a_page_that_stands_alone_leads_only_to_itself() -> None:
    page = read(is_alone=True, base=None)
    assert not page.findall(".//header")
    assert {one for one in page.xpath("//a/@href | //link/@href") if not one.startswith("#")} == {
        LICENCE,
        "data:,",
    }
    assert write(REPORT.figures[0]) in say(page.xpath("//div[@class='card']")[0])


def test_with_an_address_it_leads_to_the_server_there() -> None:
    base = "https://borough.example.org"
    page = read(is_alone=True, base=f"{base}/")
    there = [one for one in page.xpath("//a/@href") if not one.startswith("#") and one != LICENCE]
    assert there
    assert all(one.startswith(f"{base}/") and not one.startswith(f"{base}//") for one in there)
    assert f"{base}{REPORT.figures[0].cite}" in there
    assert f"{base}{REPORT.address}" in say(page.get_element_by_id("cite"))


def test_a_frozen_report_says_its_hash_and_how_to_check_it() -> None:
    page = read(is_alone=True, sha256=HASH)
    cited = say(page.get_element_by_id("cite"))
    assert HASH in cited
    assert "sha256sum" in cited
    assert f"/reports/frozen/{HASH}?format=json" in page.get_element_by_id("cite").xpath(".//a/@href")
    assert not [
        one for one in page.xpath("//a/@href") if one.startswith(f"/reports/{SLUG}?") and "format" in one
    ]
    assert "frozen" not in say(read().find(".//main")).lower()


def test_the_citation_names_area_months_release_and_address() -> None:
    cited = write_citation(REPORT)
    for part in (REPORT.title, REPORT.period.rstrip("."), RELEASE, "3 November 2024", REPORT.address):
        assert part in cited


def test_sample_data_says_so_at_the_top_and_on_every_printed_page() -> None:
    page = read(make_report(is_sample=True))
    (notice,) = page.xpath("//aside[@class='notice']")
    assert say(notice) == "Sample data, not real."
    assert notice.getnext().tag == "main"
    assert page.find("body").get("class") == "sample"
    assert not read().xpath("//aside")
    assert re.search(r"@page sample \{\s*@top-center \{[^}]*content: \"Sample data, not real\"", read_style())


def test_an_empty_report_is_still_a_page() -> None:
    bare = msgspec.structs.replace(
        REPORT, headlines=(), questions=(), sections=(), cannot_say=(), definitions=(), sources=(), notes=()
    )
    page = read(bare)
    assert page.xpath("//nav[@class='contents']//a/@href") == ["#headlines", "#cite"]
    assert not page.findall(".//table")


def test_a_drawing_without_its_picture_is_an_error() -> None:
    with pytest.raises(KeyError):
        write_report_page(REPORT, {})
