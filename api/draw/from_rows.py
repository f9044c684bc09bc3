"""From rows of figures of one area to drawings, for pages, reports and files alike. Pure.

Titles say the finding, never why. Rows come as `/v1/values` and `/v1/signals` give them, so nothing withheld can be drawn.
Several areas beside each other: `api.draw.fair`.
"""

from collections.abc import Sequence

import msgspec

from api.charts import SignalRow
from api.draw.drawings import (
    BandsDrawing,
    DotsDrawing,
    Drawing,
    Mark,
    SeriesDrawing,
    Stretch,
    YearsDrawing,
)
from api.draw.row_marks import EVEN, name
from api.draw.row_words import name_months, name_years, say_ends, say_series
from api.envelope import SAMPLE_NOTICE
from api.model import RatioRow, ValueRow
from api.show import show_value
from sql.measure import Measure


def draw_signals(
    measure: Measure,
    rows: Sequence[SignalRow],
    breaks: Sequence[tuple[str, str]] = (),
    label: str | None = None,
) -> SeriesDrawing:
    """A monthly series with its centre, its limits and the months that signal a change. `breaks`: (month, what it is)."""
    stretches = {
        (row.stretch_from, row.stretch_to): Stretch(
            row.stretch_from, row.stretch_to, row.centre, row.limit_lower, row.limit_upper
        )
        for row in rows
    }
    signals = tuple(row.month for row in rows if row.rules)
    told = list(dict.fromkeys(sentence for row in rows for sentence in row.signals))
    finding = (
        f"{len(told)} signal{'' if len(told) == 1 else 's'} of a change" if told else "no signal of a change"
    )
    head = f"{name(measure, label)}, {rows[0].area_name}" if rows else name(measure, label)
    period = name_months(rows[0].month, rows[-1].month) if rows else ""
    points = tuple((row.month, row.value) for row in rows)
    more = f" {'; '.join(told)}." if told else ""
    return SeriesDrawing(
        title=f"{head}, month by month, {period}: {finding}",
        text=f"{say_series(measure, points)}{more}",
        unit=measure.unit,
        statistic=measure.statistic,
        points=points,
        stretches=tuple(stretches.values()),
        signals=signals,
        breaks=tuple(breaks),
    )


def draw_months(measure: Measure, rows: Sequence[ValueRow], label: str | None = None) -> SeriesDrawing:
    """The figures of one series of one area by the month that their windows end with, in order."""
    points = tuple((row.to_month, row.value) for row in rows)
    how = "month by month" if rows[0].window == "month" else "twelve months to each month"
    period = name_months(rows[0].to_month, rows[-1].to_month)
    return SeriesDrawing(
        title=f"{name(measure, label)}, {rows[0].area_name}, {how}, {period}: {say_ends(measure, points)}",
        text=say_series(measure, points),
        unit=measure.unit,
        statistic=measure.statistic,
        points=points,
    )


def draw_years(measure: Measure, rows: Sequence[ValueRow], label: str | None = None) -> YearsDrawing:
    """The figures of one series of one area by year, in order, a bar each."""
    points = tuple((name_years(row.from_month, row.to_month), row.value) for row in rows)
    return YearsDrawing(
        title=f"{name(measure, label)}, {rows[0].area_name}, by year: {say_ends(measure, points)}",
        text=say_series(measure, points, "year"),
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(year, row.value, row.lower, row.upper) for (year, _), row in zip(points, rows, strict=True)
        ),
    )


def draw_groups(measure: Measure, rows: Sequence[ValueRow], labels: Sequence[str]) -> DotsDrawing:
    """The figures of several groups of one area in one window, in the order given; `labels` are theirs."""
    period = name_months(rows[0].from_month, rows[0].to_month)
    there = ", ".join(
        f"{label} {show_value(measure, row.value)}" if row.value is not None else f"{label} no figure"
        for label, row in zip(labels, rows, strict=True)
    )
    return DotsDrawing(
        title=f"{measure.title}, {rows[0].area_name}, {period}, by group",
        text=f"One line for each group, with its 95% interval where it has one: {there}.",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(label, row.value, row.lower, row.upper) for label, row in zip(labels, rows, strict=True)
        ),
        even=EVEN if measure.statistic == "ratio" else None,
    )


def draw_bands(measure: Measure, rows: Sequence[RatioRow], names: Sequence[str]) -> BandsDrawing:
    """Ratios between groups with their intervals and the range over every way of counting; `names` are those of the rows."""
    period = name_months(rows[0].from_month, rows[0].to_month)
    told = []
    for label, row in zip(names, rows, strict=True):
        said = "no figure" if row.value is None else show_value(measure, row.value)
        if row.assumption_low is not None and row.assumption_high is not None:
            low, high = (show_value(measure, limit) for limit in (row.assumption_low, row.assumption_high))
            said += f" ({low} to {high} over every way of counting)"
        told.append(f"{label} {said}")
    return BandsDrawing(
        title=f"{measure.title}, {rows[0].area_name}, {period}: {'; '.join(told)}",
        text=f"A line for each, with its 95% interval, the range over every way of counting, and a line at 1: {'; '.join(told)}.",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(label, row.value, row.lower, row.upper) for label, row in zip(names, rows, strict=True)
        ),
        bands=tuple(
            None
            if row.value is None or row.assumption_low is None or row.assumption_high is None
            else (row.assumption_low, row.assumption_high)
            for row in rows
        ),
    )


def mark_sample(drawing: Drawing) -> Drawing:
    """The drawing, whose title says that it is of sample data."""
    return msgspec.structs.replace(drawing, title=f"{SAMPLE_NOTICE} {drawing.title}")
