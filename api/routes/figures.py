"""/figures: every metric. /figures/{metric}: one metric over all areas of a kind."""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.areas import read_day
from api.comparison import compare_areas, find_measure
from api.draw.fair import draw_pictures, list_left_out
from api.draw.workshop import Workshop
from api.figures.ranking import NEVER_RANKED
from api.negotiation import HTML
from api.pages.assets import answer_scripted
from api.pages.described import describe_page
from api.pages.families import find_family, list_families
from api.pages.metric_choices import find_group, label_figure, list_instead, list_selects
from api.pages.metric_page import list_downloads, list_facts, list_method, tell_finding, write_embed
from api.pages.metric_table import find_commonest_reason, make_table
from api.parameters import AsOfQuery, ToQuery
from api.period_words import name_period
from api.questions import refuse_future
from api.recall import recall
from api.releases import Releases
from api.report.words import join
from api.routes.comparison import OneBasisQuery, OneGroupQuery
from api.shapes import ShapeStore, draw_areas
from sql.measure import load_measures

KINDS = {"borough": "boroughs", "bcu": "Basic Command Units"}


class FiguresController(Controller):
    """Pages of metrics."""

    path = "/figures"
    tags = ("Pages",)

    @get(
        operation_id="listFigurePages",
        summary="Every metric, for people",
        description="Each metric with a sentence on what it is, by what it is about.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def list_figures(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """Every metric, by what it is about."""
        families = list_families(load_measures().values())
        return answer_scripted(
            "figures.html", releases.snapshot, title="Figures", here="/figures", families=families
        )

    @get(
        "/{metric:str}",
        operation_id="readMetricPage",
        summary="One metric over all areas, for people",
        description="What it means, a map, all boroughs or all Basic Command Units beside each other, a funnel plot where "
        "there is one, a table and downloads.",
        media_type=HTML,
        responses=describe_page(404),
    )
    async def read_metric(
        self,
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
                description="`rolling_12` (the default), `calendar_year` or `financial_year`.",
                examples=[Example(summary="April to March", value="financial_year")],
            ),
        ] = None,
        group: OneGroupQuery = None,
        basis: OneBasisQuery = None,
        as_of: AsOfQuery = None,
    ) -> Response[bytes]:
        """The metric: what it means, a map, a comparison, a table. A value left empty, as forms send it, is not asked."""
        measure = find_measure(metric)
        kind, to, window, group, basis, as_of = (
            value or None for value in (kind, to, window, group, basis, as_of)
        )
        refuse_future(("to", to))
        of_kind = kind or "borough"
        group = group or find_group(measure)
        async with releases.connection() as connection:
            snapshot = await recall(connection, releases.snapshot, as_of)
            rows = await compare_areas(
                connection, snapshot, metric, kind=of_kind, to=to, window=window, group=group, basis=basis
            )
            grounds = await draw_areas(
                connection, shapes, snapshot, [row.area_code for row in rows], read_day(None)
            )
        first = rows[0]
        label = label_figure(snapshot, measure, first.basis, first.group)
        drawn = draw_pictures(measure, rows, grounds, label)
        pictures = await workshop.draw_all([drawing for _, drawing in drawn])
        asked = {"kind": kind, "to": to, "window": window, "group": group, "basis": basis, "as_of": as_of}
        period = name_period(first.from_month, first.to_month)
        head = measure.title if label is None else f"{measure.title}: {label}"
        charts: list[Any] = [
            (key, drawing, picture) for (key, drawing), picture in zip(drawn, pictures, strict=True)
        ]
        return answer_scripted(
            "metric.html",
            snapshot,
            title=measure.title,
            here="/figures",
            measure=measure,
            family=find_family(measure),
            label=label,
            finding=tell_finding(rows, of_kind),
            why="" if drawn else find_commonest_reason(rows),
            instead=list_instead(snapshot, measure, first.group, asked),
            selects=list_selects(
                snapshot, measure, of_kind, first.basis, first.group, first.window, first.to_month
            ),
            as_of=as_of,
            charts=charts,
            left_out=join(list_left_out(rows)),
            is_sortable=measure.statistic not in NEVER_RANKED,
            areas=make_table(measure, rows, snapshot.areas, f"{head}, {KINDS[of_kind]}, {period}"),
            facts=list_facts(measure, first.basis),
            method=list_method(measure, has_funnel=any(key == "funnel" for key, _ in drawn)),
            files=list_downloads(measure, asked),
            embed=write_embed(measure),
        )
