"""The printed report: the document as data for a typst template, and its drawings as files (PDF/UA-1).

The template (`api/templates/report.typ`) decides how it looks, this what it is given. A drawing without a text alternative
fails the build, as does anything else that PDF/UA-1 forbids.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from api.draw.drawings import Drawing, MapDrawing, StripDrawing
from api.draw.workshop import Workshop
from api.envelope import ATTRIBUTION, LICENCE, LICENCE_NAME, SAMPLE_NOTICE
from api.pages.page import FOLDER
from api.report.closing import LEGEND, list_origins, list_unanswered, share_caveats
from api.report.model import Cell, Chart, Column, Headline, Report, Section, Table
from api.show import SHAPES, SHORTHAND

DATA = "report.json"
TEMPLATE = "report.typ"
QUESTIONS_NOTE = (
    "Each question comes from a fixed template and rests on the figure that it names. A question is not a finding: the figures "
    "show that something differs, never why."
)
HEADLINE_COLUMNS = (
    Column("title", "Figure"),
    Column("figure", "Value", "number"),
    Column("interval", "95% interval", "number"),
    Column("position", "Among others"),
    Column("change", "Against the year before"),
)
# How wide a column of words is beside one of numbers, by the longest word-run it has to hold.
WORDY = 28
MOST_LINES = 8
# Tables with more lines than these are set in small type.
LONG = 20


async def write_report_pdf(report: Report, workshop: Workshop, base: str = "") -> bytes:
    """The report as PDF/UA-1. `base` is the address of the server that has the report; with none, nothing is linked.

    Raises ApiError where it cannot be set.
    """
    drawings = report.list_drawings()
    pictures = await workshop.draw_all(drawings, "bare")
    files = {_name_file(place): picture for place, picture in enumerate(pictures)}
    files[DATA] = msgspec.json.encode(describe_report(report, base))
    return await workshop.typeset((FOLDER / TEMPLATE).read_bytes(), files)


def describe_report(report: Report, base: str = "") -> dict[str, Any]:
    """What the template is given: plain data, every word of it from the report."""
    definitions, shared = share_caveats(report.definitions)
    places = {id(drawing): place for place, drawing in enumerate(report.list_drawings())}
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "period": report.period,
        "known": report.known,
        "release": report.release.release,
        "is_sample": report.is_sample,
        "sample_notice": SAMPLE_NOTICE,
        "base": base.rstrip("/"),
        "footer": report.area_name,
        "summary": report.summary,
        "headlines": _describe_table(_list_headlines(report.headlines)),
        "legend": f"{_list_shapes()}: {LEGEND}",
        "questions_note": QUESTIONS_NOTE,
        "questions": msgspec.to_builtins(report.questions),
        "sections": [_describe_section(section, places) for section in report.sections],
        "cannot_say": _describe_table(list_unanswered(report)),
        "notes": report.notes,
        "shorthand": _describe_table(_list_shorthand()),
        "definitions": msgspec.to_builtins(definitions),
        "shared": msgspec.to_builtins(shared),
        "sources": _describe_table(list_origins(report)),
        "attribution": ATTRIBUTION,
        "licence": LICENCE,
        "licence_name": LICENCE_NAME,
    }


def _describe_section(section: Section, places: dict[int, int]) -> dict[str, Any]:
    """A section with its charts, each before its table, then the tables that no chart shows."""
    tables = {table.key: table for table in section.tables}
    blocks: list[dict[str, Any]] = []
    for chart in section.charts:
        blocks.append(_describe_chart(chart, places[id(chart.drawing)]))
        if (table := tables.pop(chart.table, None)) is not None:
            blocks.append(_describe_table(table))
    blocks += [_describe_table(table) for table in tables.values()]
    return {
        "title": section.title,
        "sentences": section.sentences,
        "blocks": blocks,
        "notes": section.notes,
    }


def _describe_chart(chart: Chart, place: int) -> dict[str, Any]:
    drawing: Drawing = chart.drawing
    return {
        "kind": "chart",
        "file": _name_file(place),
        "title": drawing.title,
        "alt": drawing.text,
        "width": _find_width(drawing),
    }


def _find_width(drawing: Drawing) -> float:
    """How much of the line a drawing takes: its words are then about as large as those around it."""
    return 0.7 if isinstance(drawing, MapDrawing) else 0.85 if isinstance(drawing, StripDrawing) else 0.75


def _name_file(place: int) -> str:
    return f"drawing-{place}.svg"


def _describe_table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "title": table.title,
        "columns": [{"title": column.title, "is_number": column.is_number} for column in table.columns],
        "widths": _find_widths(table),
        "rows": [[_describe_cell(cell) for cell in row] for row in table.rows],
        "own": table.own,
        "notes": table.notes,
        "is_dense": len(table.rows) > LONG,
    }


def _describe_cell(cell: Cell) -> dict[str, Any]:
    shape = SHAPES[cell.position] if cell.position else None
    return {"text": cell.text, "note": cell.note, "href": cell.href, "shape": shape}


def _find_widths(table: Table) -> list[float]:
    """A share of the line for each column of words that may run on; 0 for columns as wide as what they hold."""
    longest = [
        max(
            [
                len(column.title),
                *(max(len(row[place].text), len(row[place].note or "")) for row in table.rows),
            ]
        )
        for place, column in enumerate(table.columns)
    ]
    if sum(longest) <= WORDY * 4:
        # All of it fits on a line: the first column takes what is left.
        return [1.0, *([0.0] * (len(longest) - 1))]
    return [
        float(min(length, WORDY * MOST_LINES)) ** 0.5 if length > WORDY / 2 else 0.0 for length in longest
    ]


def _list_shapes() -> str:
    return ", ".join(f"{shape} {word}" for word, shape in SHAPES.items())


def _list_headlines(headlines: Sequence[Headline]) -> Table:
    rows = tuple(
        (
            Cell(one.title, href=one.href, note=one.period),
            Cell(one.figure, note=one.unit),
            Cell(one.interval),
            Cell(one.position, position=one.position, note=one.position_note or None),
            Cell(one.change),
        )
        for one in headlines
    )
    return Table(key="headlines", title="Headline figures", columns=HEADLINE_COLUMNS, rows=rows)


def _list_shorthand() -> Table:
    columns = (Column("sign", "Sign"), Column("meaning", "What it means"))
    rows = tuple((Cell(sign), Cell(meaning)) for sign, meaning in SHORTHAND.items())
    return Table(key="shorthand", title="Signs in place of figures", columns=columns, rows=rows)
