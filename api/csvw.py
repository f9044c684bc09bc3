"""CSV on the Web (W3C, 2015): what the columns of our CSV files mean, for programs. Pure."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from api.charts import SignalRow
from api.datasets import DATASETS
from api.envelope import ATTRIBUTION, LICENCE, SAMPLE_NOTICE
from api.errors import BadParameter, NotFound
from api.fields import AreaMemberRow, describe_fields
from api.model import COMPARATORS, RatioRow, ValueRow, extend_row
from api.negotiation import CSVM
from api.payment_rows import PaymentRow, PaymentTotal
from api.render.as_csv import MARKERS, NOT_AVAILABLE
from api.render.as_parquet import TYPES, read_type
from api.report.model import FigureRow
from api.scorecard import ScorecardRow
from api.standing import ComparisonRow
from api.wire import (
    AreaDetail,
    AreaRow,
    CoverageRow,
    MetricRow,
    PlaceRow,
    ReleaseRow,
    RevisionRow,
    RevisionSummary,
    SourceRow,
)

PATH = "/v1/csvw"
NULLS = tuple(dict.fromkeys((NOT_AVAILABLE, *MARKERS.values())))
SEPARATOR = "; "
DIALECT = {
    "encoding": "utf-8",
    "delimiter": ",",
    "lineTerminators": ["\r\n"],
    "header": True,
    "quoteChar": '"',
}
DATATYPES = {
    TYPES[str]: "string",
    TYPES[bool]: "boolean",
    TYPES[int]: "integer",
    TYPES[float]: "number",
}
LATER = {"date": "date", "datetime": "dateTime"}


class Table(msgspec.Struct, frozen=True):
    """A kind of CSV: its name, what a row is, what it holds in words, and the addresses that give it (a regular expression)."""

    name: str
    row_type: type[msgspec.Struct]
    title: str
    address: str


TABLES: dict[str, Table] = {
    one.name: one
    for one in (
        Table("values", ValueRow, "Figures", r"/v1/(values|boundaries|bulk/values-\w+)"),
        Table(
            "ratios", RatioRow, "Figures, ratios between groups among them", r"/v1/(values|bulk/values-\w+)"
        ),
        Table(
            "comparison", ComparisonRow, "One metric over all areas of a kind", r"/v1/metrics/\w+/comparison"
        ),
        Table("signals", SignalRow, "A monthly series and its signals", "/v1/signals"),
        Table("scorecard", ScorecardRow, "Every metric for one area", r"/v1/areas/[\w-]+/scorecard"),
        Table("areas", AreaRow, "Areas", "/v1/(areas|bulk/areas)"),
        Table("area", AreaDetail, "One area", r"/v1/areas/[\w-]+"),
        Table("area-members", AreaMemberRow, "What areas are made of", "/v1/bulk/area-members"),
        Table("metrics", MetricRow, "Definitions of metrics", r"/v1/(metrics(/\w+)?|bulk/metrics)"),
        Table("coverage", CoverageRow, "Months received", "/v1/(coverage|bulk/coverage)"),
        Table("sources", SourceRow, "Who publishes what", "/v1/(sources|bulk/sources)"),
        Table("releases", ReleaseRow, "Publications of figures", "/v1/(releases|bulk/releases)"),
        Table(
            "revisions",
            RevisionSummary,
            "What changed between two releases",
            "/v1/(revisions|bulk/revisions)",
        ),
        Table("revision-details", RevisionRow, "Figures that changed between two releases", "/v1/revisions"),
        Table("places", PlaceRow, "Places and the areas they lie in", "/v1/locate"),
        Table("payments", PaymentRow, "Payments of councils", r"/v1/areas/[\w-]+/payments"),
        Table("payment-totals", PaymentTotal, "Payments added up", r"/v1/areas/[\w-]+/payments"),
        Table("report", FigureRow, "The figures of a report", r"/reports/[\w/-]+"),
        *(
            Table(
                f"records-{name}",
                dataset.record,
                dataset.title,
                rf"/v1/(records/{name}|bulk/records-{name})",
            )
            for name, dataset in DATASETS.items()
        ),
    )
}
# Of figures, which others may stand beside them.
FIGURES = ("values", "ratios")


def name_table(row_type: type[msgspec.Struct]) -> str | None:
    """The name of the kind of CSV that rows of a type make; None for one without."""
    for table in TABLES.values():
        if table.row_type is row_type:
            return table.name
    if not issubclass(row_type, ValueRow):
        return None
    base = "ratios" if issubclass(row_type, RatioRow) else "values"
    columns = row_type.__struct_fields__
    beside = [name for name, starts in COMPARATORS.items() if any(one.startswith(starts) for one in columns)]
    return ".".join([base, *beside])


def find_table(name: str) -> Table:
    """The kind of CSV of a name: of figures with what stands beside them, as `values.rest_of_met`. Raises NotFound."""
    base, *beside = name.split(".")
    known = [comparator for comparator in COMPARATORS if comparator in beside]
    if base not in TABLES or known != beside or (beside and base not in FIGURES):
        raise NotFound(
            f"There is no table {name!r}. There are {', '.join(TABLES)}.", found=name, allowed=list(TABLES)
        )
    table = TABLES[base]
    if not beside or not issubclass(table.row_type, ValueRow):
        return table
    return msgspec.structs.replace(
        table,
        name=name,
        row_type=extend_row(table.row_type, tuple(known)),
        title=f"{table.title}, beside others",
    )


def check_address(table: Table, address: str | None) -> str:
    """The address of a CSV of ours of this kind. Raises BadParameter for any other."""
    if address is None:
        raise BadParameter(
            "url", None, (), "Say of which CSV: url=/v1/…, as the header Link of the CSV has it."
        )
    parts = urlsplit(address)
    is_ours = not (parts.scheme or parts.netloc or parts.fragment) and re.fullmatch(table.address, parts.path)
    if not is_ours or not re.fullmatch(r"[^\s<>\"\\^`{|}]*", address):
        raise BadParameter(
            "url",
            address,
            (),
            f"url={address!r} is no address of a CSV of {table.name} here: it begins with a path such as /v1/…, as the header "
            "Link of the CSV has it.",
        )
    return address


def write_table_link(row_type: type[msgspec.Struct], address: str) -> str | None:
    """The header's link from a CSV to its metadata; None for rows that no kind of CSV is known of."""
    name = name_table(row_type)
    return None if name is None else link_metadata(name, address)


def link_metadata(name: str, address: str) -> str:
    """The header's link to the metadata of a CSV of a kind at an address."""
    return f'<{write_address(name, address)}>; rel="describedby"; type="{CSVM}"'


def write_address(name: str, address: str) -> str:
    """Where the metadata of a CSV are."""
    return f"{PATH}/{name}?url={quote(address, safe='/')}"


def write_metadata(table: Table, address: str, release: str, *, is_sample: bool) -> dict[str, Any]:
    """The metadata document: JSON-LD, as a program that reads CSV on the Web expects it."""
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": address,
        "dc:title": f"{SAMPLE_NOTICE} {table.title}" if is_sample else table.title,
        "dc:license": {"@id": LICENCE},
        "dc:rights": ATTRIBUTION,
        "schema:version": release,
        "dialect": DIALECT,
        "null": list(NULLS),
    }
    return {**described, "tableSchema": {"columns": list_columns(table.row_type)}}


def list_columns(row_type: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """The columns of a kind of row, in the order of its CSV."""
    words = describe_fields(row_type)
    columns = []
    for field in msgspec.structs.fields(row_type):
        name = field.encode_name
        column: dict[str, Any] = {"name": name, "titles": name, **read_datatype(field.type)}
        if words[name]:
            column["dc:description"] = words[name]
        columns.append(column)
    return columns


def read_datatype(annotation: Any) -> Mapping[str, str]:
    """The type of a column's cells, and what separates them where they are lists."""
    kind = read_type(annotation)
    if kind is None:
        # Deeper than words: JSON in its cell, or `name: value; name: value`.
        return {"datatype": "string"}
    if kind in DATATYPES:
        return {"datatype": DATATYPES[kind]}
    if str(kind).startswith("List"):
        return {"datatype": "string", "separator": SEPARATOR}
    return {"datatype": LATER[str(kind).partition("(")[0].casefold()]}
