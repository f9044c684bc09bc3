"""Cells of a report's tables: a figure, its interval, what it stands on, where it lies. Pure.

Every number is written by `api.show`; where there is none stands the shorthand that says so.
"""

from typing import get_args

from api.beside import WITHHELD, WITHHELD_PAYMENTS
from api.cite import cite_row
from api.figures.money import STATISTICS
from api.model import RatioRow, ValueRow
from api.report.model import Cell
from api.report.words import DAYTIME, tell_change
from api.scorecard import ScorecardRow
from api.show import Position, mark_status, show_figure, show_limits, show_value
from api.standing import ComparisonRow
from sql.measure import Measure

POSITIONS: tuple[Position, ...] = get_args(Position)
NOT_APPLICABLE = "[z]"
NOT_AVAILABLE = "[x]"
# Behind a figure that is to be read with care.
YEAR = 12
NOT_PLACED = "Not placed: "
MARKS = {"low": " [low]", "provisional": " [p]", "revised": " [r]"}
WHY_NOT_PLACED = {
    "ratio": "Not placed: ratios between groups are never ranked",
    "count": "Not placed: counts follow how many people there are",
    "completeness": "Not placed: it says nothing of an area",
    "amount": "Not placed: money is no matter of chance",
    "per_head": "Not placed: money is no matter of chance",
}


def write_value(measure: Measure, row: ValueRow | ComparisonRow, slug: str | None = None) -> Cell:
    """The figure, with a link to its own page where the area's slug is given."""
    text = show_figure(measure, row) if isinstance(row, ValueRow) else _show(measure, row)
    href = cite_row(row, slug) if slug is not None and isinstance(row, ValueRow) else None
    return Cell(text + (MARKS.get(row.status, "") if row.value is not None else ""), row.value, href)


def _show(measure: Measure, row: ComparisonRow) -> str:
    return show_value(measure, row.value) if row.value is not None else mark_status(row.status)


def write_limits(measure: Measure, row: ValueRow | ComparisonRow) -> Cell:
    """The 95% interval; "[z]" where a figure has none by its kind."""
    if row.value is None:
        return Cell(mark_status(row.status))
    limits = show_limits(measure, row.lower, row.upper)
    return Cell(limits) if limits else Cell(f"{NOT_APPLICABLE} none")


def write_count(row: ValueRow | ComparisonRow, *, is_money: bool = False) -> Cell:
    """What was counted: events, or pounds."""
    if row.numerator is None:
        return Cell(mark_status(row.status) if row.value is None else NOT_APPLICABLE)
    return Cell(f"£{row.numerator:,.0f}" if is_money else f"{row.numerator:,.0f}", row.numerator)


def write_basis(measure: Measure, row: ValueRow) -> Cell:
    """What a figure stands on: a numerator of a denominator, in words."""
    match measure.statistic:
        case "share" if measure.kind == "survey" and row.denominator is not None:
            return Cell(f"about {row.denominator:,.0f} interviews (effective number)")
        case "share" | "completeness" if row.numerator is not None and row.denominator is not None:
            return Cell(f"{row.numerator:,.0f} of {row.denominator:,.0f}")
        case "ratio" if isinstance(row, RatioRow) and row.reference_numerator is not None:
            return Cell(f"{row.numerator or 0:,.0f} and {row.reference_numerator:,.0f} (White)")
        case "rate" if row.numerator is not None:
            return Cell(f"{row.numerator:,.0f}{_tell_residents(row)}")
        case "per_head" if row.numerator is not None and row.denominator is not None:
            return Cell(f"£{row.numerator:,.0f} over {row.denominator:,.0f} residents")
        case "count" | "amount" if row.numerator is not None and row.value is not None:
            return Cell(show_value(measure, row.numerator))
        case _:
            return Cell(mark_status(row.status) if row.value is None else NOT_APPLICABLE)


def _tell_residents(row: ValueRow) -> str:
    """The residents under a rate; person-years are residents where all of a year was received."""
    if row.denominator is None:
        return ""
    if row.months_received == row.months_expected == YEAR:
        return f" among {row.denominator:,.0f} residents"
    return f" in {row.months_received} months"


def write_before(measure: Measure, row: ScorecardRow) -> Cell:
    """The figure of the year before, with the change in words below it."""
    if row.before_value is None:
        why = row.change_reason if row.value is not None else None
        return Cell(NOT_AVAILABLE, note=why)
    return Cell(
        show_value(measure, row.before_value),
        row.before_value,
        note=tell_change(measure, row, is_beside=True),
    )


def write_rest(measure: Measure, row: ScorecardRow) -> Cell:
    """The figure of the rest of the Met area."""
    if row.rest_value is None:
        why = row.rest_reason if row.value is not None else None
        if why in (WITHHELD, WITHHELD_PAYMENTS):
            return Cell("[c]")
        return Cell(NOT_AVAILABLE if why or row.value is None else NOT_APPLICABLE, note=why)
    return Cell(show_value(measure, row.rest_value), row.rest_value)


def write_position(measure: Measure, row: ScorecardRow) -> Cell:
    """Where a figure lies among those of the areas of its kind: word and shape, or that it is not placed, and why."""
    if row.value is None:
        return Cell("No data", "No data", position="No data")
    position = read_position(row.position)
    if position is None or position == "No data":
        return Cell(
            f"{NOT_APPLICABLE} not placed", note=tell_not_placed(measure, row).removeprefix(NOT_PLACED)
        )
    note = f"outside the {row.beyond} limits" if row.beyond else None
    return Cell(position, position, position=position, note=_add_rank(note, row))


def tell_not_placed(measure: Measure, row: ScorecardRow) -> str:
    """Why a figure that is there has no position, in a few words."""
    if row.area_kind not in ("borough", "bcu"):
        return "Not placed: only boroughs and BCUs are"
    if DAYTIME in row.flags and measure.statistic not in WHY_NOT_PLACED:
        return "Not placed: the people here by day are many times the residents"
    return WHY_NOT_PLACED.get(measure.statistic) or f"Not placed: {row.position_reason or 'too few areas'}"


def _add_rank(note: str | None, row: ScorecardRow) -> str | None:
    if row.rank is None:
        return note
    rank = f"{row.rank} of {row.rank_of} from the highest"
    return f"{note}; {rank}" if note else rank


def read_position(text: str | None) -> Position | None:
    """A position's word as one of the four."""
    return next((word for word in POSITIONS if word == text), None)


def write_received(row: ValueRow) -> Cell:
    """How many months were received of those expected."""
    return Cell(f"{row.months_received} of {row.months_expected}", row.months_received)


def is_money(measure: Measure) -> bool:
    """Whether the figures of a measure are of money."""
    return measure.statistic in STATISTICS
