"""All areas of a kind for one metric, as a table for people. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from api.cite import cite_row
from api.figures.money import STATISTICS
from api.figures.ranking import NEVER_RANKED
from api.pages.home import DAYTIME_FLAG
from api.report.model import Cell, Column, Kind, Table
from api.show import STATUS_WORDS, Position, mark_status, show_limits, show_pounds, show_value
from api.snapshot import Area
from api.standing import ComparisonRow
from sql.measure import Measure

NO_RANK = "not ranked"
NO_POSITION = "not placed"
NO_INTERVAL = "none"
# Ranks and positions are given for these; of money ranks only.
PLACED = ("rate", "share")
COUNTED = {
    "rate": ("Counted", "Residents, for the time covered"),
    "share": ("Of these", "Out of"),
    "ratio": ("Counted in the group", "Residents of the group, for the time covered"),
    "count": ("Counted", ""),
    "completeness": ("Counted here", "Counted by the Met"),
    "amount": ("Pounds", ""),
    "per_head": ("Pounds", "Residents"),
}
SURVEY = ("", "Interviews (effective)")
DECIMALS = {"rate": 1, "ratio": 2, "completeness": 2, "per_head": 2}
KINDS: dict[str, Kind] = {"share": "percent", "amount": "pounds", "per_head": "pounds_small"}


def make_table(
    measure: Measure, rows: Sequence[ComparisonRow], areas: Mapping[str, Area], title: str
) -> Table:
    """A line for each area; its figure leads to the figure's own page, its name to its report.

    Columns that a statistic does not have are left out: a ratio between groups has no rank and no position.
    """
    counted, under = SURVEY if measure.kind == "survey" else COUNTED[measure.statistic]
    has_rank, has_position = measure.statistic not in NEVER_RANKED, measure.statistic in PLACED
    has_interval = measure.statistic not in (*STATISTICS, "completeness")
    is_money = measure.statistic in STATISTICS
    columns = [
        Column("area", "Area"),
        Column("value", "Figure", KINDS.get(measure.statistic, "number"), DECIMALS.get(measure.statistic, 0)),
        *([Column("interval", "95% interval", "number")] if has_interval else []),
        *([Column("position", "Position")] if has_position else []),
        *([Column("rank", "Rank", "number")] if has_rank else []),
        *([Column("numerator", counted, "pounds" if is_money else "number")] if counted else []),
        *([Column("denominator", under, "number")] if under else []),
    ]
    lines = []
    for row in rows:
        slug = areas[row.area_code].slug
        lines.append(
            (
                Cell(row.area_name, href=f"/reports/{slug}"),
                _write_figure(measure, row, slug),
                *([_write_interval(measure, row)] if has_interval else []),
                *([_write_position(row)] if has_position else []),
                *([_write_rank(row)] if has_rank else []),
                *([_write_count(row.numerator, row.status, is_money=is_money)] if counted else []),
                *([_write_count(row.denominator, row.status)] if under else []),
            )
        )
    return Table(
        key="areas", title=title, columns=tuple(columns), rows=tuple(lines), notes=tell_reasons(rows)
    )


def tell_reasons(rows: Sequence[ComparisonRow]) -> tuple[str, ...]:
    """Why figures, ranks and positions are not there: each reason once, with the areas that it holds for."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        for reason in (row.reason if row.value is None else None, row.position_reason, row.rank_reason):
            if reason and (reason != row.reason or row.value is None):
                by_reason.setdefault(reason, [])
                if row.area_name not in by_reason[reason]:
                    by_reason[reason].append(row.area_name)
    plain = ("There is no figure to rank.",)
    return tuple(
        reason if len(names) == len(rows) else f"{_list(names)}: {reason}"
        for reason, names in by_reason.items()
        if reason not in plain
    )


def find_commonest_reason(rows: Sequence[ComparisonRow]) -> str:
    """Why most of the areas without a figure have none; empty where all have one."""
    found = Counter(row.reason or "" for row in rows if row.value is None).most_common(1)
    return found[0][0] if found else ""


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 5 else f"{', '.join(names[:4])} and {len(names) - 4} more"


def _write_figure(measure: Measure, row: ComparisonRow, slug: str) -> Cell:
    href = cite_row(row, slug)
    if row.value is None:
        return Cell(mark_status(row.status), href=href, note=STATUS_WORDS.get(row.status, row.status))
    parts = []
    if row.status not in ("ok", "provisional", "revised"):
        parts.append(STATUS_WORDS.get(row.status, row.status))
    if row.months_received < row.months_expected:
        parts.append(f"{row.months_received} of {row.months_expected} months")
    # without a value, so that who sorts the table finds it apart: it is not to be set beside others
    value = None if DAYTIME_FLAG in row.flags else row.value
    return Cell(show_value(measure, row.value), value=value, href=href, note="; ".join(parts) or None)


def _write_interval(measure: Measure, row: ComparisonRow) -> Cell:
    if row.value is None:
        return Cell(mark_status(row.status))
    value = None if DAYTIME_FLAG in row.flags else row.lower
    return Cell(show_limits(measure, row.lower, row.upper) or NO_INTERVAL, value=value)


def _write_position(row: ComparisonRow) -> Cell:
    word = cast(Position, row.position or "No data")
    if word == "No data" and row.value is not None:
        return Cell(NO_POSITION)
    return Cell(word, position=word, note=f"beyond {row.beyond}" if row.beyond else None)


def _write_rank(row: ComparisonRow) -> Cell:
    if row.rank is None:
        return Cell(NO_RANK)
    return Cell(f"{row.rank} of {row.rank_of}", value=row.rank)


def _write_count(number: float | None, status: str, *, is_money: bool = False) -> Cell:
    if number is None:
        return Cell(mark_status(status))
    return Cell(show_pounds(number) if is_money else f"{number:,.0f}", value=number)
