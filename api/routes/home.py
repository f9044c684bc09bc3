"""/: the front page."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.areas import read_day
from api.cite import cite_metric
from api.draw.fair import draw_map, list_left_out
from api.draw.workshop import Workshop
from api.figures.windows import text_of
from api.model import ValueRow
from api.pages.assets import answer_scripted
from api.pages.home import (
    HEADLINES,
    keep_latest,
    list_downloads,
    list_money,
    list_shown,
    make_table,
    tell_gaps,
)
from api.releases import Releases
from api.report.words import join
from api.respond import label_release
from api.routes.find import name_areas
from api.shapes import ShapeStore, draw_areas
from api.survey import list_published
from api.values import get_values
from sql.measure import load_measures


class HomeController(Controller):
    """The page for people."""

    path = "/"
    tags = ("Pages",)

    @get(
        operation_id="readFrontPage",
        summary="The front page",
        description="What this is, and the 33 boroughs at a glance.",
        media_type="text/html",
        responses={
            200: ResponseSpec(
                str,
                generate_examples=False,
                description="A page.",
                media_type="text/html",
                examples=[Example(summary="A page", value="<!DOCTYPE html>…")],
            )
        },
    )
    async def read_front_page(
        self,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        workshop: NamedDependency[Workshop],
    ) -> Response[bytes]:
        """The latest 12 months of the headline metrics; of returns the latest financial year that is there."""
        snapshot = releases.snapshot
        label_release(snapshot)
        measures = load_measures()
        async with releases.connection() as connection:
            figures = {metric: await _find_latest(connection, snapshot, metric) for metric in HEADLINES}
            codes = [row.area_code for row in figures[HEADLINES[0]]]
            grounds = await draw_areas(connection, shapes, snapshot, codes, read_day(None))
        shown = list_shown(figures)
        mapped = next(iter(shown), None)
        drawing = picture = None
        if mapped is not None:
            drawing = draw_map(measures[mapped], shown[mapped], grounds)
            picture = await workshop.draw(drawing)
        council, money = list_money(snapshot)
        return answer_scripted(
            "home.html",
            snapshot,
            title="London's boroughs, figure by figure",
            here="/",
            text="",
            names=name_areas(snapshot),
            drawing=drawing,
            picture=picture,
            left_out=join(list_left_out(shown[mapped])) if mapped else "",
            boroughs=make_table(measures, figures, snapshot.areas),
            gaps=tell_gaps(measures, figures),
            columns=[(measures[metric].title, cite_metric(metric)) for metric in shown],
            files=list_downloads(measures, figures),
            council=council,
            money=money,
        )


async def _find_latest(connection: Any, snapshot: Any, metric: str) -> list[ValueRow]:
    measure = load_measures()[metric]
    question = {"metric": [metric], "area": ["boroughs"]}
    if measure.kind == "annual":
        years = list_published(snapshot, measure)
        question |= {"window": ["financial_year"]}
        question |= {"from": [text_of(years[0])], "to": [text_of(years[-1])]} if years else {}
    return keep_latest((await get_values(connection, snapshot, question))[2])
