"""/v1/revisions: what changed between two releases, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.arrivals import read_limit
from api.between import read_interval
from api.documentation import TableOperation, describe_list
from api.errors import BadParameter
from api.history import Interval
from api.limits import REVISIONS_BY_DEFAULT, REVISIONS_PER_PAGE
from api.parameters import FormatQuery
from api.releases import Releases
from api.respond import AnyRequest, respond
from api.revision_questions import (
    check_words,
    choose_metrics,
    read_areas,
    read_cursor,
    read_flag,
    read_pair,
)
from api.revision_summary import summarise
from api.revisions import (
    describe_population,
    describe_revision,
    has_base,
    list_cells,
    list_population_rows,
    list_series,
)
from api.wire import RevisionRow, RevisionSummary
from sql.measure import load_measures
from sql.queries import load

SUMMARY = {
    "from": "2024-10-01-3f9a1c2b",
    "to": "2024-11-01-77be0a14",
    "metric": "crime_rate",
    "source": "street",
    "small": False,
    "reason": "republished_month",
    "figures_changed": 12,
    "known_shares_changed": 0,
    "figures_new": 0,
    "figures_withdrawn": 0,
    "first_month": "2024-02",
    "last_month": "2024-02",
    "largest_change": 4,
    "sentence": "Recorded crimes per 1,000 residents: 12 figures changed, 2024-02: the street crime file of 2024-02 "
    "from City of London Police was published again.",
}

ReleaseFrom = Annotated[
    str | None,
    QueryParameter(
        name="from",
        description="The earlier release, by name or by a day. Default: the one before the later.",
        examples=[Example(summary="A release", value="2024-10-01-3f9a1c2b")],
    ),
]
ReleaseTo = Annotated[
    str | None,
    QueryParameter(
        name="to",
        description="The later release, by name or by a day. Default: the latest.",
        examples=[Example(summary="A day", value="2024-11-01")],
    ),
]


def _repeated(name: str, description: str, value: str) -> QueryParameter:
    return QueryParameter(
        name=name, description=description, examples=[Example(summary="One", value=[value])]
    )


class RevisionController(Controller):
    """What changed."""

    path = "/v1/revisions"
    tags = ("What arrived",)

    @get(
        operation_id="listRevisions",
        summary="What changed between two releases, and why",
        description="For each metric and reason how many figures changed, in which months, and a sentence; with "
        "`detail=true` the figures themselves, before and after, in pages. Figures that count few people, or that "
        "hold payments for domestic abuse, are never told one by one.",
        operation_class=TableOperation,
        responses=describe_list(RevisionSummary | RevisionRow, SUMMARY, "/v1/revisions"),
    )
    async def list_revisions(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        from_: ReleaseFrom = None,
        to: ReleaseTo = None,
        metric: Annotated[list[str] | None, _repeated("metric", "Only these metrics.", "crime_rate")] = None,
        area: Annotated[
            list[str] | None,
            _repeated("area", "Only the boroughs of these areas, as they are today.", "hackney"),
        ] = None,
        group: Annotated[
            list[str] | None, _repeated("group", "Only these groups or dimensions.", "total")
        ] = None,
        basis: Annotated[
            list[str] | None, _repeated("basis", "Only these ways of counting.", "recorded")
        ] = None,
        source: Annotated[
            list[str] | None, _repeated("source", "Only metrics of these sources.", "street")
        ] = None,
        detail: Annotated[
            str | None,
            QueryParameter(
                description="`true`: each figure before and after. Default: the summary.",
                examples=[Example(summary="Each figure", value="true")],
            ),
        ] = None,
        cursor: Annotated[
            str | None,
            QueryParameter(
                description="Where the page of details begins, as `links.next` has it.",
                examples=[Example(summary="A page", value="17.2024-02-01.12.1")],
            ),
        ] = None,
        limit: Annotated[
            str | None,
            QueryParameter(
                description=f"How many details a page has, 1 to {REVISIONS_PER_PAGE}. "
                f"Default: {REVISIONS_BY_DEFAULT}.",
                schema_extra={"type": "integer", "minimum": 1, "maximum": REVISIONS_PER_PAGE},
                examples=[Example(summary="A hundred", value=100)],
            ),
        ] = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The summary, or a page of the figures."""
        snapshot = releases.snapshot
        is_detailed = read_flag("detail", detail)
        if not is_detailed and (cursor is not None or limit is not None):
            name = "cursor" if cursor is not None else "limit"
            raise BadParameter(name, None, (), f"{name} is of the pages of details: add detail=true.")
        size = read_limit(limit, REVISIONS_PER_PAGE, REVISIONS_BY_DEFAULT)
        metrics = choose_metrics(metric or (), source or ())
        areas = read_areas(snapshot, area or ())
        former, latter = read_pair(snapshot, from_, to)
        async with releases.connection() as connection:
            interval = await read_interval(connection, former, latter)
            series, small = list_series(interval.after, metrics, group or (), basis or ())
            check_words(interval.after, metrics, group or (), basis or ())
            cells = list_cells(interval.after, areas, datetime.now(UTC).date())
            if not is_detailed:
                shares = [number for number, key in series.items() if has_base(load_measures()[key[0]])]
                counts = await connection.fetch(
                    load("api_revision_counts"), *_ids(interval), list(series), cells, list(small), shares
                )
                rows = summarise(interval, counts, series, [] if group or basis or areas else metrics)
                return await respond(request, interval.after, rows, RevisionSummary, name="revisions")
            told = {number: key for number, key in series.items() if number not in small}
            page, following = await _read_page(connection, interval, told, metrics, cells, cursor, size)
        links, headers = {}, {}
        if following is not None:
            address = _write_next(request, interval, following)
            links, headers = {"next": address}, {"Link": f'<{address}>; rel="next"'}
        return await respond(
            request, interval.after, page, RevisionRow, name="revisions", links=links, headers=headers
        )


async def _read_page(
    connection: Any,
    interval: Interval,
    series: dict[int, tuple[str, str, str]],
    metrics: Sequence[str],
    cells: list[int] | None,
    cursor: str | None,
    size: int,
) -> tuple[list[RevisionRow], str | None]:
    """A page of details, and the cursor of the next: first the counts that changed, then the residents."""
    key, skipped = read_cursor(cursor)
    rows: list[RevisionRow] = []
    if key is not None:
        records = await connection.fetch(
            load("api_revisions"), *_ids(interval), list(series), cells, *key, size + 1
        )
        rows = [describe_revision(interval, row, series[row["series_id"]]) for row in records[:size]]
        if len(records) > size:
            last = records[size - 1]
            following = f"{last['series_id']}.{last['period_start']}.{last['borough']}.{last['force']}"
            return rows, following
    people = list_population_rows(interval, metrics, cells)
    part = people[skipped : skipped + size - len(rows)]
    rows += [describe_population(interval, metric, change) for metric, change in part]
    reached = skipped + len(part)
    return rows, f"residents.{reached}" if reached < len(people) else None


def _ids(interval: Interval) -> tuple[int, int]:
    return interval.before.release_id if interval.before else 0, interval.after.release_id


def _write_next(request: AnyRequest, interval: Interval, cursor: str) -> str:
    """The next page. It names both releases, so that the list stays the same when another is published."""
    given = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in ("cursor", "from", "to")
    ]
    for name, side in (("from", interval.before), ("to", interval.after)):
        if side is not None and side.release is not None:
            given.append((name, side.release.release))
    return f"{request.scope['path']}?{urlencode([*given, ('cursor', cursor)])}"
