"""One plain sentence for a figure: fixed templates, reviewed words (shared/methods.md, section 10).

A sentence states the figure with its interval, where it lies among the others, and how it moved. It never says
good or bad, and never why.
"""

from typing import Any

from api.figures.beside import BEYOND_SURVEY
from api.figures.money import STATISTICS
from api.model import ComparedRow
from api.money_sentences import write_money
from api.show import UNKNOWN, show_limits, show_points, show_value
from sql.measure import Measure

FEW = " Few events or residents: read it with care."
DAYTIME = " Far more people are here by day than live here, so a rate on residents says little."
BROKEN = " The series changed its meaning between the two years: read the change with care."
CHANCE = "no more than chance could explain"
EVEN = " Chance alone could explain this ratio."


def write_sentence(measure: Measure, row: ComparedRow, label: str | None, standing: Any | None) -> str:
    """The sentence of a figure. `label` names its group, None for the total; `standing` is its row in the
    comparison of all areas of its kind, None where it has none.
    """
    if row.value is None:
        return f"{_name(measure, label)}: no figure. {row.reason or ''}".rstrip()
    if measure.statistic in STATISTICS:
        return (
            write_money(measure, row, label)
            + (DAYTIME if "daytime_population" in row.flags else "")
            + _tell_zero(row)
        )
    told = f"{_state(measure, row, label)}{_place(row, standing)}."
    told += _tell_change(measure, row)
    if "daytime_population" in row.flags:
        told += DAYTIME
    if row.status == "low":
        told += FEW
    if measure.statistic == "ratio" and "interval_includes_1" in row.flags:
        told += EVEN
    if (verdict := row.verdict) is not None:
        told += f" {verdict}"
    return told


def _tell_zero(row: ComparedRow) -> str:
    return f" {row.reason}" if "returned_zero" in row.flags and row.reason else ""


def write_hidden(bcu_name: str | None) -> str:
    """That a BCU's own figure does not show where a borough of it lies."""
    return f" The figure of its BCU, {bcu_name}, does not show it."


def write_hides(names: list[str]) -> str:
    """That a BCU's figure does not show where some of its boroughs lie."""
    verb = "lies" if len(names) == 1 else "lie"
    return f" This figure does not show that {' and '.join(names)} {verb} elsewhere among the boroughs."


def _name(measure: Measure, label: str | None) -> str:
    if label and measure.statistic == "ratio":
        group = _name_others(label) if label.startswith("Other") else label
        return f"Rate ratio of {_name_events(measure)}, {group} against White"
    return f"{measure.title}, {label}" if label else measure.title


def _state(measure: Measure, row: ComparedRow, label: str | None) -> str:
    """The figure with its interval."""
    value = row.value if row.value is not None else 0.0
    match measure.statistic:
        case "rate":
            limits = f"({show_limits(measure, row.lower, row.upper)})"
            of = f" ({label})" if label else ""
            return f"{show_value(measure, value)} {measure.unit}{of} {limits}"
        case "share":
            limits = f"({show_limits(measure, row.lower, row.upper)})"
            return f"{_name(measure, label)}: {show_value(measure, value)} {limits}"
        case "ratio":
            events = _name_events(measure)
            counts = ""
            if row.numerator is not None and row.reference_numerator is not None:
                counts = f", from {row.numerator:,} and {row.reference_numerator:,} {events}"
            limits = f"({show_limits(measure, row.lower, row.upper)})"
            return (
                f"{events[:1].upper()}{events[1:]} per 1,000 {_name_residents(label)} are {show_value(measure, value)} times those "
                f"per 1,000 White residents {limits}{counts}"
            )
        case "count":
            limits = "" if row.lower is None else f" ({show_limits(measure, row.lower, row.upper)})"
            return f"{_name(measure, label)}: {show_value(measure, value)}{limits}"
        case _:
            return f"{_name(measure, label)}: {show_value(measure, value)}"


def _name_events(measure: Measure) -> str:
    """What a ratio between groups counts, from its title: "Rate ratio of searches, by ethnic group …"."""
    return measure.title.removeprefix("Rate ratio of ").partition(",")[0]


def _name_residents(label: str | None) -> str:
    """Residents of an ethnic group in words."""
    if label is None:
        return "residents of the group"
    return f"residents of {_name_others(label)}" if label.startswith("Other") else f"{label} residents"


def _name_others(label: str) -> str:
    """The ethnic groups of Other in words: "Other" or "Other, Chinese included"."""
    rest = label.removeprefix("Other").removeprefix(", ")
    return f"other ethnic groups ({rest})" if rest else "other ethnic groups"


def _place(row: ComparedRow, standing: Any | None) -> str:
    """Where the figure lies among those of the areas of its kind."""
    if standing is None or standing.position not in ("Higher", "Similar", "Lower"):
        return ""
    others = "boroughs" if row.area_kind == "borough" else "BCUs"
    if standing.position == "Similar":
        return f", similar to most {others} (within the 95% limits)"
    return f", {standing.position.lower()} than most {others} (outside the {standing.beyond} limits)"


def _tell_change(measure: Measure, row: ComparedRow) -> str:
    """How the figure moved since the year before, as far as its interval lets it be told."""
    if row.before_value is None or row.change_reason is not None:
        return ""
    if row.change_ratio is not None and row.change_ratio_lower is not None:
        before = show_value(measure, row.before_value)
        limits = f"{row.change_ratio_lower:.2f} to {row.change_ratio_upper:.2f} times"
        return _tell_direction(row, before, limits, row.change_ratio_lower, row.change_ratio_upper, 1.0)
    if row.change_difference is not None and row.change_difference_lower is not None:
        if measure.kind == "survey":
            return _tell_survey(row, show_value(measure, row.before_value), row.change_difference)
        limits = f"{_tell_points(row)} points"
        return _tell_direction(
            row,
            show_value(measure, row.before_value),
            limits,
            row.change_difference_lower,
            row.change_difference_upper,
            0.0,
        )
    return ""


def _tell_survey(row: ComparedRow, before: str, change: float) -> str:
    """A survey's change by its own limit, which holds for a borough (shared/methods.md, section 8): of several
    boroughs together more are interviewed, so the interval of the change is said instead.
    """
    way = "Higher" if change > 0 else "Lower"
    if BEYOND_SURVEY in row.change_flags:
        told = f" {way} than the {before} of a year before ({show_points(change)} points), by more than 7.9 points."
    elif row.area_kind == "borough":
        told = f" A year before it was {before}: a change of less than 7.9 points may be chance."
    else:
        limits = f"{_tell_points(row)}"
        told = f" A year before it was {before}: a change of {show_points(change)} points ({limits})."
    return told + _warn_of_breaks(row)


def _tell_direction(
    row: ComparedRow, before: str, limits: str, lower: float | None, upper: float | None, even: float
) -> str:
    if lower is None or upper is None:
        return ""
    if lower <= even <= upper:
        told = f" It differs from the {before} of a year before by {CHANCE} ({limits}{_tell_months(row)})."
    else:
        way = "Higher" if lower > even else "Lower"
        told = f" {way} than the {before} of a year before ({limits}{_tell_months(row)})."
    return told + _warn_of_breaks(row)


def _tell_months(row: ComparedRow) -> str:
    """On which months the two years are compared, where it is not on all of them."""
    if row.before_months is None or row.before_months >= row.months_expected:
        return ""
    return f", on the {row.before_months} calendar months that both years have"


def _warn_of_breaks(row: ComparedRow) -> str:
    return BROKEN if any(flag.startswith("break:") for flag in row.change_flags) else ""


def _tell_points(row: ComparedRow) -> str:
    """The interval of a change in points."""
    limits = (row.change_difference_lower, row.change_difference_upper)
    return " to ".join(UNKNOWN if one is None else show_points(one) for one in limits)
