"""From rows of figures to drawings, for pages, reports and files alike. Pure.

Titles say the finding in the words of positions (Higher, Similar, Lower, No data), never why. Rows come as `/v1/values`,
`/v1/metrics/{metric}/comparison` and `/v1/signals` give them, so nothing withheld can be drawn.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from api.charts import SignalRow
from api.draw.drawings import (
    BandsDrawing,
    DotsDrawing,
    Drawing,
    FunnelDrawing,
    MapDrawing,
    Mark,
    SeriesDrawing,
    Stretch,
    YearsDrawing,
)
from api.draw.row_marks import mark_area, name, sort_figures
from api.draw.row_words import (
    count_kind,
    name_months,
    name_years,
    say_counts,
    say_ends,
    say_figure,
    say_range,
    say_series,
    say_span,
)
from api.envelope import SAMPLE_NOTICE
from api.model import RatioRow, ValueRow
from api.show import show_value
from api.standing import ComparisonRow
from sql.measure import Measure

NOWHERE = b"null"
# What a figure of a ratio is where there is no difference.
EVEN = 1.0


def draw_comparison(
    measure: Measure, rows: Sequence[ComparisonRow], own: str | None = None, label: str | None = None
) -> DotsDrawing:
    """The areas of a comparison from the highest figure to the lowest, with their intervals and the Met area's figure.

    `own`: the code of the area that it is about. `label`: the words of the group, None for the total.
    """
    ordered = sort_figures(rows)
    period = name_months(rows[0].from_month, rows[0].to_month) if rows else ""
    of_own = next((row for row in rows if row.area_code == own), None)
    finding = say_counts(row.position for row in rows) if of_own is None else say_figure(measure, of_own)
    met = next((row.met_value for row in rows if row.met_value is not None), None)
    kind = count_kind([row.area_kind for row in rows])
    return DotsDrawing(
        title=f"{name(measure, label)}, {period}: {finding}",
        text=f"One line for each of {kind}, with its 95% interval where it has one. {say_range(measure, ordered)}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(mark_area(row, own) for row in ordered),
        beside=() if met is None else (("Met area", met),),
        even=EVEN if measure.statistic == "ratio" else None,
    )


def draw_funnel(
    measure: Measure, rows: Sequence[ComparisonRow], own: str | None = None, label: str | None = None
) -> FunnelDrawing:
    """The areas of a comparison over the size of what their figures stand on, with the limits at each size."""
    placed = [row for row in rows if row.value is not None and row.denominator]
    period = name_months(rows[0].from_month, rows[0].to_month) if rows else ""
    of_own = next((row for row in rows if row.area_code == own), None)
    finding = say_counts(row.position for row in rows) if of_own is None else say_figure(measure, of_own)
    target = next((row.funnel_target for row in rows if row.funnel_target is not None), None)
    beyond = [f"{row.area_name} ({row.position})" for row in placed if row.position in ("Higher", "Lower")]
    outside = (
        f"Outside the 95% limits: {', '.join(beyond)}." if beyond else "None lies outside the 95% limits."
    )
    return FunnelDrawing(
        title=f"{name(measure, label)}, {period}: {finding}",
        text=f"A dot for each of {count_kind([row.area_kind for row in placed])}, its figure over the number it stands on "
        f"({measure.denominator}), between limits that widen as that number falls. {outside}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(mark_area(row, own) for row in placed),
        sizes=tuple(row.denominator for row in placed),
        size_unit=measure.denominator,
        target=target,
        limits=_list_limits(placed),
    )


def _list_limits(rows: Iterable[ComparisonRow]) -> tuple[tuple[float, float, float, float, float], ...]:
    """The funnel's limits by size: each area has those at its own."""
    found = {}
    for row in rows:
        limits = (row.funnel_lower_998, row.funnel_lower_95, row.funnel_upper_95, row.funnel_upper_998)
        told = [limit for limit in limits if limit is not None]
        if row.denominator and len(told) == len(limits):
            found[row.denominator] = (row.denominator, told[0], told[1], told[2], told[3])
    return tuple(found[size] for size in sorted(found))


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


def draw_areas(
    measure: Measure, rows: Sequence[ValueRow], own: str | None = None, label: str | None = None
) -> DotsDrawing:
    """The figures of several areas in one window, from the highest to the lowest, with their intervals."""
    ordered = sort_figures(rows)
    period = name_months(rows[0].from_month, rows[0].to_month)
    return DotsDrawing(
        title=f"{name(measure, label)}, {period}, {count_kind([row.area_kind for row in rows])}: {say_span(measure, ordered)}",
        text=f"One line for each area, with its 95% interval where it has one. {say_range(measure, ordered)}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(mark_area(row, own) for row in ordered),
        even=EVEN if measure.statistic == "ratio" else None,
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


def draw_map(
    measure: Measure,
    rows: Sequence[ValueRow | ComparisonRow],
    shapes: Mapping[str, bytes],
    own: str | None = None,
    label: str | None = None,
) -> MapDrawing:
    """The areas as they lie, shaded by their figures. `shapes`: GeoJSON geometries by area code; areas without one are left out."""
    drawn = [row for row in rows if shapes.get(row.area_code, NOWHERE) != NOWHERE]
    ordered = sort_figures(drawn)
    period = name_months(rows[0].from_month, rows[0].to_month) if rows else ""
    return MapDrawing(
        title=f"{name(measure, label)}, {period}: {say_span(measure, ordered)}",
        text=f"A map of {count_kind([row.area_kind for row in drawn])}, darker where the figure is higher. "
        f"{say_range(measure, ordered)}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(mark_area(row, own) for row in drawn),
        shapes=tuple(shapes[row.area_code] for row in drawn),
    )


def mark_sample(drawing: Drawing) -> Drawing:
    """The drawing, whose title says that it is of sample data."""
    return msgspec.structs.replace(drawing, title=f"{SAMPLE_NOTICE} {drawing.title}")
