"""The pages that say what there is to know: what arrived, sources and methods, what cannot be answered, the guide."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from api.arrivals import describe_source
from api.cannot_say import CANNOT_SAY
from api.draw.drawings import CalendarDrawing
from api.draw.workshop import Workshop
from api.grid import gather_extras, list_grid
from api.negotiation import HTML
from api.origin import OF_HOST, find_origin
from api.pages.coverage_page import write_coverage
from api.pages.described import describe_page
from api.pages.guide_page import write_guide
from api.pages.page import answer_page
from api.pages.sources_page import write_sources
from api.parameters import AsOfQuery
from api.recall import recall
from api.releases import Releases
from api.report.model import Cell, Column, Table
from api.respond import TABLE, AnyRequest, label_release
from sql.queries import load

TAGS = ("Pages",)


class CoveragePageController(Controller):
    """What arrived, for people."""

    path = "/coverage"
    tags = TAGS

    @get(
        operation_id="readCoveragePage",
        summary="What arrived and what did not",
        description="Which months of which source are here, by year, with the gaps and their reasons.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def read_coverage(
        self,
        releases: NamedDependency[Releases],
        workshop: NamedDependency[Workshop],
        as_of: AsOfQuery = None,
    ) -> Response[bytes]:
        """The page."""
        async with releases.connection() as connection:
            snapshot = await recall(connection, releases.snapshot, as_of)
            files = await connection.fetch(load("api_coverage_files"), label_release(snapshot).published_at)
            ends = await connection.fetch(load("api_source_ends"))
            publications = await connection.fetch(load("api_payments_publication"))
        extras = gather_extras(snapshot, files, (), ends, publications)
        given = write_coverage(list_grid(snapshot, extras, None, None, None, None))
        drawing: CalendarDrawing | None = given["drawing"]
        picture = await workshop.draw(drawing) if drawing is not None else b""
        then = f"&as_of={as_of}" if as_of else ""
        links = {
            name.title() if name == "parquet" else name.upper(): f"/v1/coverage?format={name}{then}"
            for name in TABLE
        }
        return answer_page(
            "coverage.html",
            snapshot,
            title="What arrived and what did not",
            here="/coverage",
            picture=picture,
            links=links,
            **given,
        )


class SourcePageController(Controller):
    """Sources and methods, for people."""

    path = "/sources"
    tags = TAGS

    @get(
        operation_id="readSourcesPage",
        summary="Sources and methods",
        description="Who publishes what, what is known to be wrong with it, and how figures are made.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def read_sources(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """The page."""
        snapshot = releases.snapshot
        async with releases.connection() as connection:
            records = await connection.fetch(load("api_sources"))
        rows = [describe_source(snapshot, dict(record)) for record in records]
        return answer_page(
            "sources.html",
            snapshot,
            title="Sources and methods",
            here="/sources",
            **write_sources(snapshot, rows),
        )


class GuideController(Controller):
    """How to get the data."""

    path = "/guide"
    tags = TAGS

    @get(
        operation_id="readGuide",
        summary="Data and API",
        description="Examples to copy for a browser, curl, Python, R and Excel; formats, releases, feeds, embeds, limits.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def read_guide(self, request: AnyRequest, releases: NamedDependency[Releases]) -> Response[bytes]:
        """The page, with the address under which it was asked."""
        given = write_guide(releases.snapshot, find_origin(request))
        answer = answer_page(
            "guide.html",
            releases.snapshot,
            title="Data and API",
            here="/guide",
            has_bulk=any(route.path == "/v1/bulk" for route in request.app.routes),
            **given,
        )
        answer.headers.update(OF_HOST)
        return answer


class PlainPageController(Controller):
    """Pages that are the same in every release."""

    path = "/"
    tags = TAGS

    @get(
        "/cannot-answer",
        operation_id="readCannotAnswer",
        summary="What these data cannot answer",
        description="Questions that no figure here answers, why not, and whom to ask.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def read_cannot_answer(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """The page."""
        return _answer_plain(
            releases,
            "cannot_answer.html",
            "What these data cannot answer",
            here="/cannot-answer",
            questions=tabulate_questions(),
        )

    @get(
        "/about",
        operation_id="readAbout",
        summary="About",
        description="What this is, why, for whom, and under which licence.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def read_about(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """The page."""
        return _answer_plain(releases, "about.html", "About this site", here="/about")

    @get(
        "/accessibility",
        operation_id="readAccessibility",
        summary="Accessibility statement",
        description="What works for whom, what does not, how it was tested, and whom to tell.",
        media_type=HTML,
        responses=describe_page(),
    )
    async def read_accessibility(self, releases: NamedDependency[Releases]) -> Response[bytes]:
        """The page."""
        return _answer_plain(releases, "accessibility.html", "Accessibility statement", here="/accessibility")


def _answer_plain(releases: Releases, template: str, title: str, **given: Any) -> Response[bytes]:
    return answer_page(template, releases.snapshot, title=title, **given)


def tabulate_questions() -> Table:
    """The questions that no figure answers, why not, and whom to ask."""
    return Table(
        key="questions",
        title="Questions, why these data do not answer them, and who may know",
        columns=(Column("question", "Question"), Column("why", "Why not"), Column("ask", "Whom to ask")),
        rows=tuple((Cell(one.question), Cell(one.why), Cell(one.ask)) for one in CANNOT_SAY),
    )
