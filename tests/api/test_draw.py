"""Pictures of drawings: every kind, in every form, with what is missing, long, alone and many."""

import re
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from api.draw.drawings import (
    DotsDrawing,
    Drawing,
    FunnelDrawing,
    Mark,
    StripDrawing,
    read_drawing,
    write_drawing,
)
from api.draw.looks import COLOURS, WIDTH
from api.draw.picture import draw
from api.draw.plane import build_plane
from api.draw.specs import lay_out
from api.draw.ticks import find_range, place_ratios, place_ticks, write_tick
from api.draw.typeset import typeset
from tests.api.drawn import AWKWARD, MONTHS, TEXT, TITLE, WORDS, make_all, make_marks, make_series

SVG = "{http://www.w3.org/2000/svg}"
MANY = make_all(make_marks(33))
NOTHING = tuple(Mark(f"Borough {number}", None, position="No data") for number in range(3))
LONG = tuple(
    Mark(f"{AWKWARD} {number}", number + 1.0, position="Higher", is_own=number == 1) for number in range(3)
)
SETS = {
    "many": MANY,
    "long": make_all(LONG),
    "one": make_all(make_marks(1)),
    "nothing": make_all(NOTHING),
    "none": make_all(()),
}
EVERY = [
    (f"{kind}, {name}", drawing) for name, drawings in SETS.items() for kind, drawing in drawings.items()
]


@pytest.mark.parametrize("drawing", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_a_page_gets_a_picture_in_its_own_colours_without_style_script_or_id(drawing: Drawing) -> None:
    written = draw(drawing, "page").decode()
    root = ElementTree.fromstring(written)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == TEXT
    assert root.attrib["width"] == "100%"
    assert "height" not in root.attrib
    found = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert found <= {"svg", "g", "path", "line", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not attributes & {"style", "id", "href", "font-family", "onload", "clip-path"}
    assert {element.attrib.get("class") for element in root.iter()} == {"drawing", None}
    colours = {element.attrib.get(name) for element in root.iter() for name in ("fill", "stroke")} - {
        None,
        "none",
    }
    assert colours <= {f"var(--{name},{colour})" for name, colour in COLOURS.values()}
    assert "NaN" not in written
    assert "Infinity" not in written


@pytest.mark.parametrize("drawing", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_text_is_large_enough_and_inside_the_picture(drawing: Drawing) -> None:
    root = ElementTree.fromstring(draw(drawing, "page"))
    high = float(root.attrib["viewBox"].split()[3])
    for text, across, down in find_texts(root):
        assert float(text.attrib["font-size"]) >= 11
        wide = len(text.text or "") * float(text.attrib["font-size"]) * 0.55
        left = across - wide * {"start": 0, "middle": 0.5, "end": 1}[text.attrib["text-anchor"]]
        assert left >= -1, text.text
        assert left + wide <= WIDTH + 1, text.text
        assert 0 <= down <= high, text.text


@pytest.mark.parametrize("kind", MANY)
def test_a_file_says_its_title_and_text_and_has_no_variables(kind: str) -> None:
    written = draw(MANY[kind], "svg")
    root = ElementTree.fromstring(written)
    title, text = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert text is not None
    assert (title.text, text.text) == (TITLE, TEXT)
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], text.attrib["id"]]
    assert b"var(" not in written
    colours = {element.attrib.get(name) for element in root.iter() for name in ("fill", "stroke")} - {
        None,
        "none",
    }
    assert colours <= {colour for _, colour in COLOURS.values()}


@pytest.mark.parametrize("kind", MANY)
def test_equal_drawings_are_equal_bytes_whatever_was_drawn_between(kind: str) -> None:
    first = [draw(MANY[kind], form) for form in ("page", "svg")]
    draw(MANY["map"], "page")
    again = read_drawing(write_drawing(MANY[kind]))
    assert [draw(again, form) for form in ("page", "svg")] == first


def test_files_of_pixels_and_of_paper_are_the_same_each_time() -> None:
    png, pdf = draw(MANY["strip"], "png"), draw(MANY["strip"], "pdf")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == 2 * WIDTH
    assert pdf[:5] == b"%PDF-"
    assert b"pdfuaid" in pdf
    assert (draw(MANY["strip"], "png"), draw(MANY["strip"], "pdf")) == (png, pdf)


def test_names_are_text_and_never_markup() -> None:
    for kind in ("dots", "years", "bands", "calendar"):
        words = " ".join(
            text.text or "" for text, _, _ in find_texts(ElementTree.fromstring(draw(MANY[kind], "page")))
        )
        assert AWKWARD.split()[2] in words
        assert b"<b>" not in draw(MANY[kind], "page")


def test_letters_that_xml_cannot_write_are_left_out() -> None:
    drawing = StripDrawing(**WORDS, marks=(Mark("Hack\x00ney\x1b", 1.0, is_own=True),))
    assert "Hackney 1.0" in [
        text.text for text, _, _ in find_texts(ElementTree.fromstring(draw(drawing, "page")))
    ]


def test_points_stand_where_the_scale_puts_them() -> None:
    """Read back from the picture: a scale from 0 to 3 over the pixels between its own first and last rule."""
    values = [1.0, 2.5, None, 2.0, 0.5, 2.9] + [1.5] * 18
    root = ElementTree.fromstring(draw(make_series(tuple(zip(MONTHS, values, strict=True))), "page"))
    levels = {
        float(text.text or ""): down
        for text, _, down in find_texts(root)
        if re.fullmatch(r"[0-3]", text.text or "")
    }
    assert set(levels) == {0.0, 1.0, 2.0, 3.0}
    points = [place for path, place in find_marks(root) if "var(--accent" in path.attrib.get("fill", "")]
    assert len(points) == 23
    drawn = [value for value in values if value is not None]
    months = [number for number, value in enumerate(values) if value is not None]
    each = (levels[0.0] - levels[3.0]) / 3
    # The letters of a number stand a little lower than its rule: so compare with the first point.
    expected = [points[0][1] - (value - drawn[0]) * each for value in drawn]
    assert [down for _, down in points] == pytest.approx(expected, abs=0.02)
    wide = (points[-1][0] - points[0][0]) / (months[-1] - months[0])
    assert [across for across, _ in points] == pytest.approx(
        [points[0][0] + number * wide for number in months], abs=0.02
    )


def test_a_gap_is_not_joined_and_says_so() -> None:
    values = [1.0, 2.0, None, None, 2.0, 1.0, None, 3.0] + [1.0] * 16
    root = ElementTree.fromstring(draw(make_series(tuple(zip(MONTHS, values, strict=True))), "page"))
    lines = [
        path.attrib["d"].count("L")
        for path in root.iter(f"{SVG}path")
        if "var(--accent" in path.attrib.get("stroke", "") and "fill" not in path.attrib
    ]
    # 2 months, 2 months, 9 months up to the break, 8 after it: one piece fewer than months each.
    assert lines == [1, 1, 8, 7]
    assert [text.text for text, _, _ in find_texts(root)].count("[x]") == 2


def test_the_own_mark_is_larger_and_filled_and_shapes_say_positions() -> None:
    marks = (
        Mark("Camden", 1.0, position="Lower"),
        Mark("Hackney", 5.0, position="Higher", is_own=True),
        Mark("Brent", 3.0, position="Similar"),
        Mark("Barnet", None, position="No data"),
    )
    plane = lay_out(StripDrawing(**WORDS, marks=marks))
    drawn = {point.x: point for point in plane.points if point.y > 0 and point.y < plane.height}
    assert {x: drawn[x].shape for x in (1.0, 3.0, 5.0)} == {
        1.0: "triangle-down",
        3.0: "circle",
        5.0: "triangle-up",
    }
    assert drawn[5.0].size > 2 * drawn[1.0].size
    assert drawn[5.0].fill != drawn[1.0].fill
    said = [text.text for text in plane.texts]
    assert "Hackney 5.0" in said
    assert "[x] No figure: Barnet." in said


def test_a_figure_without_a_position_does_not_look_like_similar() -> None:
    marks = (
        Mark("Brent", 3.0, position="Similar"),
        Mark("Denby", 9.0, position="No data"),
        Mark("Barnet", None, position="No data"),
    )
    sizes: dict[str, Any] = {
        "sizes": (1.0, 2.0, None),
        "size_unit": "residents",
        "target": None,
        "limits": (),
    }
    drawings: tuple[StripDrawing | DotsDrawing | FunnelDrawing, ...] = (
        StripDrawing(**WORDS, marks=marks),
        DotsDrawing(**WORDS, marks=marks),
        FunnelDrawing(**WORDS, marks=marks, **sizes),
    )
    for drawing in drawings:
        plane = lay_out(drawing)
        # one of each among the figures, one of each in the legend
        assert sorted(point.shape for point in plane.points) == ["circle", "circle", "diamond", "diamond"]
        said = [text.text for text in plane.texts]
        assert said.count("Similar") == said.count("Not placed") == 1
        alone = lay_out(msgspec.structs.replace(drawing, marks=(marks[0], marks[2], marks[2])))
        assert "Not placed" not in [text.text for text in alone.texts]
        svg = draw(drawing, "page").decode()
        assert "Not placed" in svg


@pytest.mark.parametrize("kind", ["dots", "years", "bands"])
def test_a_mark_without_a_figure_has_a_line_that_says_so(kind: str) -> None:
    said = [
        text.text for text, _, _ in find_texts(ElementTree.fromstring(draw(SETS["nothing"][kind], "page")))
    ]
    assert said.count("[x]") == len(NOTHING)
    assert "0" not in said


def test_what_a_picture_says_is_in_its_drawing() -> None:
    """No number comes from elsewhere: those of the axes are round, those beside marks are the marks'."""
    plane = lay_out(MANY["dots"])
    shown = {text.text for text in plane.texts if re.fullmatch(r"\d+\.\d+", text.text)}
    given = {
        f"{mark.value:.1f}" if mark.value else "0.00" for mark in make_marks(33) if mark.value is not None
    }
    assert shown == given


def test_the_specification_is_one_that_vega_lite_knows() -> None:
    assert build_plane(False, is_checked=True) == build_plane(False)
    assert build_plane(True, is_checked=True) == build_plane(True)


def test_axes_have_round_numbers_with_their_sign_and_no_more_digits_than_needed() -> None:
    given = [
        ("share", 0.0, 0.3),
        ("rate", 0.0, 27.8),
        ("rate", 0.1, 0.9),
        ("amount", 0, 3.1e6),
        ("per_head", -2, 7),
        ("ratio", 0, 2.2),
    ]
    said = []
    for statistic, low, high in given:
        ticks = place_ticks(low, high, 4)
        said.append(" ".join(write_tick(statistic, tick, ticks[1] - ticks[0]) for tick in ticks))
    assert said == [
        "0% 10% 20% 30%",
        "0 10 20 30",
        "0.0 0.5 1.0",
        "£0 £2,000,000 £4,000,000",
        "-£5 £0 £5 £10",
        "0 1 2 3",
    ]
    assert find_range([3.0, 30.0]) == (0.0, 30.0)
    assert find_range([28.0, 30.0]) == (28.0, 30.0)
    assert find_range([28.0, 30.0], from_zero=True) == (0.0, 30.0)
    assert find_range([None]) == (0.0, 1.0)
    assert place_ratios(0.83, 4.1) == [0.5, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_figure_without_a_text_alternative_fails() -> None:
    files = {"picture.svg": draw(MANY["strip"], "bare")}
    document = '#set document(title: "A report")\n#set text(lang: "en")\n= A report\n#figure(image("picture.svg"{alt}))'
    assert typeset(document.replace("{alt}", ', alt: "Marks on a line"').encode(), files).startswith(b"%PDF-")
    with pytest.raises(ValueError, match=r"missing alt text"):
        typeset(document.replace("{alt}", "").encode(), files)


def find_texts(root: ElementTree.Element) -> list[tuple[ElementTree.Element, float, float]]:
    """Every text with where it stands in the picture."""
    return [(element, *place) for element, place in walk(root, (0.0, 0.0)) if element.tag == f"{SVG}text"]


def find_marks(root: ElementTree.Element) -> list[tuple[ElementTree.Element, tuple[float, float]]]:
    """Every path that has been moved to its place, which symbols are."""
    return [
        (one, place)
        for one, place in walk(root, (0.0, 0.0))
        if one.tag == f"{SVG}path" and "transform" in one.attrib
    ]


def walk(
    element: ElementTree.Element, at: tuple[float, float]
) -> list[tuple[ElementTree.Element, tuple[float, float]]]:
    """Every element with the sum of the moves above it and its own."""
    moved = re.search(r"translate\(([-\d.e]+),([-\d.e]+)\)", element.attrib.get("transform", ""))
    place = (at[0] + float(moved[1]), at[1] + float(moved[2])) if moved else at
    return [(element, place), *(found for child in element for found in walk(child, place))]
