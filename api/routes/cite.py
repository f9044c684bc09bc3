"""/figures/{metric}/{area}: one figure, with its definition, its sources and its history."""

from typing import Annotated

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.areas import find_area
from api.cite import cite_row
from api.cited import read_cited
from api.comparison import find_measure
from api.envelope import ATTRIBUTION, Single
from api.errors import BadParameter, NotAcceptable
from api.negotiation import HTML, JSON, choose_type
from api.origin import OF_HOST, find_origin
from api.pages.cite_page import write_cited
from api.pages.described import describe_page
from api.pages.page import answer_page
from api.parameters import AsOfQuery, FormatQuery
from api.releases import Releases
from api.respond import MAP, AnyRequest, label_release, release_headers

FORMATS = ("html", "json")
MetricPath = Annotated[
    str,
    PathParameter(
        description="The id of a metric.", examples=[Example(summary="A metric", value="stop_search_rate")]
    ),
]
AreaPath = Annotated[
    str,
    PathParameter(description="A code or slug.", examples=[Example(summary="A borough", value="hackney")]),
]
FirstQuery = Annotated[
    str | None,
    QueryParameter(
        name="from",
        description="The figure's first month. Default: what the window makes of its last.",
        examples=[Example(summary="A month", value="2023-09")],
    ),
]
LastQuery = Annotated[
    str | None,
    QueryParameter(
        name="to",
        description="The figure's last month. Default: that of the metric's latest usual year.",
        examples=[Example(summary="A month", value="2024-08")],
    ),
]
OneWindowQuery = Annotated[
    str | None,
    QueryParameter(
        name="window",
        description="`rolling_12`, `financial_year`, `calendar_year`, `month`, or `whole`: from to to as one. Default: a "
        "rolling year, a financial year where the metric has only those, `whole` where both months are given.",
        examples=[Example(summary="Twelve months", value="rolling_12")],
    ),
]
OneGroupQuery = Annotated[
    str | None,
    QueryParameter(
        name="group",
        description="One group. Default: the total, else the metric's first.",
        examples=[Example(summary="All", value="total")],
    ),
]
OneBasisQuery = Annotated[
    str | None,
    QueryParameter(
        name="basis",
        description="One way of counting. Default: the metric's first.",
        examples=[Example(summary="As the officer recorded it", value="officer_defined")],
    ),
]


class CiteController(Controller):
    """Figures by address."""

    path = "/figures"
    tags = ("Pages",)

    @get(
        "/{metric:str}/{area:str}",
        operation_id="citeFigure",
        summary="One figure, to be cited",
        description="What a figure says and means, the files it stands on, every release that knew it and why it changed, "
        "and how to cite it; `format=json` gives the same as data. With `as_of` it is the same figure for ever.",
        media_type=HTML,
        responses=describe_page(404, 406),
    )
    async def cite_figure(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        metric: MetricPath,
        area: AreaPath,
        from_: FirstQuery = None,
        to: LastQuery = None,
        window: OneWindowQuery = None,
        group: OneGroupQuery = None,
        basis: OneBasisQuery = None,
        as_of: AsOfQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The page, or the data."""
        chosen = choose_form(request, format_)
        newest = releases.snapshot
        measure, place = find_measure(metric), find_area(newest, area)
        given = {"from": from_, "to": to, "window": window, "group": group, "basis": basis, "as_of": as_of}
        origin = find_origin(request)
        async with releases.connection() as connection:
            snapshot, cited = await read_cited(connection, newest, measure, place, given, origin)
        label = label_release(snapshot)
        if chosen == JSON:
            links = {"self": cite_row(cited.figure, place.slug) + "&format=json"}
            links["page"] = cite_row(cited.figure, place.slug)
            body = msgspec.json.encode(Single(cited, links, label, snapshot.is_sample, ATTRIBUTION))
            return Response(body, media_type=JSON, headers={**release_headers(snapshot), **OF_HOST})
        latest = newest.releases[0]
        answer = answer_page(
            "cite.html",
            snapshot,
            title=cited.title,
            here="/figures",
            **write_cited(cited, measure, place, latest, origin, MAP),
        )
        answer.headers.update(OF_HOST)
        return answer


def choose_form(request: AnyRequest, asked: str | None) -> str:
    """Whether a page or JSON is wanted: `?format=` decides before `Accept`. Raises BadParameter, NotAcceptable."""
    if asked is not None:
        if asked not in FORMATS:
            raise BadParameter("format", asked, FORMATS)
        return JSON if asked == "json" else HTML
    accept = request.headers.get("accept", "")
    chosen = choose_type(accept, (HTML, JSON))
    if chosen is None:
        raise NotAcceptable(accept, [HTML, JSON])
    return chosen
