"""A drawing as a picture in each form. Only the process that draws imports this."""

import re
import textwrap
from hashlib import sha256
from html import escape

import msgspec
import vl_convert

from api.draw.drawings import Drawing, write_drawing
from api.draw.jobs import Form
from api.draw.looks import COLOURS, FONT, INK, PAPER, WIDTH
from api.draw.plane import Plane
from api.draw.specs import lay_out
from api.draw.typeset import FONTS, typeset
from api.envelope import ATTRIBUTION

PNG_SCALE = 2.0
# Above and below a picture that stands alone: sizes in pixels, letters that a line holds at that size.
MARGIN = 4.0
TITLE_SIZE, TITLE_LINE, TITLE_LETTERS = 14.0, 18.0, 60
SOURCE_SIZE, SOURCE_LINE, SOURCE_LETTERS = 8.5, 11.0, 104
FAMILY = f"'{FONT}', Arial, Helvetica, sans-serif"
# What Vega says about its own scene, which is no use to a reader, and attributes that are empty.
CHATTER = re.compile(
    r" (?:xmlns:xlink|version|class|role|aria-[a-z]+|pointer-events|stroke-miterlimit|stroke-dasharray|font-weight)"
    r'="(?:http://www\.w3\.org/1999/xlink|1\.1|[a-z]+-[^"]*|true|marks|background|foreground|none|10||normal|graphics-[a-z]+)"'
)
UNSEEN = re.compile(r'<path d="M[^"]*"( display="none")?/>|<path d=""[^>]*/>')
EMPTY = re.compile(r"<g[^>]*></g>")
TAG = re.compile(r"<[^>]+>")
LONG = re.compile(r"-?\d+\.\d{3,}")
ROOT = re.compile(r"<svg[^>]*>")
SIZE = re.compile(r'font-family="[^"]*" font-size="-([\d.]+)px"')
# XML has no way to write these.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


SHEET = """
#let words = json("words.json")
#set document(title: words.title)
#set text(font: "Source Sans Pro", lang: "en", region: "GB", size: 11pt)
#set page(paper: "a4", margin: 20mm)
#heading(level: 1, words.title)
#figure(image("picture.svg", width: 120mm, alt: words.text))
#words.text

#text(size: 9pt, words.source)
"""


def draw(drawing: Drawing, form: Form) -> bytes:
    """A drawing in a form: equal drawings are equal bytes.

    "page": SVG to stand in our own pages: colours are variables of the style sheet, letters those of the page, `aria-label` is
    the drawing's text, and no id, style or script is in it. "bare": SVG for a document that says the title beside it. "svg",
    "png" (twice the pixels) and "pdf" (PDF/UA-1) stand alone, and show the title and whose figures they are.
    """
    plane = lay_out(drawing)
    body = clean(vl_convert.vega_to_svg(plane.write_vega(), allowed_base_urls=[]))
    if form == "page":
        return colour_page(body, drawing, plane).encode()
    svg = colour_file(body, drawing, plane, is_alone=form in ("svg", "png"))
    match form:
        case "bare" | "svg":
            return svg.encode()
        case "png":
            vl_convert.register_font_directory(str(FONTS))
            return vl_convert.svg_to_png(svg, scale=PNG_SCALE)
        case "pdf":
            return typeset(*write_sheet(drawing, svg))


def clean(svg: str) -> str:
    """What Vega draws, without what it says about its scene, with the sizes of letters, and with two decimals."""
    svg = TAG.sub(lambda tag: _shorten(tag[0]), UNWRITABLE.sub("", svg))
    while (shorter := EMPTY.sub("", UNSEEN.sub("", svg))) != svg:
        svg = shorter
    return ROOT.sub("", svg, count=1).removesuffix("</svg>")


def colour_page(body: str, drawing: Drawing, plane: Plane) -> str:
    """The picture for a page: as wide as its place there."""
    for stand_in, (name, colour) in COLOURS.items():
        body = body.replace(stand_in, f"var(--{name},{colour})")
    label = escape(UNWRITABLE.sub("", drawing.text))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {WIDTH} {_height(plane)}" width="100%" '
        f'role="img" aria-label="{label}">{body}</svg>'
    )


def colour_file(body: str, drawing: Drawing, plane: Plane, *, is_alone: bool) -> str:
    """The picture as a file: on paper, with its title and its text in it; seen above and below it where it `is_alone`."""
    height = _height(plane)
    if is_alone:
        above, below = textwrap.wrap(drawing.title, TITLE_LETTERS), textwrap.wrap(ATTRIBUTION, SOURCE_LETTERS)
        top = TITLE_LINE * len(above) + TITLE_LINE / 2
        lines = [
            _write_line(words, TITLE_LINE * (place + 1), TITLE_SIZE, "bold")
            for place, words in enumerate(above)
        ]
        lines += [
            _write_line(words, top + height + SOURCE_LINE * (place + 1), SOURCE_SIZE, "normal")
            for place, words in enumerate(below)
        ]
        body = f'<g transform="translate(0,{top:g})">{body}</g>{"".join(lines)}'
        height += round(top + SOURCE_LINE * (len(below) + 1))
    for stand_in, (_, colour) in COLOURS.items():
        body = body.replace(stand_in, colour)
    key = sha256(write_drawing(drawing)).hexdigest()[:12]
    title, text = (escape(UNWRITABLE.sub("", words)) for words in (drawing.title, drawing.text))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="title-{key} text-{key}" '
        f'font-family="{FAMILY}">'
        f'<title id="title-{key}">{title}</title><desc id="text-{key}">{text}</desc>'
        f'<rect width="{WIDTH}" height="{height}" fill="{COLOURS[PAPER][1]}"/>{body}</svg>'
    )


def write_sheet(drawing: Drawing, svg: str) -> tuple[bytes, dict[str, bytes]]:
    """A typst document of one picture: its title, the picture, its text, whose figures these are."""
    words = {"title": drawing.title, "text": drawing.text, "source": ATTRIBUTION}
    return SHEET.encode(), {"picture.svg": svg.encode(), "words.json": msgspec.json.encode(words)}


def _write_line(words: str, y: float, size: float, weight: str) -> str:
    told = escape(UNWRITABLE.sub("", words))
    return f'<text x="{MARGIN:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" fill="{INK}">{told}</text>'


def _height(plane: Plane) -> int:
    return round(plane.top + plane.height + plane.bottom)


def _shorten(tag: str) -> str:
    tag = LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), tag)
    return SIZE.sub(r'font-size="\1"', CHATTER.sub("", tag))
