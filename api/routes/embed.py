"""/embed: a figure or a chart for a page of another site, without scripts, with its source."""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.areas import find_area
from api.charts import draw_series
from api.cite import cite_metric, cite_row
from api.cited import find_place, note_place, read_figure
from api.comparison import KINDS as COMPARED
from api.comparison import compare_areas, find_measure
from api.draw.fair import draw_comparison, list_left_out
from api.draw.from_rows import draw_signals
from api.draw.row_words import PLACED
from api.draw.workshop import Workshop
from api.embed_strip import draw_strip, tabulate_areas, tabulate_months
from api.errors import BadParameter
from api.negotiation import HTML
from api.pages.described import describe_page
from api.pages.metric_choices import label_figure
from api.pages.page import PAGE_TYPE, read_style, write_page, write_policy
from api.parameters import AsOfQuery
from api.period_words import WINDOW_WORDS, name_period
from api.questions import gather, refuse_future
from api.recall import recall
from api.releases import Releases
from api.report.words import join
from api.respond import label_release, release_headers
from api.routes.cite import (
    AreaPath,
    FirstQuery,
    LastQuery,
    MetricPath,
    OneBasisQuery,
    OneGroupQuery,
    OneWindowQuery,
)
from api.series import label_group
from api.show import STATUS_WORDS, show_figure, show_limits
from api.snapshot import Area, Snapshot
from sql.measure import Measure

CHARTS = ("dots", "strip", "series")
STYLE = "embed.css"


class EmbedController(Controller):
    """What other sites may show in a frame."""

    path = "/embed"
    tags = ("Embeds",)

    @get(
        "/figure/{metric:str}/{area:str}",
        operation_id="embedFigure",
        summary="A figure for another site",
        description="One figure with its interval, its position and its source, for an `iframe`. Without months the latest.",
        media_type=HTML,
        responses=describe_page(404),
    )
    async def embed_figure(
        self,
        releases: NamedDependency[Releases],
        metric: MetricPath,
        area: AreaPath,
        from_: FirstQuery = None,
        to: LastQuery = None,
        window: OneWindowQuery = None,
        group: OneGroupQuery = None,
        basis: OneBasisQuery = None,
        as_of: AsOfQuery = None,
    ) -> Response[bytes]:
        """The card."""
        newest = releases.snapshot
        measure, place = find_measure(metric), find_area(newest, area)
        given = {"from": from_, "to": to, "window": window, "group": group, "basis": basis, "as_of": as_of}
        async with releases.connection() as connection:
            snapshot, row = await read_figure(connection, newest, measure, place, given)
            standing = await find_place(connection, snapshot, row)
        label = label_figure(snapshot, measure, row.basis, row.group)
        return answer_embed(
            "embed_figure.html",
            snapshot,
            title=f"{measure.title}{f', {label}' if label else ''}: {place.area_name}",
            row=row,
            unit=measure.unit,
            shown=show_figure(measure, row),
            limits=show_limits(measure, row.lower, row.upper),
            status_words=STATUS_WORDS.get(row.status, row.status),
            position=standing.position if standing and standing.position in PLACED else None,
            position_note=note_place(standing),
            period=name_period(row.from_month, row.to_month),
            window=WINDOW_WORDS[row.window],
            address=cite_row(row, place.slug),
        )

    @get(
        "/chart/{metric:str}",
        operation_id="embedChart",
        summary="A chart for another site",
        description="A chart of a metric with its table and its source, for an `iframe`: `dots` and `strip` show all boroughs "
        "(BCUs where the area is one) with the area marked, `series` the months of the area.",
        media_type=HTML,
        responses=describe_page(404),
    )
    async def embed_chart(
        self,
        releases: NamedDependency[Releases],
        workshop: NamedDependency[Workshop],
        metric: MetricPath,
        area: Annotated[
            str | None,
            QueryParameter(
                description="A code or slug: the area that is marked, or whose months are shown.",
                examples=[Example(summary="A borough", value="hackney")],
            ),
        ] = None,
        kind: Annotated[
            str | None,
            QueryParameter(
                description="`dots` (the default), `strip` or `series`.",
                examples=[Example(summary="Month by month", value="series")],
            ),
        ] = None,
        to: LastQuery = None,
        window: OneWindowQuery = None,
        group: OneGroupQuery = None,
        basis: OneBasisQuery = None,
        as_of: AsOfQuery = None,
    ) -> Response[bytes]:
        """The chart."""
        if kind not in (None, *CHARTS):
            raise BadParameter("kind", kind, CHARTS)
        refuse_future(("to", to))
        measure = find_measure(metric)
        place = None if area is None else find_area(releases.snapshot, area)
        async with releases.connection() as connection:
            snapshot = await recall(connection, releases.snapshot, as_of)
            given = gather(to=to, window=window, group=group, basis=basis)
            if kind == "series":
                drawn = await _draw_months(connection, snapshot, measure, place, given)
            else:
                drawn = await _draw_areas(connection, snapshot, measure, place, given, kind or CHARTS[0])
        picture = await workshop.draw(drawn["drawing"])
        return answer_embed(
            "embed_chart.html",
            snapshot,
            title=drawn["drawing"].title,
            picture=picture,
            address=cite_metric(metric),
            **drawn,
        )


async def _draw_months(
    conn: Any, snapshot: Snapshot, measure: Measure, area: Area | None, given: dict[str, list[str]]
) -> dict[str, Any]:
    if area is None:
        raise BadParameter("area", None, (), "A chart of months is of one area: say which with area=.")
    if "window" in given:
        raise BadParameter(
            "window", given["window"][0], (), "A chart of months is always by month: leave window out."
        )
    rows = await draw_series(conn, snapshot, {"metric": [measure.metric], "area": [area.slug], **given})
    label = label_group(snapshot, measure, rows[0].basis, rows[0].group)
    return {
        "drawing": draw_signals(measure, rows, (), label),
        "table": tabulate_months(measure, rows),
        "left_out": "",
    }


async def _draw_areas(
    conn: Any,
    snapshot: Snapshot,
    measure: Measure,
    area: Area | None,
    given: dict[str, list[str]],
    kind: str,
) -> dict[str, Any]:
    if area is not None and area.area_kind not in COMPARED:
        allowed = [one.slug for one in snapshot.areas.values() if one.area_kind in COMPARED]
        sentence = f"{area.area_name} is not compared with others of its kind: name a borough or a BCU, or take kind=series."
        raise BadParameter("area", area.slug, allowed, sentence)
    rows = await compare_areas(
        conn,
        snapshot,
        measure.metric,
        kind=area.area_kind if area else COMPARED[0],
        **{name: values[0] for name, values in given.items()},
    )
    own = area.area_code if area else None
    dots = draw_comparison(measure, rows, label_figure(snapshot, measure, rows[0].basis, rows[0].group), own)
    return {
        "drawing": dots if kind == "dots" else draw_strip(dots),
        "table": tabulate_areas(measure, rows, own),
        "left_out": join(list_left_out(rows)),
    }


def answer_embed(template: str, snapshot: Snapshot, *, title: str, **given: Any) -> Response[bytes]:
    """A page that any site may show in a frame; it runs no script and sends nothing."""
    style = read_style(STYLE)
    body = write_page(
        template,
        title=title,
        is_sample=snapshot.is_sample,
        style=style,
        release=label_release(snapshot),
        **given,
    )
    policy = {"Content-Security-Policy": write_policy(style, "*", is_scripted=False)}
    return Response(body, media_type=PAGE_TYPE, headers={**policy, **release_headers(snapshot)})
