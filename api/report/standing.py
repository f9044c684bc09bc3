"""Where an area stands among those of its kind: the strip and the table behind it. Pure, from a standing."""

from collections.abc import Sequence
from itertools import compress

from api.contrast import Standing, write_standing
from api.draw.drawings import Mark, StripDrawing
from api.report.cells import (
    NOT_APPLICABLE,
    NOT_PLACED,
    WHY_NOT_PLACED,
    is_money,
    read_position,
    write_count,
    write_limits,
    write_value,
)
from api.report.model import Cell, Column, Table
from api.report.words import DAYTIME, join, lower_title, name_place, name_window
from api.scorecard import ScorecardRow
from api.show import Position, show_value
from api.snapshot import Area
from api.standing import ComparisonRow
from sql.measure import Measure

KINDS = {"borough": "boroughs", "bcu": "Basic Command Units (BCUs)"}
SHORT_KINDS = {"borough": "boroughs", "bcu": "BCUs"}
DAYTIME_NOTE = (
    "The City of London and Westminster are not placed on rates of residents, nor drawn beside others: far more people are there "
    "by day than live there."
)


def list_standings(standing: Standing) -> list[ComparisonRow]:
    """The areas of a standing: those ranked from the highest on, then the others by name."""
    rows = [write_standing(standing, code) for code in standing.scene.compared]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.area_name))


def draw_strip(
    measure: Measure, rows: Sequence[ComparisonRow], row: ScorecardRow, area: Area, label: str | None
) -> StripDrawing | None:
    """The areas on a line, the report's own among them. None where it may not be set beside them, or fewer than two have one."""
    own = next((one for one in rows if one.area_code == row.area_code), None)
    if own is not None and _is_daytime(measure, own):
        return None
    drawn = [one for one in rows if one.value is not None and not _is_daytime(measure, one)]
    if len(drawn) < 2:
        return None
    ordered = sorted(drawn, key=lambda one: (one.value or 0.0, one.area_name))
    beside = []
    if own is None and row.value is not None:
        beside.append((row.area_name, row.value))
    elif row.rest_value is not None:
        beside.append(("Rest of the Met area", row.rest_value))
    low, high = ordered[0], ordered[-1]
    told = [
        f"One mark for each of {len(drawn)} {KINDS[drawn[0].area_kind]} with a figure, on one line.",
        f"The lowest is {show_value(measure, low.value)} in {low.area_name}, the highest {show_value(measure, high.value)} "
        f"in {high.area_name}.",
        *(
            f"{row.area_name} has {show_value(measure, row.value)}{_tell_rank(row)}."
            for _ in ([own] if own is not None and row.value is not None else [])
        ),
        *(f"{name}: {show_value(measure, value)}." for name, value in beside),
    ]
    return StripDrawing(
        title=_title(measure, drawn, own, row, area, label) + _tell_apart(measure, rows, own),
        text=" ".join(told),
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(
                one.area_name,
                one.value,
                one.lower,
                one.upper,
                read_position(one.position),
                one.area_code == row.area_code,
            )
            for one in ordered
        ),
        beside=tuple(beside),
    )


def _tell_apart(measure: Measure, rows: Sequence[ComparisonRow], own: ComparisonRow | None) -> str:
    """Behind a title that says from where to where the areas reach: those with a figure that are not among them."""
    apart = [one.area_name for one in rows if one.value is not None and _is_daytime(measure, one)]
    is_told = own is not None and own.value is not None and own.position in ("Higher", "Similar", "Lower")
    return f" ({join(apart)} set apart)" if apart and not is_told else ""


def _title(
    measure: Measure,
    drawn: Sequence[ComparisonRow],
    own: ComparisonRow | None,
    row: ScorecardRow,
    area: Area,
    label: str | None,
) -> str:
    kinds = SHORT_KINDS[drawn[0].area_kind]
    what = lower_title(measure.title) + (f", {lower_title(label)}" if label else "")
    when = name_window(row)
    values = [one.value for one in drawn if one.value is not None]
    span = f"{show_value(measure, min(values))} to {show_value(measure, max(values))}"
    if own is None or own.value is None:
        return f"How the {kinds} differ: {what} from {span}, {when}"
    figure = show_value(measure, own.value)
    place = name_place(area)
    match own.position:
        case "Higher" | "Lower":
            return f"{place[:1].upper()}{place[1:]} is {own.position.lower()} than most {kinds}: {what} {figure}, {when}"
        case "Similar":
            return f"{place[:1].upper()}{place[1:]} is similar to most {kinds}: {what} {figure}, {when}"
        case _:
            return f"{place[:1].upper()}{place[1:]} beside the other {kinds}: {what} {figure}, others from {span}, {when}"


def _tell_rank(row: ScorecardRow) -> str:
    return "" if row.rank is None else f", {row.rank} of {row.rank_of} from the highest"


def write_standings(key: str, title: str, measure: Measure, rows: Sequence[ComparisonRow], own: str) -> Table:
    """The areas of a kind, a line each, with interval, number, position and rank; `own` is the report's own by code."""
    columns = (
        Column("area", "Area"),
        Column("value", "Value", "percent" if measure.statistic == "share" else "number", 1),
        Column("interval", "95% interval", "number", 1),
        Column("number", "Number", "number"),
        Column("position", "Position"),
        Column("rank", "Rank from the highest", "number"),
    )
    lines = [
        (
            Cell(row.area_name),
            write_value(measure, row),
            write_limits(measure, row),
            write_count(row, is_money=is_money(measure)),
            _write_position(measure, row),
            Cell(NOT_APPLICABLE) if row.rank is None else Cell(str(row.rank), row.rank),
        )
        for row in rows
    ]
    # A survey publishes shares, and no answers to count.
    keep = [measure.kind != "survey" or column.key != "number" for column in columns]
    place = next((place for place, row in enumerate(rows) if row.area_code == own), None)
    notes = []
    if any(_is_daytime(measure, row) for row in rows):
        notes.append(DAYTIME_NOTE)
    notes += list(
        dict.fromkeys(f"{row.area_name}: {row.reason}" for row in rows if row.value is None and row.reason)
    )[:3]
    return Table(
        key=key,
        title=title,
        columns=tuple(compress(columns, keep)),
        rows=tuple(tuple(compress(line, keep)) for line in lines),
        own=place,
        notes=tuple(notes),
        is_folded=True,
    )


def _write_position(measure: Measure, row: ComparisonRow) -> Cell:
    position: Position | None = read_position(row.position)
    if row.value is not None and position in (None, "No data"):
        why = "daytime population" if _is_daytime(measure, row) else WHY_NOT_PLACED.get(measure.statistic)
        return Cell(f"{NOT_APPLICABLE} not placed", note=(why or "").removeprefix(NOT_PLACED) or None)
    word = position or "No data"
    return Cell(word, word, position=word, note=f"outside the {row.beyond} limits" if row.beyond else None)


def _is_daytime(measure: Measure, row: ComparisonRow) -> bool:
    return DAYTIME in row.flags and measure.statistic in ("rate", "per_head")
