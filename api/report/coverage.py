"""What stands under a report: which months arrived, how much of it has a place and is known, where series break."""

from collections.abc import Sequence
from typing import Any

from api.circle import list_boroughs
from api.figures.coverage import WITHOUT_CITY
from api.figures.windows import Window, number_of, text_of
from api.grid import POLICE, Extras, gather_extras, list_attributes, list_controls
from api.payment_question import SOURCE as PAYMENT
from api.report.cells import write_limits, write_value
from api.report.desk import Desk, fetch, measure_of, set_desk
from api.report.model import Cell, Chart, Column, Section, Table
from api.report.received import (
    MOST_COUNCILS,
    CalendarLine,
    Titles,
    count_whole,
    draw_calendar,
    list_lines,
    write_calendar,
)
from api.report.request import ReportRequest
from api.report.statement import name_month, name_period
from api.report.words import begin, join, lower_title, name_figure, name_place, name_window
from api.scorecard import ScorecardRow, write_scorecard
from api.show import mark_status, show_percent
from api.snapshot import SeriesBreak, Snapshot
from geo.areas import CITY
from geo.publishers import council_of
from sql.queries import load

KEY = "coverage"
TITLE = "Coverage and caveats"
MONTHS = 24
CALENDAR, KNOWN, BREAKS = f"{KEY}-months", f"{KEY}-known", f"{KEY}-breaks"
# Whose events have a place or not, and what they are called.
PLACED = {
    "stop_search_rate": "searches",
    "crime_rate": "recorded crimes",
    "use_of_force_rate": "uses of force",
}
UNKNOWN, CONTROL = "stop_search_ethnicity_unknown_share", "control_total_ratio"
SELF_DEFINED = "self_defined"
KNOWN_COLUMNS = (
    Column("what", "What"),
    Column("value", "Figure", "number", 1),
    Column("interval", "95% interval", "number", 1),
    Column("window", "Months"),
    Column("meaning", "What it means"),
)
BREAK_COLUMNS = (
    Column("month", "From", "month"),
    Column("sources", "Sources"),
    Column("what", "What changed"),
    Column("effect", "What is done about it"),
    Column("reference", "Where it is from"),
)
EFFECTS = {
    "forbid": "No figure and no change is given across it.",
    "flag": "Figures and changes across it say so.",
}
FORCE_WIDE = (
    "of the events in the files of the force that polices the area; a place is known by month, not by borough"
)
BTP = "British Transport Police is not included in any figure, so what it recorded on railways and the Underground is not."
RECEIVED = (
    '"Here" means held by this service and used; a month that is missing here may have been published since.'
)


async def write_coverage(conn: Any, snapshot: Snapshot, request: ReportRequest) -> Section:
    """The section, of the 24 months up to the report's last: a calendar, what is known of the events, breaks of series."""
    rows = await write_scorecard(conn, snapshot, request.area, request.last)
    desk = set_desk(conn, snapshot, request, rows)
    last = find_last(snapshot, request)
    first = last - MONTHS + 1
    boroughs = list_boroughs(snapshot, request.area.area_code, Window(last, last))
    extras = await fetch_extras(conn, snapshot)
    titles = await fetch_titles(conn, snapshot)
    lines = list_lines(snapshot, extras, titles, boroughs, first, last)
    forces = {force for borough, force in snapshot.home_forces.items() if borough in boroughs}
    breaks = [
        one
        for one in snapshot.breaks
        if first <= one.month <= last
        and one.concerns(forces)
        and {line.source for line in lines} & set(one.sources)
    ]
    period = name_period(text_of(first), text_of(last))
    calendar = write_calendar(lines, CALENDAR, f"Months of each source that are here, {period}")
    tables = [calendar, await _write_known(desk), _write_breaks(breaks, titles, period)]
    return Section(
        key=KEY,
        title=TITLE,
        sentences=tuple(_write_sentences(snapshot, request, lines, period)),
        charts=(Chart(CALENDAR, draw_calendar(lines, first, last), CALENDAR),),
        tables=tuple(table for table in tables if table is not None),
        notes=tuple(_write_notes(snapshot, lines, boroughs, first, last)),
    )


def find_last(snapshot: Snapshot, request: ReportRequest) -> int:
    """The last month of the calendar: the one asked for, else the latest of the police's files, else of the release."""
    if request.last is not None:
        return request.last
    months = [month for (source, _), held in snapshot.coverage.items() if source in POLICE for month in held]
    if months:
        return max(months)
    return number_of(snapshot.release.published_at.date()) - 1 if snapshot.release else 0


async def fetch_extras(conn: Any, snapshot: Snapshot) -> Extras:
    """What stands beside the coverage of a release; kept with the snapshot."""
    kept: Extras | None = snapshot.memo.get("coverage_extras")
    if kept is None:
        at = snapshot.release.published_at if snapshot.release else None
        series = [*list_attributes(snapshot), *list_controls(snapshot)]
        kept = gather_extras(
            snapshot,
            await conn.fetch(load("api_coverage_files"), at),
            await conn.fetch(load("api_coverage_sums"), snapshot.release_id, series),
            await conn.fetch(load("api_source_ends")),
            await conn.fetch(load("api_payments_publication")),
        )
        snapshot.memo["coverage_extras"] = kept
    return kept


async def fetch_titles(conn: Any, snapshot: Snapshot) -> Titles:
    """What each source is called and who publishes it; kept with the snapshot."""
    kept: Titles | None = snapshot.memo.get("source_titles")
    if kept is None:
        records = await conn.fetch(load("api_sources"))
        kept = {row["source"]: (row["title"].partition(":")[0], row["publisher"]) for row in records}
        snapshot.memo["source_titles"] = kept
    return kept


def _write_sentences(
    snapshot: Snapshot, request: ReportRequest, lines: Sequence[CalendarLine], period: str
) -> list[str]:
    due = [line for line in lines if line.states]
    absent = [line.name for line in due if not line.count("received") and not line.count("partial")]
    told = [f"For {name_place(request.area)}, {count_whole(lines)} here for every month due in {period}."]
    if absent:
        told.append(f"Nothing at all is here for these months of: {join(absent)}.")
    if snapshot.boundary_vintage:
        told.append(
            f"Events with a location were placed in boroughs by this boundary file: {snapshot.boundary_vintage}."
        )
    residents = snapshot.exposures.get("residents")
    if residents is not None:
        told.append(f"Residents are those of: {residents.vintage}.")
    replaced = {line.name: line.replaced for line in lines if line.replaced}
    if replaced:
        parts = [f"{count} of {lower_title(name)}" for name, count in replaced.items()]
        told.append(
            f"Of some months an earlier copy gave way to a later one: {join(parts)}. The figures of before stay under as_of."
        )
    return [*told, BTP]


async def _write_known(desk: Desk) -> Table | None:
    """How much of the events has a place, an ethnicity, and stands in the Met's own count."""
    lines = [
        _write_placed(row, events)
        for metric, events in PLACED.items()
        if (row := desk.lead(metric)) is not None and row.placed_share is not None and row.value is not None
    ]
    unknown = desk.find(UNKNOWN)
    if unknown is not None:
        lines.append(_write_figure(desk, unknown, "Searches without an ethnicity in the officer's record"))
        stated = await fetch(
            desk,
            UNKNOWN,
            from_=unknown.to_month,
            to=unknown.to_month,
            window="rolling_12",
            basis=SELF_DEFINED,
        )
        said = "Searches whose person stated no ethnicity, or was not asked"
        lines += [_write_figure(desk, row, said, "Not at random: groups differ in it.") for row in stated]
    for row in desk.list_rows(CONTROL):
        if row.value is not None:
            measure, label = measure_of(row), desk.label(row)
            meaning = "1 would be the same number in both counts."
            lines.append(_write_figure(desk, row, name_figure(measure, label), meaning))
    if not lines:
        return None
    title = f"How much is known of the events, {name_place(desk.area)}"
    return Table(key=KNOWN, title=title, columns=KNOWN_COLUMNS, rows=tuple(lines))


def _write_placed(row: ScorecardRow, events: str) -> tuple[Cell, ...]:
    share = row.placed_share or 0.0
    return (
        Cell(f"{begin(events)} with a location"),
        Cell(show_percent(share), share),
        Cell("[z] none"),
        Cell(name_window(row)),
        Cell(f"{begin(FORCE_WIDE)}."),
    )


def _write_figure(
    desk: Desk, row: Any, what: str, meaning: str = "Counted as of unknown ethnicity."
) -> tuple[Cell, ...]:
    measure = measure_of(row)
    told = meaning if row.value is not None else f"{mark_status(row.status)} {row.reason or ''}".strip()
    return (
        Cell(what),
        write_value(measure, row, desk.area.slug),
        write_limits(measure, row),
        Cell(name_window(row)),
        Cell(told),
    )


def _write_breaks(breaks: Sequence[SeriesBreak], titles: Titles, period: str) -> Table | None:
    if not breaks:
        return None
    rows = tuple(
        (
            Cell(name_month(text_of(one.month)), text_of(one.month)),
            Cell("; ".join(titles[source][0] if source in titles else source for source in one.sources)),
            Cell(one.explanation),
            Cell(EFFECTS.get(one.effect, one.effect)),
            Cell(one.reference),
        )
        for one in breaks
    )
    return Table(
        key=BREAKS, title=f"Where a series changes its meaning, {period}", columns=BREAK_COLUMNS, rows=rows
    )


def _write_notes(
    snapshot: Snapshot, lines: Sequence[CalendarLine], boroughs: Sequence[int], first: int, last: int
) -> list[str]:
    notes = [RECEIVED]
    if len(boroughs) > MOST_COUNCILS:
        held = [
            borough
            for borough in boroughs
            if any(
                first <= month <= last for month in snapshot.coverage.get((PAYMENT, council_of(borough)), {})
            )
        ]
        notes.append(
            f"Payments: of the {len(boroughs)} councils {len(held)} have a file here of these months; the calendar of each stands "
            "in its borough's report."
        )
    if CITY in boroughs:
        notes += dict.fromkeys(WITHOUT_CITY.values())
    if any(line.source == "thorough_search" for line in lines):
        notes.append(
            "Strip searches are given by year only, so that few people cannot be told; months say which files are here."
        )
    return notes
