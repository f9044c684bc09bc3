"""/compare: two to six areas beside each other."""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.areas import read_day
from api.draw.workshop import Workshop
from api.errors import BadParameter, find_close
from api.figures.windows import parse_month
from api.negotiation import HTML
from api.pages.assets import answer_scripted
from api.pages.compare_page import draw_leads, make_parts
from api.pages.described import describe_page
from api.pages.find import KIND_WORDS
from api.parameters import AsOfQuery, ToQuery
from api.questions import refuse_future
from api.recall import recall
from api.releases import Releases
from api.report.request import list_reported
from api.scorecard import write_scorecard
from api.shapes import list_boroughs
from api.snapshot import Area, Snapshot
from sql.measure import load_measures

FEWEST, MOST = 2, 6
HEADS = {
    "borough": "Boroughs",
    "bcu": "Basic Command Units",
    "met_area": "Wider areas",
    "london": "Wider areas",
}


class CompareController(Controller):
    """Areas beside each other."""

    path = "/compare"
    tags = ("Pages",)

    @get(
        operation_id="compareChosenAreas",
        summary="Two to six areas beside each other",
        description="Every figure of each, where it lies among the areas of its kind, and whether chance could explain "
        "how it differs from the first area.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def compare(
        self,
        releases: NamedDependency[Releases],
        workshop: NamedDependency[Workshop],
        area: Annotated[
            list[str] | None,
            QueryParameter(
                description="Codes or slugs of two to six areas; the others are set against the first.",
                examples=[Example(summary="Two boroughs", value=["hackney", "bromley"])],
            ),
        ] = None,
        to: ToQuery = None,
        as_of: AsOfQuery = None,
    ) -> Response[bytes]:
        """The form, and with two areas or more their figures. A value left empty, as forms send it, is not asked."""
        to, as_of = to or None, as_of or None
        refuse_future(("to", to))
        async with releases.connection() as connection:
            snapshot = await recall(connection, releases.snapshot, as_of)
            areas = find_areas(snapshot, area or ())
            cards = []
            if len(areas) >= FEWEST:
                last = None if to is None else parse_month(to.strip())
                cards = [await write_scorecard(connection, snapshot, one, last, as_of) for one in areas]
        given: dict[str, Any] = {"parts": [], "told": [], "charts": []}
        if cards:
            measures = load_measures()
            shares = [share_ground(snapshot, areas[0], one) for one in areas]
            parts, told = make_parts(snapshot, measures, areas, cards, shares)
            drawn = draw_leads(measures, cards)
            pictures = await workshop.draw_all([drawing for _, drawing in drawn])
            charts = [
                (key, drawing, picture) for (key, drawing), picture in zip(drawn, pictures, strict=True)
            ]
            given = {"parts": parts, "told": told, "charts": charts}
        return answer_scripted(
            "compare.html",
            snapshot,
            title=write_title(areas),
            here="/compare",
            areas=areas,
            selects=[areas[place].slug if place < len(areas) else "" for place in range(MOST)],
            groups=group_areas(snapshot),
            to=to,
            as_of=as_of,
            **given,
        )


def find_areas(snapshot: Snapshot, texts: Any) -> list[Area]:
    """The areas of codes or slugs, each once; empty ones are left out. Raises BadParameter."""
    known = list_reported(snapshot)
    slugs = [one.slug for one in known]
    found: dict[str, Area] = {}
    for text in texts:
        if not text.strip():
            continue
        one = snapshot.find_area(text)
        if one is None or one not in known:
            close = find_close(text, slugs)
            raise BadParameter("area", text, [*close, *(slug for slug in slugs if slug not in close)])
        found[one.area_code] = one
    if len(found) > MOST:
        raise BadParameter(
            "area",
            None,
            (),
            f"{len(found)} areas are more than the {MOST} that are shown beside each other: choose fewer.",
        )
    return list(found.values())


def share_ground(snapshot: Snapshot, first: Area, other: Area) -> bool:
    """Whether two areas have a borough in common today."""
    day = read_day(None)
    one, two = (list_boroughs(snapshot, area.area_code, day) for area in (first, other))
    return bool(one & two)


def group_areas(snapshot: Snapshot) -> list[tuple[str, list[Area]]]:
    """The areas to choose from, under the heads of their kinds."""
    grouped: dict[str, list[Area]] = {}
    for area in list_reported(snapshot):
        grouped.setdefault(HEADS.get(area.area_kind, KIND_WORDS.get(area.area_kind, "")), []).append(area)
    return list(grouped.items())


def write_title(areas: list[Area]) -> str:
    """ "Hackney beside Bromley"; without two areas what the page is for."""
    if len(areas) < FEWEST:
        return "Compare areas"
    names = [area.area_name for area in areas]
    return f"{names[0]} beside {', '.join(names[1:-1])}{' and ' if len(names) > 2 else ''}{names[-1]}"
