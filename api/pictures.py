"""Which chart an answer of figures is: one series over time, several areas, or several groups. Pure."""

from collections.abc import Callable, Sequence

from api.charts import SignalRow
from api.draw.drawings import Drawing
from api.draw.fair import draw_areas, draw_comparison, draw_funnel, has_fair, list_left_out
from api.draw.from_rows import draw_bands, draw_groups, draw_months, draw_signals, draw_years
from api.errors import BadParameter
from api.figures.coverage import FORCES
from api.figures.windows import text_of
from api.model import RatioRow, ValueRow
from api.series import describe_series, label_group
from api.snapshot import Snapshot
from api.standing import ComparisonRow
from sql.measure import load_measures

MOST_MARKS = 60
BREAK = "break in the series"
YEARS = ("financial_year", "calendar_year")
DRAWABLE = (
    "A chart is of one metric: of one area and group over several windows, of several areas or of several groups in one window. "
    "Choose so with metric=, area=, group=, basis= and window=, or ask for another format."
)
NONE_BESIDE = (
    "These areas have many times more people by day than residents, so their figures are not set beside others: ask for one area, "
    "or for another format."
)


def draw_values(snapshot: Snapshot, rows: Sequence[ValueRow], asked: str | None) -> Drawing:
    """The chart of figures. `asked` is the format that was asked for. Raises BadParameter where they are no one chart.

    Groups that a way of counting does not know are left out.
    """
    rows = [row for row in rows if row.status != "not_applicable"] or rows
    areas = dict.fromkeys(row.area_code for row in rows)
    series = dict.fromkeys((row.basis, row.group) for row in rows)
    windows = dict.fromkeys((row.from_month, row.to_month) for row in rows)
    several = [len(one) > 1 for one in (areas, series, windows)]
    if not rows or len({row.metric for row in rows}) > 1 or sum(several) > 1:
        raise BadParameter("format", asked, (), DRAWABLE)
    if not several[2] and len(rows) > MOST_MARKS:
        raise BadParameter(
            "format",
            asked,
            (),
            f"A chart holds {MOST_MARKS} lines at most, and these are {len(rows)}: ask for fewer.",
        )
    measure = load_measures()[rows[0].metric]
    labels = [label_group(snapshot, measure, row.basis, row.group) for row in rows]
    if several[2]:
        draw = draw_years if rows[0].window in YEARS else draw_months
        return draw(measure, rows, labels[0])
    if several[1]:
        names = [label or "All" for label in labels]
        if len({row.basis for row in rows}) > 1:
            known = {one.basis: one.label for one in measure.bases}
            names = [f"{name}, {known[row.basis]}" for name, row in zip(names, rows, strict=True)]
        ratios = [row for row in rows if isinstance(row, RatioRow)]
        if measure.statistic == "ratio" and len(ratios) == len(rows):
            return draw_bands(measure, ratios, names)
        return draw_groups(measure, rows, names)
    if list_left_out(rows) and not has_fair(rows):
        raise BadParameter("format", asked, (), NONE_BESIDE)
    return draw_areas(measure, rows, labels[0])


CHARTS: dict[str, Callable[..., Drawing]] = {"intervals": draw_comparison, "funnel": draw_funnel}


def draw_standings(snapshot: Snapshot, rows: Sequence[ComparisonRow], chart: str) -> Drawing:
    """A chart of `CHARTS` of a comparison."""
    measure = load_measures()[rows[0].metric]
    label = label_group(snapshot, measure, rows[0].basis, rows[0].group)
    return CHARTS[chart](measure, rows, label)


def draw_series_signals(snapshot: Snapshot, rows: Sequence[SignalRow]) -> Drawing:
    """The chart of a monthly series, with the breaks that it crosses."""
    head = rows[0]
    measure = load_measures()[head.metric]
    force = snapshot.areas[head.area_code].home_force
    series = describe_series(snapshot, measure, head.basis, head.group)
    months = {row.month for row in rows}
    breaks = [
        (text_of(one.month), BREAK)
        for one in series.breaks
        if one.concerns(FORCES if force is None else (force,)) and text_of(one.month) in months
    ]
    return draw_signals(measure, rows, breaks, label_group(snapshot, measure, head.basis, head.group))
