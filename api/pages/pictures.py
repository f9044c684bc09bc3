"""The drawings of a comparison, in words that are fair: nobody is first where ranking is not. Pure."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from api.draw.drawings import DotsDrawing, Drawing, FunnelDrawing, MapDrawing
from api.draw.from_rows import draw_comparison, draw_funnel, draw_map
from api.draw.row_marks import mark_area, name, sort_figures
from api.draw.row_words import count_kind, say_counts, say_range, say_span
from api.figures.ranking import NEVER_RANKED
from api.model import ValueRow
from api.pages.home import DAYTIME_FLAG
from api.period_words import name_period
from api.report.words import join
from api.standing import ComparisonRow
from sql.measure import Measure

PLACED = ("Higher", "Similar", "Lower")
# More names than this are counted.
NAMED = 6
BY_DAY = "Left out of the picture: {names}, with many times more people by day than residents. The table has {what}."
FEW = "Not shaded, for few events or residents: {names}."
Row = ValueRow | ComparisonRow
AnyRow = TypeVar("AnyRow", ValueRow, ComparisonRow)


def draw_pictures(
    measure: Measure, rows: Sequence[ComparisonRow], shapes: Mapping[str, bytes], label: str | None
) -> list[tuple[str, Drawing]]:
    """The map, the figures with their intervals and, where there are limits, the funnel; each with its key.

    Nothing where no area has a figure that may be set beside others.
    """
    if not _keep_fair(rows):
        return []
    drawn: list[tuple[str, Drawing]] = [
        ("map", draw_ground(measure, rows, shapes, label)),
        ("dots", _draw_dots(measure, rows, label)),
    ]
    judged = [row for row in rows if row.funnel_lower_95 is not None]
    if judged:
        drawn.append(("funnel", _draw_funnel(measure, judged, label)))
    return drawn


def draw_ground(
    measure: Measure, rows: Sequence[AnyRow], shapes: Mapping[str, bytes], label: str | None = None
) -> MapDrawing:
    """The map. Figures that are not to be set beside others, or of few events, are drawn without a shade."""
    shown = [row if _is_fair(row) and row.status != "low" else _blank(row) for row in rows]
    fair = [row for row in shown if row.value is not None]
    few = [row.area_name for row in rows if row.status == "low" and _is_fair(row) and row.value is not None]
    finding = say_span(measure, sort_figures(fair))
    if measure.statistic in NEVER_RANKED:
        finding = _find_unranked(measure, [row for row in rows if row.value is not None], rows)
    text = f"A map of {count_kind([row.area_kind for row in rows])}, darker where the figure is higher. {_say(measure, rows)}"
    if few:
        text += f" {FEW.format(names=join(few))}"
    drawing = draw_map(measure, shown, shapes, label=label)
    return msgspec.structs.replace(drawing, title=f"{_head(measure, rows, label)}: {finding}", text=text)


def _draw_dots(measure: Measure, rows: Sequence[ComparisonRow], label: str | None) -> DotsDrawing:
    """From high to low, or by name where figures are never ranked: an order would rank them."""
    fair = [row for row in rows if row.value is None or _is_fair(row)]
    drawing = draw_comparison(measure, fair, label=label)
    finding = say_counts(row.position for row in fair if row.position in PLACED)
    if measure.statistic in NEVER_RANKED:
        finding = _find_unranked(measure, [row for row in rows if row.value is not None], rows)
        by_name = sorted(fair, key=lambda row: row.area_name)
        drawing = msgspec.structs.replace(drawing, marks=tuple(mark_area(row) for row in by_name))
    elif not any(row.position in PLACED for row in fair):
        finding = say_span(measure, sort_figures(fair))
    title = f"{_head(measure, rows, label)}, each with its 95% interval: {finding}"
    if all(row.lower is None for row in rows):
        title = f"{_head(measure, rows, label)}, area by area: {finding}"
    kind = count_kind([row.area_kind for row in fair])
    text = f"A line for each of {kind}, with its 95% interval where it has one. {_say(measure, rows)}"
    return msgspec.structs.replace(drawing, title=title, text=text)


def _draw_funnel(measure: Measure, rows: Sequence[ComparisonRow], label: str | None) -> FunnelDrawing:
    drawing = draw_funnel(measure, rows, label=label)
    outside = [f"{row.area_name} ({row.position})" for row in rows if row.position in ("Higher", "Lower")]
    told = f"outside the 95% limits {'is' if len(outside) == 1 else 'are'} {join(outside)}"
    if not outside:
        told = "none is outside the 95% limits"
    elif len(outside) > NAMED:
        told = f"{len(outside)} of {len(rows)} are outside the 95% limits"
    return msgspec.structs.replace(drawing, title=f"{_head(measure, rows, label)}, funnel plot: {told}")


def _head(measure: Measure, rows: Sequence[Row], label: str | None) -> str:
    return f"{name(measure, label)}, {name_period(rows[0].from_month, rows[0].to_month)}"


def _find_unranked(measure: Measure, there: Sequence[Row], rows: Sequence[Row]) -> str:
    if measure.statistic != "ratio":
        return f"{len(there)} of {len(rows)} have a figure"
    above = sum(row.lower is not None and row.lower > 1 for row in there)
    below = sum(row.upper is not None and row.upper < 1 for row in there)
    return f"above 1 by more than chance in {above} of {len(there)}, below 1 in {below}"


def _say(measure: Measure, rows: Sequence[Row]) -> str:
    """The highest and the lowest where they may be told, those without a figure, and those left out."""
    apart = [row.area_name for row in rows if row.value is not None and not _is_fair(row)]
    kept = [row for row in rows if row.area_name not in apart]
    if measure.statistic in NEVER_RANKED:
        lacking = [row.area_name for row in kept if row.value is None]
        told = NEVER_RANKED[measure.statistic] + (f" No figure: {', '.join(lacking)}." if lacking else "")
    else:
        told = say_range(measure, sort_figures(kept))
    if apart:
        what = "its figure" if len(apart) == 1 else "their figures"
        told += f" {BY_DAY.format(names=join(apart), what=what)}"
    return told


def list_left_out(rows: Sequence[Row]) -> list[str]:
    """The areas whose figures are not set beside others, by name."""
    return [row.area_name for row in rows if row.value is not None and not _is_fair(row)]


def _is_fair(row: Row) -> bool:
    return DAYTIME_FLAG not in row.flags


def _keep_fair(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.value is not None and _is_fair(row)]


def _blank(row: AnyRow) -> AnyRow:
    return msgspec.structs.replace(row, value=None, lower=None, upper=None)
