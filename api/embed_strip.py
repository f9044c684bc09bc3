"""The strip of all areas on one line, and the tables under embedded charts. Pure."""

from collections.abc import Sequence
from typing import cast, get_args

from api.charts import SignalRow
from api.draw.drawings import DotsDrawing, StripDrawing
from api.pages.metric_table import NO_POSITION, PLACED
from api.period_words import name_month
from api.report.model import Cell, Column, Table
from api.show import Position, mark_status, show_limits, show_value
from api.standing import ComparisonRow
from sql.measure import Measure


def draw_strip(dots: DotsDrawing) -> StripDrawing:
    """Where one area stands among the others, on one line; its title is that of the same areas as dots."""
    return StripDrawing(
        title=dots.title,
        text=dots.text.replace("A line for each of", "A mark for each of").replace(
            ", with its 95% interval where it has one", ""
        ),
        unit=dots.unit,
        statistic=dots.statistic,
        marks=dots.marks,
        beside=dots.beside,
    )


def tabulate_areas(measure: Measure, rows: Sequence[ComparisonRow], own: str | None = None) -> Table:
    """The areas of a comparison by name, with figure, and interval and position where the statistic has them."""
    ordered = sorted(rows, key=lambda row: row.area_name)
    codes = [row.area_code for row in ordered]
    has_interval = any(row.lower is not None for row in ordered)
    has_position = measure.statistic in PLACED
    return Table(
        key="areas",
        title=measure.title,
        columns=(
            Column("area", "Area"),
            Column("value", measure.unit, "number"),
            *([Column("interval", "95% interval")] if has_interval else []),
            *([Column("position", "Position")] if has_position else []),
        ),
        rows=tuple(
            (
                Cell(row.area_name),
                Cell(_show(measure, row), row.value),
                *([_bound(measure, row)] if has_interval else []),
                *([_place(row)] if has_position else []),
            )
            for row in ordered
        ),
        own=codes.index(own) if own in codes else None,
        is_folded=True,
    )


def tabulate_months(measure: Measure, rows: Sequence[SignalRow]) -> Table:
    """The months of a series, the latest first."""
    return Table(
        key="months",
        title=f"{measure.title}, {rows[0].area_name}, month by month" if rows else measure.title,
        columns=(
            Column("month", "Month"),
            Column("value", measure.unit, "number"),
            Column("signal", "Signal of a change"),
        ),
        rows=tuple(
            (
                Cell(name_month(row.month)),
                Cell(
                    show_value(measure, row.value) if row.value is not None else mark_status(row.status),
                    row.value,
                ),
                Cell(" ".join(row.signals) or "none"),
            )
            for row in reversed(rows)
        ),
        is_folded=True,
    )


def _show(measure: Measure, row: ComparisonRow) -> str:
    return show_value(measure, row.value) if row.value is not None else mark_status(row.status)


def _bound(measure: Measure, row: ComparisonRow) -> Cell:
    if row.value is None:
        return Cell(mark_status(row.status))
    return Cell(show_limits(measure, row.lower, row.upper) or "[z]")


def _place(row: ComparisonRow) -> Cell:
    if row.position == "No data" and row.value is not None:
        return Cell(NO_POSITION)
    if row.position not in get_args(Position):
        return Cell("[z]")
    return Cell(str(row.position), position=cast(Position, row.position))
