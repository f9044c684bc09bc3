"""/v1/areas/{area}/scorecard: every metric for one area."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from api.areas import find_area, read_day
from api.cannot_say import CANNOT_SAY
from api.documentation import MapOperation, describe_noted
from api.figures.windows import parse_month
from api.parameters import AsOfQuery, FormatQuery, ToQuery
from api.questions import refuse_future
from api.recall import recall
from api.releases import Releases
from api.respond import MAP, AnyRequest, find_format, respond
from api.routes.values import FIGURE
from api.scorecard import SCORECARD_COLUMNS, ScorecardRow, write_scorecard
from api.shapes import ShapeStore, draw_areas

CARD = {
    **dict.fromkeys(SCORECARD_COLUMNS),
    **FIGURE,
    "window": "rolling_12",
    "rest_numerator": 102_511,
    "rest_denominator": 8_778_807.3,
    "rest_value": 11.68,
    "rest_ratio": 1.059,
    "rest_ratio_lower": 1.023,
    "rest_ratio_upper": 1.096,
    "before_from": "2022-09",
    "before_to": "2023-08",
    "before_months": 11,
    "before_numerator": 3902,
    "before_denominator": 242_394.2,
    "before_value": 16.1,
    "change_ratio": 0.783,
    "change_ratio_lower": 0.747,
    "change_ratio_upper": 0.821,
    "change_flags": ["11 of 12 months"],
    "title": "Searches per 1,000 residents",
    "unit": "searches per 1,000 residents a year",
    "rank": 13,
    "rank_of": 31,
    "position": "Similar",
    "inner_outer": "inner",
    "inner_outer_value": 14.1,
    "bcu_code": "CE",
    "bcu_name": "Central East",
    "bcu_value": 14.5,
    "hidden_by_bcu": False,
    "hides": [],
    "hides_codes": [],
    "signals": ["falling from 2023-07 to 2023-12, 6 months."],
    "sentence": "12.4 searches per 1,000 residents a year (11.9 to 12.8), similar to most boroughs (within the 95% "
    "limits). Lower than the 16.1 of a year before (0.75 to 0.82 times).",
}


class ScorecardController(Controller):
    """Every metric for one area."""

    path = "/v1/areas/{area:str}/scorecard"
    tags = ("Figures",)

    @get(
        operation_id="getScorecard",
        summary="Every metric for one area",
        description="The latest twelve months of each metric (the latest financial year of those that count few "
        "people): the figure beside its BCU, the rest of the Met area and the year before, its place among the "
        "others of its kind, signals of change, and a plain sentence. Also what these data cannot answer.",
        operation_class=MapOperation,
        responses=describe_noted(ScorecardRow, CARD, CANNOT_SAY, "/v1/areas/hackney/scorecard", 404),
    )
    async def get_scorecard(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        shapes: NamedDependency[ShapeStore],
        area: Annotated[
            str,
            PathParameter(
                description="A code or a slug, in any case.",
                examples=[
                    Example(summary="By slug", value="hackney"),
                    Example(summary="A Basic Command Unit", value="CE"),
                ],
            ),
        ],
        to: ToQuery = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The figures by metric."""
        snapshot = releases.snapshot
        chosen = find_format(request, MAP)
        refuse_future(("to", to))
        async with releases.connection() as connection:
            snapshot = await recall(connection, snapshot, as_of)
            found = find_area(snapshot, area)
            last = None if to is None else parse_month(to)
            rows = await write_scorecard(connection, snapshot, found, last, as_of)
            geometries = {}
            if chosen.is_map:
                geometries = await draw_areas(connection, shapes, snapshot, [found.area_code], read_day(None))
        return await respond(
            request,
            snapshot,
            rows,
            ScorecardRow,
            name=f"scorecard-{found.slug}",
            offered=MAP,
            geometries=geometries,
            links={"area": f"/v1/areas/{found.slug}"},
            cannot_say=CANNOT_SAY,
        )
