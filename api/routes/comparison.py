"""/v1/metrics/{metric}/comparison and /v1/signals: is it different, is it changing."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.areas import read_day
from api.charts import SignalRow, draw_series
from api.comparison import compare_areas, keep_within
from api.documentation import DrawnMapOperation, DrawnTableOperation, describe_list
from api.draw.workshop import Workshop
from api.errors import BadParameter
from api.file_names import name_comparison, name_signals
from api.parameters import AsOfQuery, FormatQuery, FromQuery, ToQuery
from api.pictures import CHARTS, draw_series_signals, draw_standings
from api.questions import gather, refuse_future
from api.recall import recall
from api.releases import Releases
from api.respond import MAP, PICTURES, TABLE, AnyRequest, find_format, respond
from api.routes.values import FIGURE
from api.shapes import ShapeStore, draw_areas
from api.standing import STANDING_COLUMNS, ComparisonRow

STANDING = {
    **{name: FIGURE[name] for name in STANDING_COLUMNS if name in FIGURE},
    "window": "rolling_12",
    "rank": 9,
    "rank_of": 31,
    "rank_reason": None,
    "position": "Similar",
    "beyond": None,
    "position_reason": None,
    "funnel_target": 11.1,
    "funnel_lower_95": 5.4,
    "funnel_upper_95": 18.9,
    "funnel_lower_998": 3.0,
    "funnel_upper_998": 24.2,
    "met_value": 11.7,
    "rest_of_met_value": 11.68,
    "inner_outer": "inner",
    "inner_outer_value": 14.1,
    "neighbours": ["Tower Hamlets", "Southwark", "Lambeth", "Islington", "Newham"],
    "neighbour_codes": ["E09000030", "E09000028", "E09000022", "E09000019", "E09000025"],
    "neighbours_value": 15.2,
    "bcu_code": "CE",
    "bcu_name": "Central East",
    "bcu_value": 14.6,
    "share_of_bcu_numerator": 0.39,
    "share_of_bcu_denominator": 0.46,
    "ratio_to_rest_of_bcu": 0.75,
    "ratio_to_rest_of_bcu_lower": 0.72,
    "ratio_to_rest_of_bcu_upper": 0.79,
    "difference_to_rest_of_bcu": None,
    "difference_to_rest_of_bcu_lower": None,
    "difference_to_rest_of_bcu_upper": None,
    "hidden_by_bcu": False,
    "standardised_value": None,
    "standardised_lower": None,
    "standardised_upper": None,
    "beside_reason": None,
}
SIGNAL = {
    **{name: FIGURE[name] for name in ("metric", "area_code", "area_name", "area_kind", "group", "basis")},
    "month": "2024-01",
    "numerator": 402,
    "denominator": 22_183.5,
    "value": 18.12,
    "status": "ok",
    "flags": [],
    "reason": None,
    "centre": 12.9,
    "limit_lower": 9.1,
    "limit_upper": 16.7,
    "stretch_from": "2022-01",
    "stretch_to": "2024-12",
    "rules": ["outside"],
    "signals": ["2024-01 lies above the upper limit"],
    "note": None,
    "release": "2024-10-01-3f9a1c2b",
}

OneGroupQuery = Annotated[
    str | None,
    QueryParameter(
        name="group",
        description="One group. Default: the total, or the first group of a metric without one.",
        examples=[Example(summary="Searches for drugs", value="object:controlled_drugs")],
    ),
]
OneBasisQuery = Annotated[
    str | None,
    QueryParameter(
        name="basis",
        description="A way of counting. Default: the metric's first.",
        examples=[Example(summary="As the officer recorded it", value="officer_defined")],
    ),
]


class ComparisonController(Controller):
    """One metric over all areas of a kind."""

    path = "/v1/metrics/{metric:str}/comparison"
    tags = ("Figures",)

    @get(
        operation_id="compareAreas",
        summary="All areas of a kind",
        description="One metric for each borough or BCU over one year: its rank where ranking is fair, its position "
        "among the others (Higher, Similar, Lower) by funnel limits, and its BCU, the rest of the Met area, inner "
        "or outer London and the boroughs most like it beside it.",
        operation_class=DrawnMapOperation,
        responses=describe_list(
            ComparisonRow, STANDING, "/v1/metrics/stop_search_rate/comparison?to=2024-08", 404
        ),
    )
    async def compare_areas(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        workshop: NamedDependency[Workshop],
        metric: Annotated[
            str,
            PathParameter(
                description="The id of a metric.",
                examples=[Example(summary="A metric", value="stop_search_rate")],
            ),
        ],
        kind: Annotated[
            str | None,
            QueryParameter(
                description="`borough` (the default) or `bcu`.",
                examples=[Example(summary="The 12 Basic Command Units", value="bcu")],
            ),
        ] = None,
        to: ToQuery = None,
        window: Annotated[
            str | None,
            QueryParameter(
                description="`rolling_12` (the default), `calendar_year` or `financial_year`: the latest that ends "
                "by `to`. Metrics that count few people have years only, returns of spending financial years.",
                examples=[Example(summary="April to March", value="financial_year")],
            ),
        ] = None,
        group: OneGroupQuery = None,
        basis: OneBasisQuery = None,
        within: Annotated[
            str | None,
            QueryParameter(
                description="Show only the boroughs of this BCU. They are still compared with all.",
                examples=[Example(summary="Hackney and Tower Hamlets", value="CE")],
            ),
        ] = None,
        chart: Annotated[
            str | None,
            QueryParameter(
                description="Of a picture: `intervals` (the default, a line for each area) or `funnel` (each over the size of "
                "what it stands on).",
                examples=[Example(summary="A funnel plot", value="funnel")],
            ),
        ] = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The areas in the order of their codes."""
        snapshot = releases.snapshot
        offered = (*MAP, *PICTURES)
        chosen = find_format(request, offered)
        if chart is not None and chart not in CHARTS:
            raise BadParameter("chart", chart, list(CHARTS))
        if chart is not None and chosen.form is None:
            raise BadParameter(
                "chart", chart, (), f"chart is of pictures: add format= {', '.join(PICTURES)}."
            )
        refuse_future(("to", to))
        async with releases.connection() as connection:
            snapshot = await recall(connection, snapshot, as_of)
            rows = await compare_areas(
                connection,
                snapshot,
                metric,
                kind=kind or "borough",
                to=to,
                window=window,
                group=group,
                basis=basis,
            )
            if within is not None:
                rows = keep_within(snapshot, rows, within)
            geometries = {}
            if chosen.is_map:
                codes = [row.area_code for row in rows]
                geometries = await draw_areas(connection, shapes, snapshot, codes, read_day(None))
        return await respond(
            request,
            snapshot,
            rows,
            ComparisonRow,
            name=name_comparison(rows, "comparison", kind or "borough", chart or ""),
            offered=offered,
            geometries=geometries,
            links={"metric": f"/v1/metrics/{metric}"},
            drawing=lambda: draw_standings(snapshot, rows, chart or "intervals"),
            workshop=workshop,
        )


class SignalController(Controller):
    """Series that may signal a change."""

    path = "/v1/signals"
    tags = ("Figures",)

    @get(
        operation_id="listSignals",
        summary="A monthly series and its signals",
        description="Each month of one metric of one area with the centre and the natural limits of the series (XmR "
        "chart), and the signals it is part of: a point outside the limits, 8 months in a row on one side, 6 in a "
        "row rising or falling. The series restarts where its meaning breaks.",
        operation_class=DrawnTableOperation,
        responses=describe_list(SignalRow, SIGNAL, "/v1/signals?metric=stop_search_rate&area=hackney"),
    )
    async def list_signals(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        workshop: NamedDependency[Workshop],
        metric: Annotated[
            str | None,
            QueryParameter(
                description="The id of a metric that has months and counts more than a few people.",
                examples=[Example(summary="A metric", value="stop_search_rate")],
            ),
        ] = None,
        area: Annotated[
            str | None,
            QueryParameter(
                description="A code or slug.", examples=[Example(summary="A borough", value="hackney")]
            ),
        ] = None,
        from_: FromQuery = None,
        to: ToQuery = None,
        group: OneGroupQuery = None,
        basis: OneBasisQuery = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The months in order; the latest 36 by default."""
        snapshot = releases.snapshot
        offered = (*TABLE, *PICTURES)
        find_format(request, offered)
        refuse_future(("from", from_), ("to", to))
        raw = gather(metric=metric, area=area, from_=from_, to=to, group=group, basis=basis)
        async with releases.connection() as connection:
            snapshot = await recall(connection, snapshot, as_of)
            rows = await draw_series(connection, snapshot, raw)
        return await respond(
            request,
            snapshot,
            rows,
            SignalRow,
            name=name_signals(snapshot, rows),
            offered=offered,
            drawing=lambda: draw_series_signals(snapshot, rows),
            workshop=workshop,
        )
