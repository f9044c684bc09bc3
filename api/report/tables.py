"""Tables of a report: the figures of a section, months, years, groups, and where an area stands. Pure."""

from collections.abc import Callable, Sequence
from itertools import compress
from typing import TypeVar

from api.comparison import KINDS
from api.model import ComparedRow, ValueRow
from api.report.cells import (
    NOT_AVAILABLE,
    is_money,
    write_basis,
    write_before,
    write_count,
    write_limits,
    write_position,
    write_received,
    write_rest,
    write_value,
)
from api.report.model import Cell, Column, Table
from api.report.statement import name_month
from api.report.words import name_figure, name_window
from api.scorecard import ScorecardRow
from api.show import mark_status, show_value
from sql.measure import Measure, load_measures

ONLY_PLACED = "This area is not placed among others, and has no rest of the Met area beside it: that is for boroughs and BCUs."
INTERVAL = Column("interval", "95% interval", "number", 1)
FIGURES = (
    Column("figure", "Figure"),
    Column("value", "Value", "number", 1),
    INTERVAL,
    Column("stands_on", "Stands on"),
    Column("year_before", "Year before, and change", "number", 1),
    Column("rest_of_met", "Rest of the Met area", "number", 1),
    Column("position", "Among others of its kind"),
    Column("months", "Months received"),
)
Label = Callable[[ValueRow], str | None]
Months = Callable[[ValueRow], str]
Row = TypeVar("Row", bound=ValueRow)


def write_figures(
    key: str, title: str, rows: Sequence[ScorecardRow], slug: str, label: Label, months: Months = name_window
) -> Table:
    """The figures of a section, a line each, as the scorecard has them. What has no value says why in a note.

    `label` says of a row its group, `months` its months.
    """
    notes = list_reasons(rows, label)
    left_out: tuple[str, ...] = ()
    if any(row.area_kind not in KINDS for row in rows):
        left_out = ("rest_of_met", "position")
        notes.insert(0, ONLY_PLACED)
    keep = [column.key not in left_out for column in FIGURES]
    lines = (_write_line(row, slug, label(row), months(row)) for row in rows)
    return Table(
        key=key,
        title=title,
        columns=tuple(compress(FIGURES, keep)),
        rows=tuple(tuple(compress(line, keep)) for line in lines),
        notes=tuple(notes),
    )


def _write_line(row: ScorecardRow, slug: str, label: str | None, months: str) -> tuple[Cell, ...]:
    measure = load_measures()[row.metric]
    return (
        Cell(name_figure(measure, label), note=months),
        write_value(measure, row, slug),
        write_limits(measure, row),
        write_basis(measure, row),
        write_before(measure, row),
        write_rest(measure, row),
        write_position(measure, row),
        write_received(row),
    )


def list_reasons(rows: Sequence[ValueRow], label: Label) -> list[str]:
    """Why figures are absent or weak: each reason once, with the figures that it is of."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.reason is not None:
            sign = mark_status(row.status) if row.value is None else f"[{_shorten(row.status)}]"
            told = f"{sign} {{}}: {row.reason}".replace("[] ", "")
            names.setdefault(told, []).append(name_figure(load_measures()[row.metric], label(row)))
    return [told.format("; ".join(found)) for told, found in names.items()]


def _shorten(status: str) -> str:
    return {"low": "low", "provisional": "p", "revised": "r"}.get(status, "")


def write_months(
    key: str,
    title: str,
    measure: Measure,
    rows: Sequence[ComparedRow],
    first: str,
    remarks: dict[str, str],
    slug: str,
) -> Table:
    """A line a month from `first` on. `rows` are months without a gap, those a year before the first shown among them where
    they are known; `remarks` by month.
    """
    by_month = {row.from_month: row for row in rows}
    events = Column("events", "Number", "pounds" if is_money(measure) else "number")
    columns = (
        Column("month", "Month", "month"),
        events,
        Column("value", _title_value(measure), "percent" if measure.statistic == "share" else "number", 1),
        INTERVAL,
        Column("before", "Number a year before", events.kind),
        Column("remark", "Remark"),
    )
    lines = []
    for row in rows:
        if row.from_month < first:
            continue
        year, month = row.from_month.split("-")
        before = by_month.get(f"{int(year) - 1}-{month}")
        lines.append(
            (
                Cell(name_month(row.from_month), row.from_month),
                write_count(row, is_money=is_money(measure)),
                write_value(measure, row, slug),
                write_limits(measure, row),
                Cell(NOT_AVAILABLE) if before is None else write_count(before, is_money=is_money(measure)),
                Cell(remarks.get(row.from_month) or "-"),
            )
        )
    return Table(key=key, title=title, columns=columns, rows=tuple(lines), is_folded=True)


def _title_value(measure: Measure, *, is_yearly: bool = True) -> str:
    if measure.statistic == "rate":
        return f"Per 1,000 residents{', as a yearly rate' if is_yearly else ''}"
    return "Share" if measure.statistic == "share" else "Value"


def write_years(
    key: str,
    title: str,
    measures: Sequence[tuple[str, Measure]],
    rows: Sequence[Sequence[ValueRow]],
    slug: str,
) -> Table:
    """A line a year, a column for each series (its name and measure), from rows of the same years in the same order."""
    columns = [Column("year", "Financial year")]
    for place, (name, _) in enumerate(measures):
        columns.append(Column(f"value_{place}", name, "number", 1))
        columns.append(Column(f"interval_{place}", f"{name}: 95% interval", "number", 1))
    keep = [True] + [has for _, measure in measures for has in (True, not is_money(measure))]
    lines = []
    for found in zip(*rows, strict=True):
        cells = [Cell(name_year_of(found[0]))]
        for (_, measure), row in zip(measures, found, strict=True):
            cells += [write_value(measure, row, slug), write_limits(measure, row)]
        lines.append(tuple(cell for cell, is_kept in zip(cells, keep, strict=True) if is_kept))
    kept = tuple(column for column, is_kept in zip(columns, keep, strict=True) if is_kept)
    notes = _list_year_reasons([row for listed in rows for row in listed])
    return Table(key=key, title=title, columns=kept, rows=tuple(lines), notes=tuple(notes), is_folded=True)


def name_year_of(row: ValueRow) -> str:
    """The financial year of a row in short: "2022-23"."""
    return name_window(row).removeprefix("financial year ")


def _list_year_reasons(rows: Sequence[ValueRow]) -> list[str]:
    """Why years have no figure or a weak one: each reason once, with its years."""
    years: dict[str, list[str]] = {}
    for row in rows:
        if row.reason is not None:
            sign = mark_status(row.status) if row.value is None else f"[{_shorten(row.status)}]"
            years.setdefault(f"{sign} {{}}: {row.reason}".replace("[] ", ""), []).append(name_year_of(row))
    return [told.format(", ".join(dict.fromkeys(found))) for told, found in years.items()]


def trim_years(series: Sequence[Sequence[Row]]) -> list[Sequence[Row]]:
    """The rows of the same years without the first years in which no series has a figure."""
    has_any = [any(row.value is not None for row in found) for found in zip(*series, strict=True)]
    start = has_any.index(True) if True in has_any else len(has_any)
    return [listed[start:] for listed in series]


def write_groups(
    key: str,
    title: str,
    head: str,
    measure: Measure,
    rows: Sequence[ComparedRow],
    labels: Sequence[str],
    slug: str,
) -> Table:
    """A line a group of one metric in one window, with the number, the figure, and the year before."""
    columns = (
        Column("group", head),
        Column("events", "Number", "number"),
        Column(
            "value",
            _title_value(measure, is_yearly=False),
            "percent" if measure.statistic == "share" else "number",
            1,
        ),
        INTERVAL,
        Column("year_before", "Year before", "number", 1),
    )
    lines = tuple(
        (
            Cell(name),
            write_count(row),
            write_value(measure, row, slug),
            write_limits(measure, row),
            Cell(NOT_AVAILABLE)
            if row.before_value is None
            else Cell(show_value(measure, row.before_value), row.before_value),
        )
        for row, name in zip(rows, labels, strict=True)
    )
    notes = tuple(dict.fromkeys(row.reason for row in rows if row.reason is not None))
    return Table(key=key, title=title, columns=columns, rows=lines, notes=notes)
