"""What an area is made of: a BCU borough by borough, the Met area BCU by BCU, London's inner and outer part and the City."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.circle import MET, list_boroughs
from api.contrast import Standing, write_standing
from api.figures.windows import Window, number_of, parse_month, text_of
from api.model import ValueRow
from api.questions import gather
from api.report.cells import read_position
from api.report.decomposed import Line, Taken, write_chart, write_sentence, write_table
from api.report.desk import Desk, find_stand, measure_of, set_desk
from api.report.figures import write_figure
from api.report.model import FigureRow
from api.report.request import ReportRequest
from api.report.sections.blocks import Draft
from api.report.statement import name_month
from api.report.words import DAYTIME, join, name_place
from api.request import resolve_request
from api.scorecard import ScorecardRow
from api.snapshot import Area, Snapshot
from api.values import compute_values
from geo.areas import CITY
from sql.measure import TOTAL

KEY = "bcu"
LEADS = ("stop_search_rate", "use_of_force_rate", "crime_rate")
PARTS = ("inner-london", "outer-london", "city-of-london")
KINDS = {"borough": "boroughs", "bcu": "boroughs", "met_area": "BCUs", "london": "parts"}
CITY_SENTENCE = (
    "The City of London is in no Basic Command Unit (BCU): City of London Police polices it, and the Met's BCUs are made of the "
    "other 32 boroughs. So there is nothing to take apart here."
)
NOTHING = "No data: none of the figures that are taken apart here (searches, uses of force, recorded crimes) is held for {}."
BY_DAY = (
    "Far more people are in the City of London and in Westminster by day than live there. Their rates on residents, and those of "
    "what holds mostly one of them, are in the table, and are not placed among others or drawn beside them."
)
HIDDEN = (
    "Hidden means that a borough lies outside the 95% limits of all boroughs while its BCU, judged as a borough would be, lies "
    "within them or on the other side."
)
UNPLACED = "Events without a location are in London's total and in no part of it, so the shares of the parts make less than 100%."
INNER = "The City is one of the 14 authorities of inner London, and is also shown by itself."


async def write_decomposition(
    conn: Any, snapshot: Snapshot, request: ReportRequest, rows: Sequence[ScorecardRow]
) -> Draft | None:
    """The section in the writing: of a borough its BCU, of a BCU its boroughs, of the Met area its BCUs, of London its parts.

    `rows` are those of the area's scorecard. None for an area of another kind.
    """
    area = request.area
    if area.area_kind not in KINDS:
        return None
    if area.borough == CITY:
        return Draft(KEY, "No BCU", [CITY_SENTENCE])
    desk = set_desk(conn, snapshot, request, rows)
    leads = [row for metric in LEADS if (row := desk.lead(metric)) is not None and row.value is not None]
    found = [(f"{KEY}-{row.metric}", await _take_apart(desk, row)) for row in leads]
    done = [(key, taken) for key, taken in found if taken is not None]
    kind = KINDS[area.area_kind]
    charts = [write_chart(taken, key, area.area_code) for key, taken in done]
    return Draft(
        key=KEY,
        title=_title(area, done[0][1].whole.area if done else None),
        sentences=[write_sentence(taken, area.area_code) for _, taken in done]
        or [NOTHING.format(name_place(area))],
        charts=[chart for chart in charts if chart is not None],
        tables=[write_table(taken, key, area.area_code, kind) for key, taken in done],
        notes=_list_notes(snapshot, area, [taken for _, taken in done]),
        figures=[figure for _, taken in done for figure in _list_figures(taken)],
    )


def _list_figures(taken: Taken) -> list[FigureRow]:
    """The parts and the whole as lines, with the positions that the table gives."""
    return [
        write_figure(
            KEY,
            taken.measure,
            line.row,
            line.area.slug,
            taken.label,
            position=read_position(line.beside.position) if line.beside is not None else None,
        )
        for line in (*taken.parts, taken.whole)
    ]


def _title(area: Area, whole: Area | None) -> str:
    match area.area_kind:
        case "borough":
            return (
                f"{area.area_name} in its BCU, {whole.area_name}" if whole else f"{area.area_name} in its BCU"
            )
        case "bcu":
            return f"{area.area_name} borough by borough"
        case "met_area":
            return "The Met area BCU by BCU"
        case _:
            return "Inner London, outer London and the City"


async def _take_apart(desk: Desk, row: ScorecardRow) -> Taken | None:
    """The parts and the whole in the figure of a row; None where they are not compared in it."""
    if desk.area.area_kind == "london":
        return await _take_london(desk, row)
    is_met = desk.area.area_kind == "met_area"
    standing = await find_stand(desk, row, "bcu" if is_met else "borough")
    if standing is None:
        return None
    areas = desk.snapshot.areas
    scene = standing.scene
    whole = MET if is_met else _find_bcu(standing, desk.area)
    if whole is None or whole not in scene.rows:
        return None
    held = [code for code in scene.compared if is_met or _is_member(standing, code, whole)]
    parts = [_compare(standing, code, areas[code], scene.rows[whole], is_met=is_met) for code in held]
    return Taken(
        measure_of(row),
        desk.label(row),
        tuple(sorted(parts, key=lambda one: one.area.area_name)),
        _write_whole(scene.rows[whole], areas[whole]),
    )


def _compare(standing: Standing, code: str, area: Area, whole: ValueRow, *, is_met: bool) -> Line:
    row, beside = standing.scene.rows[code], write_standing(standing, code)
    if is_met:
        return Line(row, area, beside, *_share(row, whole))
    return Line(row, area, beside, beside.share_of_bcu_numerator, beside.share_of_bcu_denominator)


async def _take_london(desk: Desk, row: ScorecardRow) -> Taken | None:
    """The parts of London, which no comparison has."""
    snapshot = desk.snapshot
    named = [area for slug in PARTS if (area := snapshot.find_area(slug)) is not None]
    asked = gather(
        metric=row.metric,
        area=[*(area.area_code for area in named), desk.area.area_code],
        from_=row.to_month,
        to=row.to_month,
        window=row.window,
        group=None if row.group == TOTAL else row.group,
        basis=row.basis,
    )
    rows = await compute_values(desk.conn, snapshot, resolve_request(snapshot, asked))
    by_code = {one.area_code: one for one in rows}
    whole = by_code[desk.area.area_code]
    parts = [
        Line(by_code[area.area_code], area, None, *_share(by_code[area.area_code], whole)) for area in named
    ]
    return Taken(measure_of(row), desk.label(row), tuple(parts), _write_whole(whole, desk.area))


def _write_whole(row: ValueRow, area: Area) -> Line:
    share = None if row.value is None else 1.0
    return Line(row, area, None, share, share, is_whole=True)


def _share(row: ValueRow, whole: ValueRow) -> tuple[float | None, float | None]:
    """A part's share of the whole's events and residents, where both are shown."""
    if row.value is None or whole.value is None:
        return None, None
    return _divide(row.numerator, whole.numerator), _divide(row.denominator, whole.denominator)


def _divide(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _find_bcu(standing: Standing, area: Area) -> str | None:
    if area.area_kind == "bcu":
        return area.area_code
    circle = standing.scene.circles.get(area.area_code)
    return circle.bcu.area_code if circle is not None and circle.bcu is not None else None


def _is_member(standing: Standing, code: str, bcu_code: str) -> bool:
    circle = standing.scene.circles.get(code)
    return circle is not None and circle.bcu is not None and circle.bcu.area_code == bcu_code


def _list_notes(snapshot: Snapshot, area: Area, taken: Sequence[Taken]) -> list[str]:
    if not taken:
        return []
    notes = []
    if area.area_kind in ("borough", "bcu"):
        notes += [_tell_members(snapshot, taken[0].whole), HIDDEN]
    elif area.area_kind == "met_area":
        begun = [
            member.valid_from
            for part in taken[0].parts
            for member in snapshot.members.get(part.area.area_code, ())
        ]
        notes.append(
            "Events count in the BCU that their borough belongs to at the end of the months. The twelve BCUs were formed between "
            f"{_name_day(min(begun))} and {_name_day(max(begun))}."
        )
        notes.append(
            "Events without a location are in the Met area's own total and in no BCU, so they are left out here."
        )
    else:
        notes += [INNER, UNPLACED]
    if any(DAYTIME in line.row.flags for one in taken for line in (*one.parts, one.whole)):
        notes.append(BY_DAY)
    return notes


def _tell_members(snapshot: Snapshot, whole: Line) -> str:
    """Which boroughs count in a BCU, and since when."""
    last = parse_month(whole.row.to_month)
    boroughs = list_boroughs(snapshot, whole.area.area_code, Window(last, last))
    names = {one.borough: one.area_name for one in snapshot.areas.values() if one.borough is not None}
    since: dict[date, list[str]] = {}
    for member in snapshot.members.get(whole.area.area_code, ()):
        if member.borough in boroughs and names[member.borough] not in since.get(member.valid_from, []):
            since.setdefault(member.valid_from, []).append(names[member.borough])
    told = [f"{join(sorted(listed))} from {_name_day(day)} on" for day, listed in sorted(since.items())]
    began = f"{whole.area.area_name} is made of {'; '.join(told)}."
    return f"{began} The boroughs that it has at the end of the months count in it for all of them."


def _name_day(day: date) -> str:
    return name_month(text_of(number_of(day)))
