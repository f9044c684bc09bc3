"""The report as a page: plain HTML with its drawings in it, no script, one style sheet for screen and print.

What it says stands in the report alone; the template (`api/templates/report.html`) decides in which order it is read.
"""

import re
from collections.abc import Mapping, Sequence

from api.pages.page import write_page
from api.report.as_pdf import QUESTIONS_NOTE
from api.report.closing import LEGEND, list_origins, list_unanswered, share_caveats
from api.report.model import Chart, Report, Section, Table

KINDS = {
    "borough": "London borough",
    "bcu": "Basic Command Unit (BCU)",
    "met_area": "Metropolitan Police area",
    "london": "London",
}
# The same report in other forms, by the word of its link.
FILES = {"PDF": "pdf", "Excel workbook": "xlsx", "CSV": "csv", "JSON": "json"}
TYPES = {
    "PDF": "application/pdf",
    "Excel workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "CSV": "text/csv",
    "JSON": "application/json",
}
# Sites' addresses in a page begin with one slash; what a template escapes holds no quotation mark.
_SITE_LINK = re.compile(r'<(a|link) ([^>]*?)href="/[^"]*"([^>]*)>')
Block = tuple[str, Chart, Table | None]  # its picture, the drawing, the table that says the same


def name_pictures(report: Report, pictures: Sequence[bytes]) -> dict[str, str]:
    """Pictures by the keys that `write_report_page` asks for; given in the order of `report.list_drawings()`."""
    keys = [_name_chart(section, chart) for section in report.sections for chart in section.charts]
    return {key: picture.decode() for key, picture in zip(keys, pictures, strict=True)}


def write_report_page(
    report: Report,
    pictures: Mapping[str, str],
    *,
    is_alone: bool = False,
    base: str | None = "",
    sha256: str | None = None,
) -> bytes:
    """The page. `pictures`: inline SVG by "section.chart" (`name_pictures`); raises KeyError where one lacks.

    `is_alone`: without the site's navigation. `base` is put before addresses on the site, for a page that is read elsewhere;
    with None it leads nowhere but to its own parts. `sha256` is the hash of a frozen report, whose files are linked then.
    """
    definitions, shared = share_caveats(report.definitions)
    page = write_page(
        "report.html",
        title=report.title,
        is_sample=report.is_sample,
        release=report.release,
        here="/reports",
        report=report,
        is_alone=is_alone,
        sha256=sha256,
        kind=KINDS.get(report.area_kind, report.area_kind),
        files=list_files(report.address, sha256),
        is_linked=base is not None,
        types=TYPES,
        links=report.links,
        contents=list_contents(report),
        sections=[(section, *_pair_tables(section, pictures)) for section in report.sections],
        questions_note=QUESTIONS_NOTE,
        unanswered=list_unanswered(report),
        origins=list_origins(report),
        definitions=definitions,
        shared=shared,
        legend=LEGEND,
        citation=write_citation(report, base or "", sha256),
    )
    if base == "":
        return page
    return _SITE_LINK.sub(lambda found: _move_link(found, base), page.decode()).encode()


def list_files(address: str, sha256: str | None = None) -> dict[str, str]:
    """Where the same report is in other forms, by the words of the link."""
    path = f"/reports/frozen/{sha256}" if sha256 else address
    return {name: f"{path}{'&' if '?' in path else '?'}format={form}" for name, form in FILES.items()}


def list_contents(report: Report) -> list[tuple[str, str]]:
    """The parts of the page in their order: anchor and title."""
    parts = [
        (True, "headlines", "At a glance"),
        (bool(report.questions), "questions", "Questions the figures raise"),
        *((True, section.key, section.title) for section in report.sections),
        (bool(report.notes), "notes", "What holds for every figure"),
        (bool(report.cannot_say), "cannot-say", "What these data cannot answer"),
        (bool(report.definitions), "definitions", "Definitions"),
        (bool(report.sources), "sources", "Sources"),
        (True, "cite", "How to cite this report"),
    ]
    return [(key, title) for is_there, key, title in parts if is_there]


def write_citation(report: Report, base: str = "", sha256: str | None = None) -> str:
    """The report in one line of a list of sources."""
    address = f"/reports/frozen/{sha256}" if sha256 else report.address
    period = report.period.rstrip(".")
    return (
        f"Borough accountability, {report.title}, {period}, release {report.release.release} "
        f"({report.release.published_at:%-d %B %Y}), {base.rstrip('/')}{address}"
    )


def _pair_tables(section: Section, pictures: Mapping[str, str]) -> tuple[list[Block], list[Table]]:
    """The charts, each with the table that says the same, and the tables that no chart shows."""
    tables = {table.key: table for table in section.tables}
    blocks = [
        (pictures[_name_chart(section, chart)], chart, tables.pop(chart.table, None))
        for chart in section.charts
    ]
    return blocks, list(tables.values())


def _name_chart(section: Section, chart: Chart) -> str:
    return f"{section.key}.{chart.key}"


def _move_link(found: re.Match[str], base: str | None) -> str:
    """A link of the site as a page that is read elsewhere has it."""
    if base is not None:
        return found[0].replace('href="/', f'href="{base.rstrip("/")}/')
    return "" if found[1] == "link" else "<a>"
