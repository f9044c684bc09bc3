"""/v1/records/{dataset}: the rows behind the figures."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.absent import list_absent, write_coverage
from api.arrivals import read_limit
from api.datasets import DATASETS, CrimeRecord, Record
from api.documentation import RecordOperation, describe_records
from api.errors import BadParameter
from api.filters import check_filters
from api.grid import read_ends
from api.limits import RECORDS_BY_DEFAULT, RECORDS_PER_FILE, RECORDS_PER_PAGE
from api.parameters import FormatQuery, FromQuery, ToQuery
from api.record_files import Exports, open_records, stream_csv, stream_parquet
from api.record_rows import Writer, list_records
from api.records import (
    check_release,
    check_size,
    find_dataset,
    find_scopes,
    read_cursor,
    read_page,
    resolve_question,
    write_cursor,
)
from api.releases import Releases
from api.respond import RECORDS, AnyRequest, find_format, respond
from api.send import mark_list, send_file, write_next
from api.wire import AbsentRow
from sql.queries import load

CRIME = {
    "month": "2024-02",
    "force": "city-of-london",
    "area_code": "E09000001",
    "area_name": "City of London",
    "placed": "lsoa",
    "crime_id": "00112233445566778899aabbccddeeff",
    "category": "Shoplifting",
    "last_outcome": "Investigation complete; no suspect identified",
    "location": "On or near Example Street",
    "lsoa": "E01000001",
    "longitude": -0.0957,
    "latitude": 51.5182,
}
GONE = {
    "force": "city-of-london",
    "from": "2024-03",
    "to": "2024-04",
    "status": "missing",
    "reason": "No file of this month was loaded, though there are earlier and later ones.",
}


def _words(name: str, example: str) -> QueryParameter:
    sets = ", ".join(one.dataset for one in DATASETS.values() if name in one.words)
    return QueryParameter(
        name=name,
        description=f"Only these classes, or words as published; repeat for several. Of {sets}.",
        examples=[Example(summary="One", value=[example])],
    )


Filter = list[str] | None


class RecordController(Controller):
    """Rows."""

    path = "/v1/records"
    tags = ("Records",)

    @get(
        "/{dataset:str}",
        operation_id="listRecords",
        summary="The rows behind the figures",
        description="Records of the current release: JSON in pages (follow `links.next`), CSV and Parquet whole, up "
        f"to {RECORDS_PER_FILE:,} records. Columns that would single people out are left out, and records of thorough "
        "searches are not given at all. `missing` says of which months asked for no whole file is there: no row of them does "
        "not mean that nothing happened. Times are UTC; `hour` is the hour of day in London.",
        operation_class=RecordOperation,
        before_request=check_filters,
        responses=describe_records(
            Record | CrimeRecord, CRIME, GONE, "/v1/records/crimes?area=city-of-london"
        ),
    )
    async def list_records(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        exports: NamedDependency[Exports],
        dataset: Annotated[
            str,
            PathParameter(
                description=f"The dataset: {', '.join(DATASETS)}.",
                examples=[Example(summary="Recorded crime", value="crimes")],
            ),
        ],
        area: Annotated[
            list[str] | None,
            QueryParameter(
                description="A code or slug of an area of any kind; repeat for several. Default: all.",
                examples=[Example(summary="A borough", value=["hackney"])],
            ),
        ] = None,
        from_: FromQuery = None,
        to: ToQuery = None,
        search_type: Annotated[Filter, _words("search_type", "person")] = None,
        ethnicity_officer: Annotated[Filter, _words("ethnicity_officer", "black")] = None,
        ethnicity_self: Annotated[Filter, _words("ethnicity_self", "black")] = None,
        legislation: Annotated[Filter, _words("legislation", "pace_section_1")] = None,
        object_: Annotated[Filter, _words("object", "controlled_drugs")] = None,
        outcome: Annotated[Filter, _words("outcome", "arrest")] = None,
        category: Annotated[Filter, _words("category", "burglary")] = None,
        last_outcome: Annotated[Filter, _words("last_outcome", "charged")] = None,
        offence: Annotated[Filter, _words("offence", "burglary")] = None,
        measure: Annotated[Filter, _words("measure", "trust_police")] = None,
        line: Annotated[Filter, _words("line", "budget_crime_reduction")] = None,
        as_of: Annotated[
            str | None,
            QueryParameter(
                description="Only the current release has records: any other is refused.",
                examples=[Example(summary="A release", value="2024-10-01-3f9a1c2b")],
            ),
        ] = None,
        cursor: Annotated[
            str | None,
            QueryParameter(
                description="Where the page begins, as `links.next` has it. Of JSON only.",
                examples=[Example(summary="A page", value="4.24289.2.17.3.41.9f2c01ab")],
            ),
        ] = None,
        limit: Annotated[
            str | None,
            QueryParameter(
                description=f"How many records a page has, 1 to {RECORDS_PER_PAGE}. Default: "
                f"{RECORDS_BY_DEFAULT}. Of JSON only.",
                schema_extra={"type": "integer", "minimum": 1, "maximum": RECORDS_PER_PAGE},
                examples=[Example(summary="A hundred", value=100)],
            ),
        ] = None,
        format_: FormatQuery = None,
    ) -> Response[Any]:
        """A page, or a file of everything asked for."""
        snapshot = releases.snapshot
        chosen = find_format(request, RECORDS)
        known = find_dataset(dataset)
        check_release(snapshot, as_of)
        size = read_limit(limit, RECORDS_PER_PAGE, RECORDS_BY_DEFAULT)
        mark = mark_list(request, f"records {known.dataset}")
        after = read_cursor(snapshot, cursor, mark)
        filters = {
            "search_type": search_type,
            "ethnicity_officer": ethnicity_officer,
            "ethnicity_self": ethnicity_self,
            "legislation": legislation,
            "object": object_,
            "outcome": outcome,
            "category": category,
            "last_outcome": last_outcome,
            "offence": offence,
            "measure": measure,
            "line": line,
        }
        async with releases.connection() as connection:
            question = await resolve_question(connection, snapshot, known, area or (), (from_, to), filters)
            ends = read_ends(await connection.fetch(load("api_source_ends")))
            if chosen.name != "json":
                for name, given in (("cursor", cursor), ("limit", limit)):
                    if given is not None:
                        raise BadParameter(
                            name, given, (), f"A file holds all that was asked for: leave {name} out."
                        )
                # What is refused must be refused before the first byte.
                check_size(question, await find_scopes(connection, snapshot, question))
                exports.check()
            else:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    scopes = await find_scopes(connection, snapshot, question)
                    found, place = await read_page(connection, snapshot, question, scopes, after, size)
        missing = list_absent(snapshot, question, ends)
        coverage = write_coverage(snapshot, question)
        about = _write_link(coverage, missing)
        if chosen.name != "json":
            reading = open_records(releases, snapshot, question)
            pieces = (
                stream_csv(exports, reading)
                if chosen.name == "csv"
                else stream_parquet(exports, snapshot, reading)
            )
            name = f"records-{known.dataset}"
            return send_file(request, snapshot, name, chosen, pieces, about, table=name)
        writer = Writer(snapshot, known, question.words)
        rows = [
            record
            for scope, listed in found
            for record in list_records(writer.tabulate(listed, scope.force, scope.month), known.record)
        ]
        links, headers = {"coverage": coverage}, {"Link": about}
        if place is not None:
            address = write_next(request, write_cursor(place, mark))
            links["next"] = address
            headers["Link"] = f'<{address}>; rel="next", {about}'
        return await respond(
            request,
            snapshot,
            rows,
            known.record,
            name=f"records-{dataset}",
            links=links,
            headers=headers,
            notes={"missing": missing},
            is_page=True,
            offered=RECORDS,
        )


def _write_link(coverage: str, missing: Sequence[AbsentRow]) -> str:
    """The header's link to what arrived. Its title says whether months are lacking, as a file has no room to."""
    said = "All months asked for are there."
    if missing:
        forces = " and ".join(dict.fromkeys(row.force for row in missing))
        said = f"Months asked for are missing or partial: {forces}."
    return f'<{coverage}>; rel="describedby"; title="{said}"'
