"""Areas set beside each other, as far as that is fair: the one home of these rules for pages, embeds and files. Pure.

Ratios between groups, counts and amounts are never in an order of value, nor is one called the highest. Rates on residents
of areas with many more people by day stand beside no other: they are left out, and the text says so. What has a figure and
no position among figures that have one is a mark of its own. Rows come as `/v1/values` and
`/v1/metrics/{metric}/comparison` give them, so nothing withheld can be drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from api.contrast import DAYTIME_FLAG
from api.draw.drawings import DotsDrawing, Drawing, FunnelDrawing, MapDrawing, Mark
from api.draw.row_marks import EVEN, mark_area, name, sort_figures
from api.draw.row_words import PLACED, count_kind, name_months, say_counts, say_range, say_span, say_unplaced
from api.figures.ranking import NEVER_RANKED
from api.model import ValueRow
from api.report.words import join
from api.show import show_value
from api.standing import ComparisonRow
from sql.measure import Measure

NOWHERE = b"null"
# More names than this are counted.
NAMED = 6
BY_DAY = "Left out of the picture: {names}, with many times more people by day than residents. The table has {what}."
FEW = "Not shaded, for few events or residents: {names}."
NO_LIMITS = "Not drawn, for there are no limits at their size: {names}."
INTERVALS = "with its 95% interval where it has one"
Row = ValueRow | ComparisonRow
AnyRow = TypeVar("AnyRow", ValueRow, ComparisonRow)


def draw_pictures(
    measure: Measure, rows: Sequence[ComparisonRow], shapes: Mapping[str, bytes], label: str | None
) -> list[tuple[str, Drawing]]:
    """The map, the figures with their intervals and, where there are limits, the funnel; each with its key.

    Nothing where no area has a figure that may be set beside others.
    """
    if not has_fair(rows):
        return []
    drawn: list[tuple[str, Drawing]] = [
        ("map", draw_map(measure, rows, shapes, label)),
        ("dots", draw_comparison(measure, rows, label)),
    ]
    if any(row.funnel_lower_95 is not None for row in rows):
        drawn.append(("funnel", draw_funnel(measure, rows, label)))
    return drawn


def draw_map(
    measure: Measure, rows: Sequence[AnyRow], shapes: Mapping[str, bytes], label: str | None = None
) -> MapDrawing:
    """The areas as they lie. Figures that are not to be set beside others, or of few events, are drawn without a shade.

    `shapes`: GeoJSON geometries by area code; areas without one are left out.
    """
    rows = [row for row in rows if shapes.get(row.area_code, NOWHERE) != NOWHERE]
    apart = set(list_left_out(rows))
    shown = [_blank(row) if row.area_name in apart or row.status == "low" else row for row in rows]
    few = [row.area_name for row in rows if row.status == "low" and row.value is not None]
    few = [area for area in few if area not in apart]
    finding = _find_unranked(measure, rows) or say_span(measure, sort_figures(shown))
    text = f"A map of {count_kind([row.area_kind for row in rows])}, darker where the figure is higher. {_say(measure, rows)}"
    if few:
        text += f" {FEW.format(names=join(few))}"
    return MapDrawing(
        title=f"{_head(measure, rows, label)}: {finding}",
        text=text,
        unit=measure.unit,
        statistic=measure.statistic,
        marks=_mark(measure, shown),
        shapes=tuple(shapes[row.area_code] for row in rows),
    )


def draw_comparison(
    measure: Measure, rows: Sequence[ComparisonRow], label: str | None = None, own: str | None = None
) -> DotsDrawing:
    """The areas of a comparison with their intervals and the Met area's figure, in an order that is fair (`order_fairly`).

    `own`: the code of the area that it is about; its title says that area's figure.
    """
    fair = order_fairly(measure, rows)
    finding = _find_unranked(measure, rows)
    if finding is None and _is_judged(measure, fair):
        finding = say_counts(row.position for row in fair if row.position in PLACED)
    how = "each with its 95% interval" if any(row.lower is not None for row in rows) else "area by area"
    title = f"{_head(measure, rows, label)}, {how}: {finding or say_span(measure, sort_figures(fair))}"
    of_own = next((row for row in rows if row.area_code == own), None)
    if of_own is not None:
        is_apart = of_own.area_name in list_left_out(rows)
        title = f"{_head(measure, rows, label)}: {_say_own(measure, of_own, is_apart=is_apart)}"
    unplaced = say_unplaced(fair) if _is_judged(measure, fair) else ""
    met = next((row.met_value for row in rows if row.met_value is not None), None)
    return DotsDrawing(
        title=title,
        text=f"A line for each of {count_kind([row.area_kind for row in fair])}, {INTERVALS}. {_say(measure, rows)}{unplaced}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=_mark(measure, fair, own),
        beside=() if met is None else (("Met area", met),),
        even=EVEN if measure.statistic == "ratio" else None,
    )


def draw_areas(measure: Measure, rows: Sequence[ValueRow], label: str | None = None) -> DotsDrawing:
    """The figures of several areas in one window with their intervals, in an order that is fair (`order_fairly`)."""
    fair = order_fairly(measure, rows)
    finding = _find_unranked(measure, rows) or say_span(measure, sort_figures(fair))
    if len(rows) == 1:
        finding = say_span(measure, rows)
    kind = count_kind([row.area_kind for row in fair])
    return DotsDrawing(
        title=f"{_head(measure, rows, label)}, {kind}: {finding}",
        text=f"A line for each area, {INTERVALS}. {_say(measure, rows)}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=_mark(measure, fair),
        even=EVEN if measure.statistic == "ratio" else None,
    )


def draw_funnel(measure: Measure, rows: Sequence[ComparisonRow], label: str | None = None) -> FunnelDrawing:
    """The areas of a comparison over the size of what their figures stand on, with the limits at each size.

    Where any have limits only those are drawn.
    """
    fair = [row for row in order_fairly(measure, rows) if row.value is not None and row.denominator]
    judged = [row for row in fair if row.funnel_lower_95 is not None]
    drawn = sorted(judged or fair, key=lambda row: row.area_code)
    outside = [f"{row.area_name} ({row.position})" for row in judged if row.position in ("Higher", "Lower")]
    told = f"outside the 95% limits {'is' if len(outside) == 1 else 'are'} {join(outside)}"
    if not judged:
        told = _find_unranked(measure, rows) or "there are no limits to judge by"
    elif not outside:
        told = "none is outside the 95% limits"
    elif len(outside) > NAMED:
        told = f"{len(outside)} of {len(judged)} are outside the 95% limits"
    names = f" Outside the 95% limits: {join(outside)}." if outside else ""
    undrawn = [row.area_name for row in fair if row not in drawn]
    if undrawn:
        names += f" {NO_LIMITS.format(names=join(undrawn))}"
    target = next((row.funnel_target for row in rows if row.funnel_target is not None), None)
    return FunnelDrawing(
        title=f"{_head(measure, rows, label)}, funnel plot: {told}",
        text=f"A dot for each of {count_kind([row.area_kind for row in drawn])}, its figure over the number it stands on "
        f"({measure.denominator}), between limits that widen as that number falls.{names}"
        f"{say_unplaced(drawn) if _is_judged(measure, drawn) else ''}{_say_left_out(rows)}",
        unit=measure.unit,
        statistic=measure.statistic,
        marks=_mark(measure, drawn),
        sizes=tuple(row.denominator for row in drawn),
        size_unit=measure.denominator,
        target=target,
        limits=_list_limits(drawn),
    )


def order_fairly(measure: Measure, rows: Sequence[AnyRow]) -> list[AnyRow]:
    """The rows that may be set beside others: by name where figures are never ranked, else from high to low."""
    apart = list_left_out(rows)
    fair = [row for row in rows if row.area_name not in apart]
    if measure.statistic in NEVER_RANKED:
        return sorted(fair, key=lambda row: row.area_name)
    return sort_figures(fair)


def list_left_out(rows: Sequence[Row]) -> list[str]:
    """The areas whose figures are not set beside others, by name; a row alone is beside nobody."""
    if len(rows) == 1:
        return []
    return [row.area_name for row in rows if row.value is not None and DAYTIME_FLAG in row.flags]


def has_fair(rows: Sequence[Row]) -> bool:
    """Whether any row has a figure that may be set beside others."""
    apart = list_left_out(rows)
    return any(row.value is not None and row.area_name not in apart for row in rows)


def _mark(measure: Measure, rows: Sequence[Row], own: str | None = None) -> tuple[Mark, ...]:
    """The rows as marks; a figure has a position, be it none, only among figures that have one."""
    marks = tuple(mark_area(row, own) for row in rows)
    if _is_judged(measure, rows):
        return marks
    return tuple(
        mark if mark.value is None else msgspec.structs.replace(mark, position=None) for mark in marks
    )


def _is_judged(measure: Measure, rows: Sequence[Row]) -> bool:
    is_placed = any(isinstance(row, ComparisonRow) and row.position in PLACED for row in rows)
    return is_placed and measure.statistic not in NEVER_RANKED


def _list_limits(rows: Iterable[ComparisonRow]) -> tuple[tuple[float, float, float, float, float], ...]:
    """The funnel's limits by size: each area has those at its own."""
    found = {}
    for row in rows:
        limits = (row.funnel_lower_998, row.funnel_lower_95, row.funnel_upper_95, row.funnel_upper_998)
        told = [limit for limit in limits if limit is not None]
        if row.denominator and len(told) == len(limits):
            found[row.denominator] = (row.denominator, told[0], told[1], told[2], told[3])
    return tuple(found[size] for size in sorted(found))


def _head(measure: Measure, rows: Sequence[Row], label: str | None) -> str:
    head = name(measure, label)
    return f"{head}, {name_months(rows[0].from_month, rows[0].to_month)}" if rows else head


def _say_own(measure: Measure, row: ComparisonRow, *, is_apart: bool) -> str:
    """ "Hackney 12.5 (Similar)"; a position only where there is one."""
    if row.value is None:
        return f"{row.area_name} has no figure"
    told = f"{row.area_name} {show_value(measure, row.value)}"
    if is_apart:
        return f"{told}, not set beside others"
    return f"{told} ({row.position})" if row.position in PLACED else told


def _find_unranked(measure: Measure, rows: Sequence[Row]) -> str | None:
    """What is found of figures that are never ranked; None where they may be."""
    if measure.statistic not in NEVER_RANKED:
        return None
    there = [row for row in rows if row.value is not None]
    if measure.statistic != "ratio":
        return f"{len(there)} of {len(rows)} have a figure"
    above = sum(row.lower is not None and row.lower > 1 for row in there)
    below = sum(row.upper is not None and row.upper < 1 for row in there)
    return f"above 1 by more than chance in {above} of {len(there)}, below 1 in {below}"


def _say(measure: Measure, rows: Sequence[Row]) -> str:
    """The highest and the lowest where they may be told, those without a figure, and those left out."""
    apart = list_left_out(rows)
    kept = [row for row in rows if row.area_name not in apart]
    if measure.statistic in NEVER_RANKED:
        lacking = [row.area_name for row in kept if row.value is None]
        told = NEVER_RANKED[measure.statistic] + (f" No figure: {', '.join(lacking)}." if lacking else "")
    else:
        told = say_range(measure, sort_figures(kept))
    return f"{told}{_say_left_out(rows)}".strip()


def _say_left_out(rows: Sequence[Row]) -> str:
    """Who is left out and why; begins with a blank."""
    apart = list_left_out(rows)
    what = "its figure" if len(apart) == 1 else "their figures"
    return f" {BY_DAY.format(names=join(apart), what=what)}" if apart else ""


def _blank(row: AnyRow) -> AnyRow:
    return msgspec.structs.replace(row, value=None, lower=None, upper=None)
