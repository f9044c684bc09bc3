"""Drawings of a report. Titles say the finding; where chance could explain it they say that. Pure, from rows of figures."""

from collections.abc import Iterable, Sequence

from api.charts import find_chart
from api.draw.drawings import BandsDrawing, DotsDrawing, Mark, SeriesDrawing, Stretch, YearsDrawing
from api.figures.coverage import FORCES
from api.figures.signals import Chart, Signal
from api.figures.windows import parse_month, text_of
from api.model import ComparedRow, RatioRow, ValueRow
from api.report.statement import name_month
from api.report.words import find_change, name_place, name_window
from api.scorecard import ScorecardRow
from api.series import describe_series
from api.show import show_value
from api.snapshot import Area, SeriesBreak, Snapshot
from sql.measure import Measure


def list_breaks(snapshot: Snapshot, measure: Measure, row: ValueRow) -> list[SeriesBreak]:
    """The breaks of a series that concern the area of a row."""
    force = snapshot.areas[row.area_code].home_force
    series = describe_series(snapshot, measure, row.basis, row.group)
    return [one for one in series.breaks if one.concerns(FORCES if force is None else (force,))]


def draw_months(
    snapshot: Snapshot, measure: Measure, rows: Sequence[ComparedRow], first: str, title: str
) -> tuple[SeriesDrawing, dict[str, str]]:
    """The series of monthly rows from `first` on, with the limits and signals of all the rows; and a remark for each month
    that signals a change, has no figure, or follows a break.
    """
    chart = find_chart(snapshot, measure, rows)
    shown = [row for row in rows if row.from_month >= first]
    begin, end = parse_month(shown[0].from_month), parse_month(shown[-1].from_month)
    breaks = [one for one in list_breaks(snapshot, measure, shown[0]) if begin < one.month <= end]
    signalled: dict[int, list[str]] = {}
    for signal in chart.signals:
        for month in range(max(signal.first, begin), signal.last + 1):
            signalled.setdefault(month, []).append(_say_shortly(signal))
    remarks = {text_of(month): f"Signal: {'; '.join(told)}" for month, told in signalled.items()}
    for one in breaks:
        _add(remarks, text_of(one.month), f"Break in the series: {one.explanation}")
    for row in shown:
        if row.value is None and row.reason:
            remarks[row.from_month] = row.reason
    drawing = SeriesDrawing(
        title=title,
        text=_tell_series(measure, shown, chart),
        unit=measure.unit,
        statistic=measure.statistic,
        points=tuple((row.from_month, row.value) for row in shown),
        stretches=tuple(
            Stretch(text_of(max(one.first, begin)), text_of(one.last), one.centre, one.lower, one.upper)
            for one in chart.segments
            if one.last >= begin
        ),
        signals=tuple(text_of(month) for month in sorted(signalled)),
        breaks=tuple((text_of(one.month), "break in the series") for one in breaks),
    )
    return drawing, remarks


def say_signal(signal: Signal) -> str:
    """A signal in words: which rule, which months."""
    first, last = name_month(text_of(signal.first)), name_month(text_of(signal.last))
    months = signal.last - signal.first + 1
    match signal.rule:
        case "outside":
            return (
                f"{first} {signal.direction} the {'upper' if signal.direction == 'above' else 'lower'} limit"
            )
        case "one_side":
            return f"{months} months in a row {signal.direction} the centre, {first} to {last}"
        case "trend":
            return f"{signal.direction} for {months} months, {first} to {last}"


def _say_shortly(signal: Signal) -> str:
    """A signal in the line of one of its months."""
    months = signal.last - signal.first + 1
    match signal.rule:
        case "outside":
            return f"{signal.direction} the {'upper' if signal.direction == 'above' else 'lower'} limit"
        case "one_side":
            return f"one of {months} months in a row {signal.direction} the centre"
        case "trend":
            return f"one of {months} months {signal.direction}"


def _add(remarks: dict[str, str], month: str, told: str) -> None:
    remarks[month] = f"{remarks[month]}. {told}" if month in remarks else told


def _tell_series(measure: Measure, rows: Sequence[ValueRow], chart: Chart) -> str:
    """What a series shows, for who cannot see it."""
    there = [(row.value, row.from_month) for row in rows if row.value is not None]
    told = [
        f"A line of {len(rows)} months, {name_month(rows[0].from_month)} to {name_month(rows[-1].from_month)}."
    ]
    if there:
        (low, low_at), (high, high_at) = min(there), max(there)
        told.append(
            f"Lowest {show_value(measure, low)} in {name_month(low_at)}, highest {show_value(measure, high)} in "
            f"{name_month(high_at)}, last {show_value(measure, there[-1][0])} in {name_month(there[-1][1])}."
        )
    begin = rows[0].from_month
    told += [
        f"From {name_month(max(text_of(one.first), begin))} to {name_month(text_of(one.last))} the centre is "
        f"{show_value(measure, one.centre)}, the natural limits {show_value(measure, one.lower)} to "
        f"{show_value(measure, one.upper)}."
        for one in chart.segments
        if one.centre is not None and text_of(one.last) >= begin
    ]
    missing = [name_month(row.from_month) for row in rows if row.value is None]
    if missing:
        told.append(f"No figure: {', '.join(missing)}.")
    signals = [one for one in chart.signals if text_of(one.last) >= begin]
    said = "; ".join(say_signal(one) for one in signals)
    told.append(f"Signals of a change: {said}." if said else "No month signals a change.")
    return " ".join(told)


def title_months(measure: Measure, row: ScorecardRow, area: Area, events: str, label: str | None) -> str:
    """The finding of a series: how its last year lies beside the year before, as far as chance lets it be told."""
    what = f"{events} in {name_place(area)}" + (f" ({label.lower()} only)" if label else "")
    if row.value is None:
        return f"{what}, month by month: no figure for the {name_window(row)}"
    unit = "per 1,000 residents" if measure.statistic == "rate" else ""
    figure = f"{show_value(measure, row.value)} {unit}".rstrip()
    change = find_change(measure, row)
    if change is None:
        return f"{what}: {figure} in the {name_window(row)}"
    matched = f" ({change.matched})" if change.matched else ""
    if change.way == "unclear":
        return (
            f"{what}: {figure} in the {name_window(row)}, {change.before} the year before{matched}, no more apart than chance "
            "could explain"
        )
    return (
        f"{what} {change.way}: {figure} in the {name_window(row)}, {change.before} the year before{matched}"
    )


def draw_years(measure: Measure, rows: Sequence[ValueRow], names: Sequence[str], title: str) -> YearsDrawing:
    """Bars by year; `names` are those of the years."""
    told = ", ".join(
        f"{name} {show_value(measure, row.value) if row.value is not None else 'no figure'}"
        for name, row in zip(names, rows, strict=True)
    )
    return YearsDrawing(
        title=title,
        text=f"A bar for each year: {told}.",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(name, row.value, row.lower, row.upper) for name, row in zip(names, rows, strict=True)
        ),
    )


def draw_dots(measure: Measure, marks: Iterable[tuple[str, ValueRow]], title: str) -> DotsDrawing:
    """Figures of one statistic, a line each, in the order given."""
    listed = list(marks)
    told = "; ".join(
        f"{name} {show_value(measure, row.value) if row.value is not None else 'no figure'}"
        for name, row in listed
    )
    return DotsDrawing(
        title=title,
        text=f"A line for each, with its 95% interval: {told}.",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(
                name,
                row.value,
                row.lower,
                row.upper,
                is_own=False,
            )
            for name, row in listed
        ),
    )


def draw_bands(measure: Measure, rows: Sequence[RatioRow], names: Sequence[str], title: str) -> BandsDrawing:
    """Ratios between groups with their intervals, and the range over every way of counting."""
    told = []
    for row, name in zip(rows, names, strict=True):
        if row.value is None:
            told.append(f"{name}: no figure")
            continue
        band = _find_band(row)
        over = (
            f", {show_value(measure, band[0])} to {show_value(measure, band[1])} over every way of counting"
            if band
            else ""
        )
        told.append(
            f"{name}: {show_value(measure, row.value)} times the rate of White residents, 95% interval "
            f"{show_value(measure, row.lower)} to {show_value(measure, row.upper)}{over}"
        )
    return BandsDrawing(
        title=title,
        text=f"A line for each group, beside a line at 1 where the rates would be equal. {'; '.join(told)}.",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=tuple(
            Mark(name, row.value, row.lower, row.upper) for row, name in zip(rows, names, strict=True)
        ),
        bands=tuple(_find_band(row) for row in rows),
    )


def _find_band(row: RatioRow) -> tuple[float, float] | None:
    if row.value is None or row.assumption_low is None or row.assumption_high is None:
        return None
    return row.assumption_low, row.assumption_high
