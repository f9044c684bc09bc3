"""A report from figures: what each of its parts says, in order. Everything that is shown comes from here, in every format."""

from typing import Any
from urllib.parse import quote

from api.cannot_say import CANNOT_SAY
from api.envelope import ReleaseLabel
from api.errors import Unavailable
from api.figures.windows import text_of
from api.report.coverage import write_coverage
from api.report.decomposition import write_decomposition
from api.report.definitions import write_definitions
from api.report.desk import Desk, set_desk
from api.report.figures import keep_once
from api.report.findings import list_findings
from api.report.headlines import list_headlines
from api.report.model import Report
from api.report.notes import tell_known, tell_meeting, write_notes
from api.report.plans import PLANS
from api.report.questions import raise_questions
from api.report.request import ReportRequest, write_address
from api.report.sections.council import write_money, write_trust
from api.report.sections.police import write_crime, write_force, write_searches, write_strip
from api.report.sections.ratios import write_ratios
from api.report.sources import list_sources
from api.report.summary import write_period, write_summary
from api.report.words import name_place
from api.scorecard import write_scorecard
from api.snapshot import Snapshot

WRITERS = (write_searches, write_force, write_strip, write_crime, write_trust, write_money, write_ratios)
NOTHING = "Nothing was published yet, so there is no report: load files, then publish them."


async def write_report(conn: Any, snapshot: Snapshot, request: ReportRequest) -> Report:
    """The report of a request. `snapshot` is that of the release which the request's `as_of` names.

    Raises Unavailable where nothing was published yet.
    """
    release = snapshot.release
    if release is None:
        raise Unavailable(NOTHING)
    area = request.area
    rows = await write_scorecard(conn, snapshot, area, request.last)
    desk = set_desk(conn, snapshot, request, rows)
    drafts = [await write(desk) for write in WRITERS]
    if (decomposition := await write_decomposition(conn, snapshot, request, rows)) is not None:
        drafts.append(decomposition)
    coverage = await write_coverage(conn, snapshot, request)
    findings = await list_findings(conn, snapshot, area, rows)
    metrics = _list_metrics(desk)
    return Report(
        area_code=area.area_code,
        area_name=area.area_name,
        area_kind=area.area_kind,
        slug=area.slug,
        title=f"Policing and community safety in {name_place(area)}",
        subtitle=tell_meeting(request.meeting),
        address=write_address(request),
        meeting=request.meeting,
        period=write_period(desk),
        known=tell_known(snapshot),
        release=ReleaseLabel(release.release, release.published_at, release.boundary_vintage),
        is_sample=snapshot.is_sample,
        summary=write_summary(desk),
        headlines=list_headlines(desk),
        questions=raise_questions(findings, area.slug),
        sections=(*(draft.finish() for draft in drafts), coverage),
        cannot_say=CANNOT_SAY,
        definitions=write_definitions(metrics),
        sources=await list_sources(conn, snapshot, metrics),
        notes=write_notes(desk),
        figures=keep_once(figure for draft in drafts for figure in draft.figures),
        links=_list_links(request),
    )


def _list_metrics(desk: Desk) -> list[str]:
    """The metrics that the report shows, in its order."""
    shown = [metric for plan in PLANS for metric in plan.metrics if desk.list_rows(metric)]
    outcomes = desk.find("outcome_share")
    return list(
        dict.fromkeys([*shown, *(["outcome_share"] if outcomes and outcomes.value is not None else [])])
    )


def _list_links(request: ReportRequest) -> dict[str, str]:
    """Where the same figures stand as data."""
    asked = {
        "to": None if request.last is None else text_of(request.last),
        "as_of": request.as_of,
    }
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items() if value is not None)
    slug = request.area.slug
    return {
        "Scorecard as data (JSON)": f"/v1/areas/{slug}/scorecard{'?' + query if query else ''}",
        "About this area as data (JSON)": f"/v1/areas/{slug}",
        "All figures": "/figures",
    }
