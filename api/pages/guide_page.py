"""The guide to the data: examples to copy, formats, releases, feeds, embeds, limits."""

from typing import Any

from api.embedding import CHART_SIZE, FIGURE_SIZE, write_snippet
from api.figures.windows import text_of
from api.limits import LOCATE_PLACES, RECORDS_PER_FILE, RECORDS_PER_PAGE
from api.pages.guide_examples import MARKERS, list_examples
from api.render.formats import FORMATS
from api.report.model import Cell, Column, Table
from api.respond import MAP
from api.show import SHORTHAND
from api.snapshot import Snapshot
from api.values import MOST_ROWS

YEAR = 12
FORMAT_NAMES = {"parquet": "Parquet", "geojson": "GeoJSON", "gpkg": "GeoPackage"}
FORMAT_WORDS = {
    "json": "For programs: figures with everything that is known of them. The default.",
    "csv": "For spreadsheets and programs: a line a figure, in UTF-8. The columns are described in the file that its Link "
    "header names (CSVW).",
    "xlsx": "For people with a spreadsheet: a cover, notes and one table a sheet, with real numbers.",
    "ods": "The same for LibreOffice and other spreadsheets that read OpenDocument.",
    "parquet": "For analysts: columns with their types; what is not there is null.",
    "geojson": "For maps: areas as shapes (WGS 84), each with its figure.",
    "gpkg": "For geographical information systems: the same as a GeoPackage.",
}


def write_guide(snapshot: Snapshot, origin: str) -> dict[str, Any]:
    """The variables of the template `guide.html`. `origin`: under which address this server was asked."""
    last = snapshot.last_month("stop_search")
    if last is None:
        months = [month for by_month in snapshot.coverage.values() for month in by_month]
        last = max(months, default=2024 * YEAR + 7)
    first, until = text_of(last - YEAR + 1), text_of(last)
    release = snapshot.release.release if snapshot.release else ""
    question = f"metric=stop_search_rate&area=hackney&from={first}&to={until}"
    figure = f"/embed/figure/stop_search_rate/hackney?to={until}"
    chart = f"/embed/chart/stop_search_rate?area=hackney&kind=dots&to={until}"
    return {
        "origin": origin,
        "examples": list_examples(origin, first, until),
        "formats": tabulate_formats(question),
        "markers": [(marker, SHORTHAND[marker]) for marker in MARKERS],
        "then": f"/v1/values?{question}&as_of={release}",
        "cited": f"/figures/stop_search_rate/hackney?to={until}&as_of={release}",
        "figure": figure,
        "chart": chart,
        "figure_code": write_snippet(origin, figure, "Searches per 1,000 residents, Hackney", FIGURE_SIZE),
        "chart_code": write_snippet(origin, chart, "Searches per 1,000 residents, all boroughs", CHART_SIZE),
        "most_rows": MOST_ROWS,
        "most_places": LOCATE_PLACES,
        "most_records": RECORDS_PER_FILE,
        "page_records": RECORDS_PER_PAGE,
    }


def tabulate_formats(question: str) -> Table:
    """The formats that a list of figures has, each with an address."""
    rows = [
        (
            Cell(FORMAT_NAMES.get(name, name.upper())),
            Cell(FORMAT_WORDS.get(name, one.media_type)),
            Cell(f"format={name}", href=f"/v1/values?{question}&format={name}"),
            Cell(one.media_type),
        )
        for name in MAP
        if (one := FORMATS.get(name)) is not None
    ]
    return Table(
        key="formats",
        title="Formats of the figures",
        columns=(
            Column("format", "Format"),
            Column("for", "For what"),
            Column("parameter", "Parameter"),
            Column("accept", "Or by the header Accept"),
        ),
        rows=tuple(rows),
    )
