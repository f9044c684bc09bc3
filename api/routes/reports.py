"""/reports/{area}: the report of an area in every format; /reports/frozen/{hash}: a report as it was tabled."""

from contextlib import nullcontext
from datetime import UTC, date
from email.utils import format_datetime
from typing import Annotated

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.draw.workshop import Workshop
from api.envelope import ATTRIBUTION, Listing
from api.pages.described import describe_page
from api.pages.page import answer_page, show_day, write_headers
from api.parameters import AsOfQuery, FormatQuery, FromQuery, ToQuery
from api.record_files import Exports
from api.releases import Releases
from api.report.documents import FrozenOperation, ListOperation, ReportOperation
from api.report.frozen import SUMS, FrozenReport, find_frozen, list_frozen, list_rows, read_file
from api.report.model import Cell, Column, Report, Table
from api.report.render import ReportFormat, choose_report_format, name_file, render
from api.report.request import find_reported, resolve
from api.report.shelf import fetch_report
from api.respond import AnyRequest, label_release, list_links, release_headers
from api.snapshot import Area, Snapshot

FOR_EVER = "public, max-age=31536000, immutable"
# What was frozen since is seen at once: no release clears it from a cache.
NOT_KEPT = "no-store"
LISTED = ("html", "json")

AreaPath = Annotated[
    str,
    PathParameter(
        description="The code or slug of a borough or a BCU, met or london.",
        examples=[Example(summary="A borough", value="hackney"), Example(summary="A BCU", value="CE")],
    ),
]
HashPath = Annotated[
    str,
    PathParameter(
        description="The hash of a frozen report, or its first 12 hexadecimal digits or more.",
        examples=[Example(summary="The first 12 digits", value="0f1e2d3c4b5a")],
    ),
]
MeetingQuery = Annotated[
    str | None,
    QueryParameter(
        name="meeting",
        description="The day of the meeting that the report is for. One that is over shows what was known on its day.",
        examples=[Example(summary="A day", value="2026-12-03")],
    ),
]


class ReportController(Controller):
    """Reports."""

    path = "/reports"
    tags = ("Reports",)

    @get(
        "/{area:str}",
        operation_id="readReport",
        summary="The report of an area",
        description="Headline figures, sections with charts and tables, questions the figures raise, what these data "
        "cannot answer, definitions and sources: as a page, PDF, workbook, CSV or JSON, all with the same figures.",
        operation_class=ReportOperation,
        responses=describe_page(404, 406),
    )
    async def read_report(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        workshop: NamedDependency[Workshop],
        exports: NamedDependency[Exports],
        area: AreaPath,
        from_: FromQuery = None,
        to: ToQuery = None,
        as_of: AsOfQuery = None,
        meeting: MeetingQuery = None,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The report in the format asked for."""
        snapshot = releases.snapshot
        chosen = choose_report_format(format_, request.headers.get("accept", ""))
        asked = resolve(snapshot, area, from_, to, as_of, meeting)
        if chosen.is_heavy:
            exports.check()
        of_report, report = await fetch_report(releases, snapshot, asked)
        frozen = None
        if chosen.name == "html":
            async with releases.connection() as connection:
                frozen = find_tabled(await list_frozen(connection, report.area_code), report)
            report = link_frozen(report, frozen)
        async with exports.take_turn() if chosen.is_heavy else nullcontext():
            body = await render(report, chosen.name, workshop)
        headers = {**release_headers(of_report), **_write_headers(chosen, name_file(report, chosen.name))}
        if asked.meeting is not None and frozen is None and chosen.name == "html":
            headers["Cache-Control"] = NOT_KEPT
        return Response(body, media_type=chosen.content_type, headers=headers)

    @get(
        "/{area:str}/frozen",
        operation_id="listFrozenReports",
        summary="The frozen reports of an area",
        description="Reports that were kept as they were tabled, each with its hash and the link that opens it for ever.",
        operation_class=ListOperation,
        responses=describe_page(404, 406),
    )
    async def list_frozen_reports(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        area: AreaPath,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """The list as a page, or as JSON."""
        snapshot = releases.snapshot
        chosen = choose_report_format(format_, request.headers.get("accept", ""), LISTED)
        found = find_reported(snapshot, area)
        async with releases.connection() as connection:
            reports = await list_frozen(connection, found.area_code)
        if chosen.name == "html":
            answer = _write_list(snapshot, found, reports)
        else:
            about = list_links(request, LISTED), label_release(snapshot), snapshot.is_sample, ATTRIBUTION
            body = msgspec.json.encode(Listing(list_rows(reports), *about))
            answer = Response(body, media_type=chosen.content_type, headers=release_headers(snapshot))
        # It grows without a release.
        answer.headers.pop("Last-Modified", None)
        answer.headers["Cache-Control"] = NOT_KEPT
        return answer

    @get(
        "/frozen/{digest:str}",
        operation_id="readFrozenReport",
        summary="A frozen report",
        description="A report as it was frozen, to the byte, in the formats in which it was kept then. `format=sums` has "
        "the check sums of its files. It is read from what was kept, never from figures.",
        operation_class=FrozenOperation,
        responses=describe_page(404, 406),
    )
    async def read_frozen_report(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        digest: HashPath,
        format_: FormatQuery = None,
    ) -> Response[bytes]:
        """A kept file."""
        name = format_ or choose_report_format(None, request.headers.get("accept", "")).name
        async with releases.connection() as connection:
            frozen = await find_frozen(connection, digest)
            file = await read_file(connection, frozen.hash, name)
        headers = {
            "Cache-Control": FOR_EVER,
            "Last-Modified": format_datetime(frozen.frozen_at.astimezone(UTC), usegmt=True),
            "X-Release": frozen.release,
            "Link": f'<{frozen.address}>; rel="canonical"',
        }
        if file.policy is not None:
            headers["Content-Security-Policy"] = file.policy
        # A page opens; saved, it has the name under which its check sum is listed.
        way = "inline" if name in LISTED else "attachment"
        headers["Content-Disposition"] = f'{way}; filename="{file.name}"'
        return Response(file.body, media_type=file.media_type, headers=headers)


def find_tabled(frozen: list[FrozenReport], report: Report) -> FrozenReport | None:
    """The latest report of the area that was frozen for the same meeting; None for a report for none."""
    if report.meeting is None:
        return None
    day = date.fromisoformat(report.meeting)
    return next((one for one in frozen if one.meeting == day), None)


def link_frozen(report: Report, frozen: FrozenReport | None) -> Report:
    """The report with links to what was frozen of it."""
    links = dict(report.links)
    if frozen is not None and frozen.meeting is not None:
        links[f"As frozen for the meeting on {show_day(frozen.meeting)}"] = frozen.address
    links["Frozen reports of this area"] = f"/reports/{report.slug}/frozen"
    return msgspec.structs.replace(report, links=links)


def _write_headers(chosen: ReportFormat, name: str) -> dict[str, str]:
    if chosen.name == "html":
        return write_headers()
    return {"Content-Disposition": f'attachment; filename="{name}"'} if chosen.is_file else {}


def _write_list(snapshot: Snapshot, area: Area, reports: list[FrozenReport]) -> Response[bytes]:
    columns = (
        Column("report", "Report"),
        Column("meeting", "Meeting"),
        Column("frozen_at", "Frozen on"),
        Column("release", "Release"),
        Column("sums", "Check sums"),
        Column("hash", "Hash (SHA-256)"),
    )
    rows = tuple(
        (
            Cell(f"{one.title}{' (sample data)' if one.is_sample else ''}", href=one.address),
            Cell(show_day(one.meeting) if one.meeting else "[z] no meeting named"),
            Cell(show_day(one.frozen_at)),
            Cell(one.release),
            Cell("Check sums", href=f"{one.address}?format={SUMS}"),
            Cell(one.hash),
        )
        for one in reports
    )
    listed = Table(key="frozen", title=f"Frozen reports of {area.area_name}", columns=columns, rows=rows)
    title = f"Frozen reports: {area.area_name}"
    return answer_page(
        "frozen.html",
        snapshot,
        title=title,
        here="/reports",
        listed=listed,
        area_name=area.area_name,
        slug=area.slug,
    )
