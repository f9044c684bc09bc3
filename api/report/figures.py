"""The figures of a report as lines of its CSV and of the workbook's last sheet. Pure."""

from collections.abc import Iterable

from api.cite import cite_row
from api.model import ValueRow
from api.report.model import FigureRow
from api.report.words import name_figure, name_window, tell_value
from api.scorecard import ScorecardRow
from api.show import show_figure
from sql.measure import Measure


def write_figure(
    section: str,
    measure: Measure,
    row: ValueRow,
    slug: str,
    label: str | None = None,
    position: str | None = None,
) -> FigureRow:
    """A figure as a line. `label` names its group, None for the total; position and sentence are the scorecard's if it is.

    `position` is that of a row which has none itself.
    """
    return FigureRow(
        section=section,
        metric=row.metric,
        title=name_figure(measure, label),
        area_code=row.area_code,
        area_name=row.area_name,
        area_kind=row.area_kind,
        from_month=row.from_month,
        to_month=row.to_month,
        window=row.window,
        group=row.group,
        basis=row.basis,
        numerator=row.numerator,
        denominator=row.denominator,
        value=row.value,
        lower=row.lower,
        upper=row.upper,
        unit=measure.unit,
        method=row.method,
        method_version=row.method_version,
        status=row.status,
        flags=row.flags,
        reason=row.reason,
        months_expected=row.months_expected,
        months_received=row.months_received,
        position=row.position if isinstance(row, ScorecardRow) else position,
        sentence=row.sentence if isinstance(row, ScorecardRow) else tell_figure(measure, row, label),
        release=row.release,
        cite=cite_row(row, slug),
    )


def tell_figure(measure: Measure, row: ValueRow, label: str | None = None) -> str:
    """A figure in a sentence: what, when, how much, or why there is none."""
    head = f"{name_figure(measure, label)}, {name_window(row)}"
    if row.value is None:
        return f"{head}: {show_figure(measure, row)} no figure. {row.reason or ''}".rstrip()
    return f"{head}: {tell_value(measure, row)}."


def keep_once(figures: Iterable[FigureRow]) -> tuple[FigureRow, ...]:
    """The lines in their order, each figure of a section once."""
    return tuple({(one.section, one.cite): one for one in figures}.values())
