"""The first sentences of a report: who polices, which months, what stands out, what changed, what is missing. Pure."""

from collections.abc import Sequence

from api.circle import find_circles, list_boroughs
from api.figures.windows import Window, parse_month
from api.report.desk import YEAR, Desk, measure_of
from api.report.headlines import Choice, list_headline_rows
from api.report.plans import PLANS
from api.report.words import Change, begin, find_change, join, lower_title, name_figure, name_window
from api.scorecard import ScorecardRow
from api.show import show_value
from geo.areas import CITY
from sql.measure import TOTAL

# How complete a copy is, and all outcomes together, are no finding.
NO_FINDING = ("control_total_ratio", "outcome_share")
NAMED = 4


def write_summary(desk: Desk) -> tuple[str, ...]:
    """Three to five sentences. What stands out is said by positions and never why."""
    headlines = list_headline_rows(desk)
    told = [
        tell_police(desk, headlines),
        tell_periods(desk, headlines),
        _tell_positions(desk),
        _tell_changes(headlines),
        _tell_missing(desk, headlines),
    ]
    return tuple(sentence for sentence in told if sentence)


def tell_police(desk: Desk, headlines: Sequence[tuple[Choice, ScorecardRow]]) -> str:
    """Who polices the area, and what it is part of or made of."""
    last = max((parse_month(row.to_month) for _, row in headlines), default=0)
    window = Window(last - YEAR + 1, last)
    match desk.area.area_kind:
        case "borough" if desk.area.borough == CITY:
            return "The City of London is policed by City of London Police, a force of its own, and is in none of the Met's BCUs."
        case "borough":
            return _tell_bcu(desk, window)
        case "bcu":
            return (
                f"{desk.area.area_name} is a Basic Command Unit (BCU) of the Metropolitan Police Service (the Met). It polices "
                f"{join(_name_boroughs(desk, desk.area.area_code, window))}."
            )
        case "met_area":
            return (
                "The Met area is the 32 boroughs that the Metropolitan Police Service (the Met) polices; the City of London has a "
                "force of its own. Figures of the whole area also count events that were published without a location."
            )
        case _:
            return (
                "London is the 32 boroughs that the Metropolitan Police Service (the Met) polices and the City of London, which "
                "has a force of its own. A figure of all of London needs the files of both."
            )


def _tell_bcu(desk: Desk, window: Window) -> str:
    circle = find_circles(desk.snapshot, window).get(desk.area.area_code)
    head = f"{desk.area.area_name} is policed by the Metropolitan Police Service (the Met)"
    if circle is None or circle.bcu is None:
        return f"{head}."
    names = _name_boroughs(desk, circle.bcu.area_code, window)
    others = join([name for name in names if name != desk.area.area_name])
    return f"{head}, in its Basic Command Unit (BCU) {circle.bcu.area_name}{f', together with {others}' if others else ''}."


def _name_boroughs(desk: Desk, code: str, window: Window) -> list[str]:
    names = {
        area.borough: area.area_name for area in desk.snapshot.areas.values() if area.borough is not None
    }
    return [names[borough] for borough in list_boroughs(desk.snapshot, code, window)]


def tell_periods(desk: Desk, headlines: Sequence[tuple[Choice, ScorecardRow]]) -> str:
    """Which months the figures are of."""
    by_window: dict[str, list[str]] = {}
    for plan in PLANS[:-1]:
        row = desk.lead(plan.lead)
        if row is not None and row.value is not None:
            label = desk.label(row)
            only = f" ({label.lower()} only)" if label else ""
            by_window.setdefault(name_window(row), []).append(plan.short + only)
    if not by_window:
        return "No headline figure has its files here yet."
    told = [f"{join(names)}: {window}" for window, names in by_window.items()]
    return f"Each figure is of the latest twelve months that its files give: {'; '.join(told)}."


def _tell_positions(desk: Desk) -> str:
    """Which figures lie elsewhere than those of most areas, by name and figure."""
    placed = [
        row
        for row in desk.rows.values()
        if row.position in ("Higher", "Similar", "Lower") and row.metric not in NO_FINDING
    ]
    if not placed:
        return ""
    kinds = "boroughs" if desk.area.area_kind == "borough" else "BCUs"
    similar = sum(row.position == "Similar" for row in placed)
    if similar == len(placed):
        return f"All {similar} figures that can be placed beside those of other {kinds} are similar to most."
    parts = []
    for word in ("Higher", "Lower"):
        found = [row for row in placed if row.position == word]
        if found:
            named = [_name(desk, row) for row in found[:NAMED]]
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            verb = "is" if len(found) == 1 else "are"
            parts.append(f"{len(found)} {verb} {word.lower()} than most ({'; '.join(named)}{more})")
    if similar:
        parts.append(f"{similar} {'is' if similar == 1 else 'are'} similar")
    return f"Of {len(placed)} figures that can be placed beside those of other {kinds}, {join(parts)}."


def _name(desk: Desk, row: ScorecardRow) -> str:
    measure = measure_of(row)
    return f"{lower_title(name_figure(measure, desk.label(row)))}, {show_value(measure, row.value)}"


def _tell_changes(headlines: Sequence[tuple[Choice, ScorecardRow]]) -> str:
    """Which headline figures moved beyond chance since the year before."""
    told = []
    unclear = 0
    for choice, row in headlines:
        measure = measure_of(row)
        change = find_change(measure, row) if row.value is not None else None
        if change is None:
            continue
        if change.way == "unclear":
            unclear += 1
            continue
        told.append(_tell_change(choice, row, change))
    if not told:
        return (
            "No headline figure moved further from the year before than chance could explain."
            if unclear
            else ""
        )
    rest = f"; {unclear} more moved no further than chance could explain" if unclear else ""
    return f"Since the year before, {'; '.join(told)}{rest}."


def _tell_change(choice: Choice, row: ScorecardRow, change: Change) -> str:
    measure = measure_of(row)
    prices = " (in the money of each year)" if row.basis.endswith("nominal") else ""
    return f"{lower_title(choice.title)} {change.way} from {change.before} to {show_value(measure, row.value)}{prices}"


def _tell_missing(desk: Desk, headlines: Sequence[tuple[Choice, ScorecardRow]]) -> str:
    missing = [_name_missing(desk, choice) for choice, row in headlines if row.value is None]
    if not missing:
        return ""
    return (
        f"No data here on {'; '.join(missing)}. Each section says what is missing; missing never means zero."
    )


def _name_missing(desk: Desk, choice: Choice) -> str:
    """The name of a headline without a figure: where some of its kinds have one, the whole is what is missing."""
    title = lower_title(choice.title)
    is_partly_there = choice.group == TOTAL and any(
        row.value is not None for row in desk.list_rows(choice.metric)
    )
    return f"{title} of all kinds" if is_partly_there else title


def write_period(desk: Desk) -> str:
    """The months of the headline figures, in short."""
    row = desk.lead("stop_search_rate")
    if row is None:
        return "Each figure names its months."
    return f"{begin(name_window(row))} for searches; each figure names its own months."
