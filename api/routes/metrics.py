"""/v1/metrics: what each figure means."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from api.comparison import find_measure
from api.documentation import TableOperation, describe_list, describe_one
from api.figures.windows import text_of
from api.parameters import AsOfQuery, FormatQuery
from api.recall import recall
from api.releases import Releases
from api.respond import AnyRequest, respond
from api.series import is_small
from api.snapshot import LONDON_WIDE, Snapshot
from api.wire import MetricRow
from sql.measure import TOTAL, Measure, load_measures

CRIME_RATE = {
    "metric": "crime_rate",
    "title": "Recorded crimes per 1,000 residents",
    "definition": "Crimes recorded by the police in 13 categories, per 1,000 residents in a year.",
    "kind": "flow",
    "statistic": "rate",
    "unit": "crimes per 1,000 residents a year",
    "numerator": "recorded crimes located in the area, anti-social behaviour left out",
    "denominator": "residents, mid-year estimate, one twelfth for each month",
    "interval": "Byar; exact Poisson under 10 crimes",
    "direction": "lower",
    "small": False,
    "method_version": 1,
    "since": "2026-11",
    "source": "street",
    "bases": [{"basis": "recorded", "label": "as recorded"}],
    "groups": [],
    "caveats": ["Recorded crime is what was reported to and recorded by the police, not all crime."],
    "first_month": "2022-09",
    "last_month": "2024-08",
    "href": "/v1/metrics/crime_rate",
}


class MetricController(Controller):
    """Metrics by id."""

    path = "/v1/metrics"
    tags = ("Metrics",)

    @get(
        operation_id="listMetrics",
        summary="Every metric",
        description="Definitions, methods, caveats, sources and the months at hand.",
        operation_class=TableOperation,
        responses=describe_list(MetricRow, CRIME_RATE, "/v1/metrics"),
    )
    async def list_metrics(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The metrics in alphabetical order."""
        snapshot = releases.snapshot
        if as_of is not None:
            async with releases.connection() as connection:
                snapshot = await recall(connection, snapshot, as_of)
        rows = [describe_metric(snapshot, measure) for measure in load_measures().values()]
        return await respond(request, snapshot, rows, MetricRow, name="metrics")

    @get(
        "/{metric:str}",
        operation_id="getMetric",
        summary="One metric",
        description="The definition, method and caveats of one metric, and the months at hand.",
        operation_class=TableOperation,
        responses=describe_one(MetricRow, CRIME_RATE, "/v1/metrics/crime_rate", 404),
    )
    async def get_metric(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        metric: Annotated[
            str,
            PathParameter(
                description="The id of a metric.",
                examples=[Example(summary="A metric", value="crime_rate")],
            ),
        ],
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """One metric."""
        snapshot = releases.snapshot
        if as_of is not None:
            async with releases.connection() as connection:
                snapshot = await recall(connection, snapshot, as_of)
        measure = find_measure(metric)
        rows = [describe_metric(snapshot, measure)]
        # Figures under disclosure control are given by the year only.
        window = "&window=financial_year" if is_small(measure, TOTAL) else ""
        links = {"values": f"/v1/values?metric={metric}&area=boroughs{window}"}
        return await respond(
            request, snapshot, rows, MetricRow, name=f"metric-{metric}", is_single=True, links=links
        )


def describe_metric(snapshot: Snapshot, measure: Measure) -> MetricRow:
    """A measure's definition, and the first and last month received of its source."""
    months = [
        month
        for (source, publisher), by_month in snapshot.coverage.items()
        if source == measure.source and publisher not in LONDON_WIDE
        for month, row in by_month.items()
        if row.status == "received"
    ]
    return MetricRow(
        metric=measure.metric,
        title=measure.title,
        definition=measure.definition,
        kind=measure.kind,
        statistic=measure.statistic,
        unit=measure.unit,
        numerator=measure.numerator,
        denominator=measure.denominator,
        interval=measure.interval,
        direction=measure.direction,
        small=measure.small,
        method_version=measure.method_version,
        since=measure.since,
        source=measure.source,
        bases=measure.bases,
        groups=measure.groups,
        caveats=measure.caveats,
        first_month=text_of(min(months)) if months else None,
        last_month=text_of(max(months)) if months else None,
        href=f"/v1/metrics/{measure.metric}",
    )
