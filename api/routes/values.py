"""/v1/values and /v1/boundaries: the figures, in rows and drawn."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.areas import describe_area, pick_kind, read_day
from api.documentation import DrawnMapOperation, ShapeOperation, describe_figures, describe_map
from api.draw.drawings import Drawing
from api.draw.fair import draw_map
from api.draw.workshop import Workshop
from api.errors import BadParameter
from api.file_names import join, name_figures
from api.left_out import list_left_out
from api.model import BaseYearRow, RatioRow, ValueRow
from api.parameters import AsOfQuery, FormatQuery, FromQuery, OnQuery, ToQuery
from api.pictures import draw_values
from api.questions import gather, one_row_each, refuse_future
from api.releases import Releases
from api.respond import MAP, PICTURES, SHAPES, AnyRequest, find_format, respond
from api.series import label_group
from api.shapes import ShapeStore, draw_areas
from api.snapshot import Snapshot
from api.values import get_values, row_type
from api.wire import AreaRow
from sql.measure import load_measures

FIGURE = {
    "metric": "stop_search_rate",
    "area_code": "E09000012",
    "area_name": "Hackney",
    "area_kind": "borough",
    "from": "2023-09",
    "to": "2024-08",
    "window": "whole",
    "group": "total",
    "basis": "officer_defined",
    "numerator": 3294,
    "denominator": 266200.0,
    "value": 12.37,
    "lower": 11.95,
    "upper": 12.8,
    "method": "Byar",
    "method_version": 1,
    "status": "ok",
    "flags": [],
    "reason": None,
    "months_expected": 12,
    "months_received": 12,
    "placed_share": 0.91,
    "known_share": None,
    "unplaced_numerator": None,
    "other_forces_numerator": 14,
    "release": "2024-10-01-3f9a1c2b",
    "as_of": None,
}
DRAWN_AREA = {
    "type": "Feature",
    "id": "E09000012",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-0.1, 51.52], [-0.02, 51.52], [-0.06, 51.57], [-0.1, 51.52]]],
    },
    "properties": FIGURE,
}

WindowQuery = Annotated[
    str | None,
    QueryParameter(
        name="window",
        description="`whole` (the default): one figure for from to to. Else one figure for each `month`, "
        "`rolling_12`, `financial_year` or `calendar_year` whose last month lies between from and to.",
        examples=[Example(summary="Month by month", value="month")],
    ),
]
GroupQuery = Annotated[
    list[str] | None,
    QueryParameter(
        name="group",
        description="A dimension, a group or `*` for all; repeat for several. Default: the total. What counts few people "
        "is left out of `*` unless the window is a year; JSON then says so in `left_out`.",
        examples=[Example(summary="By object of search", value=["object"])],
    ),
]
BasisQuery = Annotated[
    list[str] | None,
    QueryParameter(
        name="basis",
        description="A way of counting, or `*` for all; repeat for several. Default: the metric's first.",
        examples=[Example(summary="As the officer recorded it", value=["officer_defined"])],
    ),
]
CompareQuery = Annotated[
    list[str] | None,
    QueryParameter(
        name="compare",
        description="What to set beside each figure, in columns after its own; repeat for several. `rest_of_met`: "
        "the rest of the Met area, the area itself left out. `year_before`: the window twelve months earlier, on "
        "the calendar months received in both years. `base_year`: of money by financial year, the year that the parameter "
        "base_year names, on the same basis, so nominal beside nominal and real beside real.",
        examples=[Example(summary="The rest of the Met area", value=["rest_of_met"])],
    ),
]
BaseYearQuery = Annotated[
    str | None,
    QueryParameter(
        name="base_year",
        description="The financial year that `compare=base_year` stands on, one that the metric has.",
        examples=[Example(summary="April 2010 to March 2011", value="2010-11")],
    ),
]


class ValueController(Controller):
    """Figures."""

    path = "/v1/values"
    tags = ("Figures",)

    @get(
        operation_id="listValues",
        summary="Figures",
        description="Any metrics, areas and windows: each figure with interval, status, flags, coverage. As a picture: one metric "
        "over several windows, or over several areas or groups in one.",
        operation_class=DrawnMapOperation,
        responses=describe_figures(
            ValueRow | RatioRow | BaseYearRow,
            FIGURE,
            "/v1/values?metric=stop_search_rate&area=hackney&from=2023-09&to=2024-08",
        ),
    )
    async def list_values(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        workshop: NamedDependency[Workshop],
        metric: Annotated[
            list[str] | None,
            QueryParameter(
                description="The id of a metric; repeat for several.",
                examples=[Example(summary="One metric", value=["stop_search_rate"])],
            ),
        ] = None,
        area: Annotated[
            list[str] | None,
            QueryParameter(
                description="A code or slug, or `boroughs`, `bcus` or `all`; repeat for several.",
                examples=[Example(summary="Two boroughs", value=["hackney", "bromley"])],
            ),
        ] = None,
        from_: FromQuery = None,
        to: ToQuery = None,
        window: WindowQuery = None,
        group: GroupQuery = None,
        basis: BasisQuery = None,
        as_of: AsOfQuery = None,
        compare: CompareQuery = None,
        base_year: BaseYearQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The figures asked for."""
        snapshot = releases.snapshot
        offered = (*MAP, *PICTURES)
        chosen = find_format(request, offered)
        refuse_future(("from", from_), ("to", to))
        raw = gather(
            metric=metric,
            area=area,
            from_=from_,
            to=to,
            window=window,
            group=group,
            basis=basis,
            as_of=as_of,
            compare=compare,
            base_year=base_year,
        )
        async with releases.connection() as connection:
            snapshot, question, rows = await get_values(connection, snapshot, raw)
            left_out = list_left_out(question)
            geometries = {}
            if chosen.is_map:
                geometries = await draw_areas(connection, shapes, snapshot, question.areas, read_day(None))
        return await respond(
            request,
            snapshot,
            rows,
            row_type(question),
            name=name_figures(snapshot, question, rows),
            offered=offered,
            geometries=geometries,
            notes={"left_out": left_out} if left_out else None,
            drawing=lambda: draw_values(snapshot, rows, chosen.name),
            workshop=workshop,
        )


class BoundaryController(Controller):
    """Shapes."""

    path = "/v1/boundaries"
    tags = ("Figures",)

    @get(
        operation_id="listBoundaries",
        summary="Shapes of areas",
        description="GeoJSON of the areas of a kind, simplified for display; with a metric, each carries its "
        "figure for the latest 12 months or the window asked for, and there is a picture of the map.",
        operation_class=ShapeOperation,
        responses=describe_map(DRAWN_AREA, "/v1/boundaries?kind=borough&metric=stop_search_rate"),
    )
    async def list_boundaries(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        workshop: NamedDependency[Workshop],
        kind: Annotated[
            str | None,
            QueryParameter(
                description="The kind of area. Default: borough.",
                examples=[Example(summary="The 12 Basic Command Units", value="bcu")],
            ),
        ] = None,
        metric: Annotated[
            str | None,
            QueryParameter(
                description="The metric whose figures to join.",
                examples=[Example(summary="A metric", value="stop_search_rate")],
            ),
        ] = None,
        from_: FromQuery = None,
        to: ToQuery = None,
        window: WindowQuery = None,
        group: GroupQuery = None,
        basis: BasisQuery = None,
        on: OnQuery = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The shapes, and the figures of one metric."""
        snapshot = releases.snapshot
        # Without a metric there is nothing to shade.
        offered = SHAPES if metric is None else (*SHAPES, *PICTURES)
        find_format(request, offered)
        refuse_future(("from", from_), ("to", to))
        areas = pick_kind(snapshot, kind or "borough")
        codes = [area.area_code for area in areas]
        raw = gather(from_=from_, to=to, window=window, group=group, basis=basis, as_of=as_of)
        rows: Sequence[msgspec.Struct] = [describe_area(area) for area in areas]
        kind_of_row: type[msgspec.Struct] = AreaRow
        name = join(["boundaries", kind or "borough"])
        figures: Sequence[ValueRow] = ()
        async with releases.connection() as connection:
            if metric is not None:
                raw |= {"metric": [metric], "area": codes}
                snapshot, question, listed = await get_values(connection, snapshot, raw)
                rows = figures = one_row_each(listed)
                kind_of_row = row_type(question)
                name = f"map-{name_figures(snapshot, question, figures)}"
            elif raw:
                lone = next(iter(raw))
                raise BadParameter(
                    lone, raw[lone][0], (), f"{lone} chooses among figures: say which metric= to join."
                )
            geometries = await draw_areas(connection, shapes, snapshot, codes, read_day(on))
        return await respond(
            request,
            snapshot,
            rows,
            kind_of_row,
            name=name,
            offered=offered,
            geometries=geometries,
            drawing=lambda: _draw_map(snapshot, figures, geometries),
            workshop=workshop,
        )


def _draw_map(snapshot: Snapshot, rows: Sequence[ValueRow], geometries: Mapping[str, bytes]) -> Drawing:
    measure = load_measures()[rows[0].metric]
    label = label_group(snapshot, measure, rows[0].basis, rows[0].group)
    return draw_map(measure, rows, geometries, label)
