"""The areas that have a report, as tables. Pure."""

from collections.abc import Sequence

from api.report.model import Cell, Column, Table
from api.snapshot import Area

KINDS = (
    ("borough", "The 33 boroughs"),
    ("bcu", "The Met's Basic Command Units (BCUs)"),
    ("met_area", "All of the Met"),
    ("london", "All of London"),
)
COLUMNS = (
    Column("area", "Area"),
    Column("pdf", "To print"),
    Column("xlsx", "Spreadsheet"),
    Column("json", "For programs"),
)
FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("json", "JSON"))


def make_tables(areas: Sequence[Area]) -> list[tuple[str, Table]]:
    """A title and a table for each kind of area: the report's page, and the same report as a file."""
    return [
        (
            title,
            Table(
                key=kind,
                title=f"{title}: each report as a page and as files",
                columns=COLUMNS,
                rows=tuple(_list_links(area) for area in found),
            ),
        )
        for kind, title in KINDS
        if (found := [area for area in areas if area.area_kind == kind])
    ]


def _list_links(area: Area) -> tuple[Cell, ...]:
    page = f"/reports/{area.slug}"
    files = [Cell(f"{area.area_name} {words}", href=f"{page}?format={name}") for name, words in FORMATS]
    return (Cell(area.area_name, href=page), *files)
