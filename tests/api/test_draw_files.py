"""Given a picture that leaves the site, expect it to show what it is and whose figures it has; beside words, expect it bare."""

import textwrap
from xml.etree import ElementTree

from api.draw.picture import SOURCE_LETTERS, TITLE_LETTERS, draw
from api.envelope import ATTRIBUTION
from tests.api.drawn import TITLE, make_all, make_marks

TEXT = "{http://www.w3.org/2000/svg}text"
DRAWING = make_all(make_marks(5))["strip"]


def read_lines(picture: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(TEXT)]


def read_height(picture: bytes) -> float:
    return float(ElementTree.fromstring(picture).attrib["height"])


def test_a_file_shows_its_title_and_its_source() -> None:
    lines = read_lines(draw(DRAWING, "svg"))
    assert all(line in lines for line in textwrap.wrap(TITLE, TITLE_LETTERS))
    assert all(line in lines for line in textwrap.wrap(ATTRIBUTION, SOURCE_LETTERS))


def test_beside_a_caption_it_has_neither_and_is_less_high() -> None:
    bare = draw(DRAWING, "bare")
    assert not set(read_lines(bare)) & {
        *textwrap.wrap(TITLE, TITLE_LETTERS),
        *textwrap.wrap(ATTRIBUTION, SOURCE_LETTERS),
    }
    assert read_height(bare) < read_height(draw(DRAWING, "svg"))
