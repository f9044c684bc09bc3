"""/v1/bulk: everything at once, table by table or as one data package."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.bulk.folder import FORMER
from api.bulk.stream import open_frames, stream_lines, stream_package
from api.bulk.tables import BulkTable, choose_tables, find_table, list_tables
from api.csvw import write_address
from api.documentation import FileOperation, PackageOperation, describe_list, describe_problems
from api.errors import BadParameter, NotFound
from api.file_names import join
from api.parameters import AsOfQuery, FormatQuery
from api.recall import recall
from api.record_files import Exports, stream_parquet
from api.records import check_release
from api.releases import Releases
from api.respond import AnyRequest, find_format, respond
from api.send import send_file

PACKAGE = ("json", "zip")
FILES = ("csv", "parquet")
ABOUT = '</v1/bulk>; rel="describedby"; title="Which tables there are."'


class BulkRow(msgspec.Struct, frozen=True):
    """A table of the export of everything, and where to get it. `metadata`: what its columns mean."""

    name: str
    title: str
    description: str
    columns: tuple[str, ...]
    csv: str
    parquet: str
    metadata: str


SOURCES = {
    "name": "sources",
    "title": "Sources",
    "description": "Who publishes what, under which licence.",
    "columns": ["source", "title", "publisher"],
    "csv": "/v1/bulk/sources?format=csv",
    "parquet": "/v1/bulk/sources?format=parquet",
    "metadata": "/v1/csvw/sources?url=/v1/bulk/sources%3Fformat%3Dcsv",
}


class BulkController(Controller):
    """Everything."""

    path = "/v1/bulk"
    tags = ("Files",)

    @get(
        operation_id="listTables",
        summary="Everything at once",
        description="Which tables there are, with links to each as CSV and Parquet. `format=zip`: all of them as one Frictionless "
        "Data Package, with the schemas, the licences, and the length and SHA-256 of every file; it is sent as it is written, "
        "which takes minutes.",
        operation_class=PackageOperation,
        responses=describe_list(BulkRow, SOURCES, "/v1/bulk"),
    )
    async def list_tables(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        exports: NamedDependency[Exports],
        table: Annotated[
            list[str] | None,
            QueryParameter(
                description="Only these tables; repeat for several. `values` and `records` stand for all of theirs.",
                examples=[Example(summary="Areas and all figures", value=["areas", "values"])],
            ),
        ] = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[Any]:
        """The list, or the package."""
        snapshot = releases.snapshot
        chosen = find_format(request, PACKAGE)
        async with releases.connection() as connection:
            former = await recall(connection, snapshot, as_of)
        is_former = former.release_id != snapshot.release_id
        try:
            tables = choose_tables(table or (), has_records=not is_former)
        except NotFound as error:
            names = [*list_tables(has_records=not is_former), "values", "records"]
            raise BadParameter("table", str(error.members.get("found")), names) from None
        if chosen.name == "zip":
            exports.check()
            left_out = [FORMER] if is_former else []
            pieces = stream_package(exports, releases.connection, former, tables, as_of, left_out)
            name = join(["package", *(table or ()), former.release.release if former.release else ""])
            return send_file(request, former, name.removesuffix("-sample"), chosen, pieces, ABOUT)
        rows = [_describe(one) for one in tables]
        return await respond(request, former, rows, BulkRow, name="bulk", offered=PACKAGE)

    @get(
        "/{table:str}",
        operation_id="getTable",
        summary="One table, whole",
        description="A table of the list as CSV (the default) or Parquet, sent as it is written. Figures are those of /v1/values, "
        "records those of /v1/records: what is withheld there is withheld here.",
        operation_class=FileOperation,
        responses={200: FileOperation.describe(), **describe_problems(400, 404, 406, 503)},
    )
    async def get_table(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        exports: NamedDependency[Exports],
        table: Annotated[
            str,
            PathParameter(
                description="The name of the table, as /v1/bulk has it.",
                examples=[Example(summary="Figures of one metric", value="values-stop_search_rate")],
            ),
        ],
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[Any]:
        """One table."""
        snapshot = releases.snapshot
        chosen = find_format(request, FILES)
        found = find_table(table)
        if found.dataset is not None:
            check_release(snapshot, as_of)
        async with releases.connection() as connection:
            former = await recall(connection, snapshot, as_of)
        exports.check()
        if chosen.name == "csv":
            pieces = stream_lines(exports, releases.connection, former, found, as_of)
        else:
            reading = open_frames(releases.connection, former, found, as_of)
            pieces = stream_parquet(exports, former, reading)
        name = join(["bulk", found.name])
        return send_file(request, former, name, chosen, pieces, ABOUT, table=found.csvw)


def _describe(table: BulkTable) -> BulkRow:
    address = _address(table, "csv")
    return BulkRow(
        name=table.name,
        title=table.title,
        description=table.description,
        columns=tuple(table.schema),
        csv=address,
        parquet=_address(table, "parquet"),
        metadata=write_address(table.csvw, address),
    )


def _address(table: BulkTable, name: str) -> str:
    return f"/v1/bulk/{table.name}?format={name}"
