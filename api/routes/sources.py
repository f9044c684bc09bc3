"""/v1/sources, /v1/coverage, /v1/releases: what arrived, from whom, when."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.arrivals import FILES_NAMED, describe_release, describe_source, read_limit, read_start
from api.documentation import TableOperation, describe_list
from api.grid import gather_extras, list_attributes, list_controls, list_grid
from api.limits import RELEASES_PER_PAGE
from api.parameters import AsOfQuery, FormatQuery, FromQuery, ToQuery
from api.recall import recall
from api.releases import Releases
from api.respond import AnyRequest, label_release, respond
from api.wire import CoverageRow, ReleaseRow, SourceRow
from sql.queries import load

COVERED = {
    "source": "stop_search",
    "force": "metropolitan",
    "month": "2022-12",
    "status": "partial",
    "reason": "No search after 17 December.",
    "words": [],
    "unusable_fields": {},
    "events": 5706,
    "placed": 5180,
    "no_location": 520,
    "outside": 6,
    "placed_share": 0.908,
    "known_shares": {"age": 0.89, "ethnicity": 0.98, "ethnicity_self": 0.69, "object": 1.0, "outcome": 1.0},
    "control_total_ratio": None,
    "files": ["2022-12.zip:2022-12/2022-12-metropolitan-stop-and-search.csv of 2023-02-01"],
    "copies_superseded": 0,
    "superseded_files": [],
}
PUBLISHED = {
    "source": "stop_search",
    "title": "Stop and search",
    "publisher": "Home Office and police forces, through data.police.uk",
    "licence": "Open Government Licence v3.0",
    "address": "data.police.uk",
    "description": "One row a search.",
    "first_month": "2022-09",
    "last_month": "2024-08",
    "months_received": 23,
    "months_partial": 1,
    "months_partly_held": 0,
}
RELEASED = {
    "release": "2024-10-01-3f9a1c2b",
    "published_at": "2024-10-01T09:30:00Z",
    "sample": False,
    "boundary_vintage": "outline",
    "changes": {
        "observations_added": 96,
        "observations_closed": 96,
        "metric_months": 2,
        "months": ["2024-02"],
    },
    "files_loaded": 1,
    "files_replaced": 1,
    "files": ["2024-02.zip:2024-02/2024-02-city-of-london-street.csv of 2024-09-30"],
    "sentence": "1 file was loaded, and 1 month of files replaced; 96 observations changed.",
}


class SourceController(Controller):
    """Publishers."""

    path = "/v1/sources"
    tags = ("What arrived",)

    @get(
        operation_id="listSources",
        summary="Who publishes what",
        description="Sources with publisher, licence, and the months of each in this release.",
        operation_class=TableOperation,
        responses=describe_list(SourceRow, PUBLISHED, "/v1/sources"),
    )
    async def list_sources(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The sources in alphabetical order."""
        snapshot = releases.snapshot
        async with releases.connection() as connection:
            records = await connection.fetch(load("api_sources"))
        rows = [describe_source(snapshot, dict(record)) for record in records]
        return await respond(request, snapshot, rows, SourceRow, name="sources")


class CoverageController(Controller):
    """Months received."""

    path = "/v1/coverage"
    tags = ("What arrived",)

    @get(
        operation_id="listCoverage",
        summary="Which months arrived",
        description="A row for each month of each source and force that should publish it: received, partial or "
        "missing, and why; how much of it is placed and known, which files it rests on and which they replaced. Of money "
        "the publisher stands in place of a force: of `payment` the council, by its borough's slug, from its first month on; of "
        "`revenue_return` and `section_251` the department, whose `month` is the last of a financial year and whose "
        "`unusable_fields` name the councils that did not return a line.",
        operation_class=TableOperation,
        responses=describe_list(
            CoverageRow, COVERED, "/v1/coverage?source=stop_search&from=2022-12&to=2022-12"
        ),
    )
    async def list_months(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        source: Annotated[
            str | None,
            QueryParameter(
                description="Only this source.",
                examples=[Example(summary="Stop and search", value="stop_search")],
            ),
        ] = None,
        force: Annotated[
            str | None,
            QueryParameter(
                description="Only this force; of money only this publisher: a council by its borough's slug, `gla`, `tfl`, "
                "`mhclg`, `dfe`.",
                examples=[Example(summary="The Met", value="metropolitan")],
            ),
        ] = None,
        from_: FromQuery = None,
        to: ToQuery = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The months by source and force."""
        snapshot = releases.snapshot
        async with releases.connection() as connection:
            snapshot = await recall(connection, snapshot, as_of)
            at = label_release(snapshot).published_at
            series = [*list_attributes(snapshot), *list_controls(snapshot)]
            files = await connection.fetch(load("api_coverage_files"), at)
            sums = await connection.fetch(load("api_coverage_sums"), snapshot.release_id, series)
            ends = await connection.fetch(load("api_source_ends"))
            publications = await connection.fetch(load("api_payments_publication"))
        extras = gather_extras(snapshot, files, sums, ends, publications)
        rows = list_grid(snapshot, extras, source, force, from_, to)
        return await respond(request, snapshot, rows, CoverageRow, name="coverage")


class ReleaseController(Controller):
    """Publications."""

    path = "/v1/releases"
    tags = ("What arrived",)

    @get(
        operation_id="listReleases",
        summary="Every release",
        description="The publications of figures, the latest first, in pages: follow `links.next` or the "
        "`Link` header.",
        operation_class=TableOperation,
        responses=describe_list(ReleaseRow, RELEASED, "/v1/releases"),
    )
    async def list_releases(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        cursor: Annotated[
            str | None,
            QueryParameter(
                description="The release with which the page begins, as `links.next` has it.",
                examples=[Example(summary="A release", value="2024-10-01-3f9a1c2b")],
            ),
        ] = None,
        limit: Annotated[
            str | None,
            QueryParameter(
                description=f"How many releases a page has, 1 to {RELEASES_PER_PAGE}.",
                schema_extra={"type": "integer", "minimum": 1, "maximum": RELEASES_PER_PAGE},
                examples=[Example(summary="Ten", value=10)],
            ),
        ] = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """A page of releases."""
        snapshot = releases.snapshot
        size = read_limit(limit)
        start = read_start(snapshot, cursor)
        async with releases.connection() as connection:
            records = await connection.fetch(load("api_releases"), start, size + 1, FILES_NAMED)
        rows = [describe_release(record) for record in records[:size]]
        links, headers = {}, {}
        if len(records) > size:
            following = f"/v1/releases?cursor={records[size]['release']}&limit={size}"
            links, headers = {"next": following}, {"Link": f'<{following}>; rel="next"'}
        return await respond(
            request, snapshot, rows, ReleaseRow, name="releases", links=links, headers=headers
        )
