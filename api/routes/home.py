"""/: the front page."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.figures.windows import text_of
from api.model import ValueRow
from api.pages.frame import PAGE_HEADERS, PAGE_TYPE
from api.pages.home import HEADLINES, keep_latest, write_home
from api.releases import Releases
from api.respond import release_headers
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
    async def read_front_page(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """The latest 12 months of the headline metrics; of returns the latest financial year that is there."""
        snapshot = releases.snapshot
        figures: dict[str, list[ValueRow]] = {}
        measures = load_measures()
        async with releases.connection() as connection:
            for metric in HEADLINES:
                question = {"metric": [metric], "area": ["boroughs"]}
                if measures[metric].kind == "annual":
                    years = list_published(snapshot, measures[metric])
                    question |= {"window": ["financial_year"]}
                    question |= {"from": [text_of(years[0])], "to": [text_of(years[-1])]} if years else {}
                figures[metric] = keep_latest((await get_values(connection, snapshot, question))[2])
        page = write_home(snapshot, measures, figures)
        return Response(page, media_type=PAGE_TYPE, headers={**PAGE_HEADERS, **release_headers(snapshot)})
