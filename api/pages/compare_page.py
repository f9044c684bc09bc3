"""Two to six areas beside each other: their scorecards' figures, and what chance could explain. Pure."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from api.cite import cite_metric, cite_row
from api.draw.drawings import Drawing
from api.draw.fair import draw_areas
from api.figures.amounts import divide_by_rest, read_amount
from api.figures.change import subtract_shares
from api.model import ValueRow
from api.pages.home import DAYTIME_FLAG
from api.pages.metric_choices import label_figure
from api.period_words import name_period
from api.scorecard import ScorecardRow
from api.show import STATUS_WORDS, Position, show_figure, show_limits, show_points
from api.snapshot import Area, Snapshot
from sql.measure import Measure

LEAD = ("stop_search_rate", "stop_search_positive_outcome_share", "crime_rate", "trust_police_share")
SECTIONS = (("policing", "Police figures"), ("money", "Council money"))
# All outcomes together are always 100%.
LEFT_OUT = ("outcome_share",)
POSITIONS = ("Higher", "Similar", "Lower")
# A scorecard holds the figures that are usual for the force of its area; others have a page all the same.
NO_ROW = "not listed"
DAYTIME = "many more people by day than residents: not compared"
Key = tuple[str, str, str]


class Cell(msgspec.Struct, frozen=True):
    """One area's figure: as shown, its interval, where it lies, what to know of it, and how it lies to the first area's."""

    figure: str
    interval: str = ""
    position: Position | None = None
    notes: tuple[str, ...] = ()
    against: str = ""
    href: str | None = None


class Line(msgspec.Struct, frozen=True):
    """One metric over all areas. `period` is that of all of them; where it differs each cell says its own."""

    title: str
    href: str
    unit: str
    period: str
    cells: tuple[Cell, ...]


class Part(msgspec.Struct, frozen=True):
    """The lines of a section. `lacking` are the titles of figures that none of the areas has."""

    key: str
    title: str
    lines: tuple[Line, ...]
    lacking: tuple[str, ...] = ()


class Tally(msgspec.Struct):
    """How many figures of an area could be compared with the first area's, and how many differ."""

    compared: int = 0
    differing: int = 0


def make_parts(
    snapshot: Snapshot,
    measures: Mapping[str, Measure],
    areas: Sequence[Area],
    cards: Sequence[Sequence[ScorecardRow]],
    overlapping: Sequence[bool],
) -> tuple[list[Part], list[str]]:
    """The sections, and a sentence for each area but the first: in how many figures it differs from the first.

    `cards` are the scorecards of `areas`; `overlapping`: which areas share ground with the first, so that nothing is
    set against it.
    """
    by_key = [{(row.metric, row.basis, row.group): row for row in card} for card in cards]
    keys: list[Key] = [
        key for key in dict.fromkeys(key for one in by_key for key in one) if key[0] not in LEFT_OUT
    ]
    tallies = [Tally() for _ in areas]
    lines: dict[str, list[Line]] = {key: [] for key, _ in SECTIONS}
    lacking: dict[str, dict[str, None]] = {key: {} for key, _ in SECTIONS}
    for key in keys:
        rows = [one.get(key) for one in by_key]
        there = [row for row in rows if row is not None]
        if any(row.value is not None or row.status == "suppressed" for row in there):
            line = _write_line(snapshot, measures[key[0]], areas, rows, overlapping, tallies)
            lines[there[0].section].append(line)
        else:
            lacking[there[0].section][_write_title(snapshot, measures[key[0]], there[0])] = None
    parts = [
        Part(key, title, tuple(lines[key]), tuple(lacking[key]))
        for key, title in SECTIONS
        if lines[key] or lacking[key]
    ]
    return parts, _sum_up(areas, tallies, overlapping)


def _write_title(snapshot: Snapshot, measure: Measure, row: ValueRow) -> str:
    label = label_figure(snapshot, measure, row.basis, row.group)
    return measure.title if label is None else f"{measure.title}: {label}"


def _write_line(
    snapshot: Snapshot,
    measure: Measure,
    areas: Sequence[Area],
    rows: Sequence[ScorecardRow | None],
    overlapping: Sequence[bool],
    tallies: Sequence[Tally],
) -> Line:
    there = [row for row in rows if row is not None]
    periods = {name_period(row.from_month, row.to_month) for row in there}
    period = periods.pop() if len(periods) == 1 else ""
    cells = []
    for place, (area, row) in enumerate(zip(areas, rows, strict=True)):
        if row is None:
            cells.append(Cell(NO_ROW, href=cite_row(there[0], area.slug)))
            continue
        against = ""
        if place and rows[0] is not None and not overlapping[place]:
            against = set_against(measure, row, rows[0], areas[0].area_name, tallies[place])
        cells.append(_write_cell(measure, row, area, against, is_alone=not period))
    title = _write_title(snapshot, measure, there[0])
    return Line(title, cite_metric(measure.metric), measure.unit, period, tuple(cells))


def _write_cell(measure: Measure, row: ScorecardRow, area: Area, against: str, *, is_alone: bool) -> Cell:
    notes = []
    if is_alone:
        notes.append(name_period(row.from_month, row.to_month))
    if row.status not in ("ok", "provisional", "revised"):
        notes.append(STATUS_WORDS.get(row.status, row.status))
    if row.value is not None and row.months_received < row.months_expected:
        notes.append(f"{row.months_received} of {row.months_expected} months")
    is_placed = row.position in POSITIONS and row.value is not None
    return Cell(
        figure=show_figure(measure, row),
        interval=show_limits(measure, row.lower, row.upper) if row.value is not None else "",
        position=cast(Position, row.position) if is_placed else None,
        notes=tuple(notes),
        against=against,
        href=cite_row(row, area.slug),
    )


def set_against(measure: Measure, row: ValueRow, first: ValueRow, name: str, tally: Tally) -> str:
    """How a figure lies to the first area's, as far as chance lets it be told; empty where that is not for telling.

    Rates are divided, shares subtracted, each with its 95% interval. Ratios between groups, counts, amounts and completeness
    are never set against each other.
    """
    if row.value is None or first.value is None:
        return ""
    if (row.from_month, row.to_month, row.window) != (first.from_month, first.to_month, first.window):
        return "other months: not compared"
    if measure.statistic == "rate":
        if DAYTIME_FLAG in row.flags or DAYTIME_FLAG in first.flags:
            return DAYTIME
        own, other = (read_amount("rate", one.numerator, one.denominator) for one in (row, first))
        found = divide_by_rest(own, other) if own and other else None
        if found is None:
            return ""
        limits = f"{found.lower:.2f} to {found.upper:.2f} times"
        return _say(found.lower, found.upper, 1.0, limits, name, tally)
    if measure.statistic == "share":
        pairs = [_count_cases(measure, one) for one in (row, first)]
        (cases, total), (other_cases, other_total) = pairs
        _, between = subtract_shares(cases, total, other_cases, other_total)
        low, high = float(between.lower[0]), float(between.upper[0])
        if not low <= high:
            return ""
        return _say(low, high, 0.0, f"{show_points(low)} to {show_points(high)} points", name, tally)
    return ""


def _count_cases(measure: Measure, row: ValueRow) -> tuple[float, float]:
    """Cases and all; of a survey the share of its effective interviews."""
    total = row.denominator or 0.0
    if measure.kind == "survey" or row.numerator is None:
        return (row.value or 0.0) * total, total
    return float(row.numerator), total


def _say(low: float, high: float, even: float, limits: str, name: str, tally: Tally) -> str:
    tally.compared += 1
    if low <= even <= high:
        return f"within chance of {name} ({limits})"
    tally.differing += 1
    way = "higher" if low > even else "lower"
    return f"{way} than {name} ({limits})"


def _sum_up(areas: Sequence[Area], tallies: Sequence[Tally], overlapping: Sequence[bool]) -> list[str]:
    first = areas[0].area_name
    told = []
    for area, tally, shares in list(zip(areas, tallies, overlapping, strict=True))[1:]:
        if shares:
            told.append(
                f"{area.area_name} and {first} share ground, so their figures are not set against each other."
            )
        elif tally.compared:
            told.append(
                f"{area.area_name} differs from {first} by more than chance in {tally.differing} of the {tally.compared} figures "
                "that can be compared."
            )
        else:
            told.append(f"No figure of {area.area_name} can be compared with {first}.")
    return told


def draw_leads(
    measures: Mapping[str, Measure], cards: Sequence[Sequence[ScorecardRow]]
) -> list[tuple[str, Drawing]]:
    """A drawing of each lead metric of which two areas or more have a figure of the same months.

    Rates on residents of areas with many times more people by day are left out of it, as they are never set beside others.
    """
    drawn: list[tuple[str, Drawing]] = []
    for metric in LEAD:
        rows = [row for card in cards for row in card if row.metric == metric and row.group == "total"]
        there = [row for row in rows if row.value is not None and DAYTIME_FLAG not in row.flags]
        if len(there) > 1 and len({(row.from_month, row.to_month) for row in there}) == 1:
            drawn.append((metric, draw_areas(measures[metric], there)))
    return drawn
