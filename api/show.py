"""How a figure is written for people: the same digits in a sentence, a table, a chart, a page and a printed report.

A rate has one decimal from 1 up and two below, a share is a percentage with one decimal, a ratio has two decimals, a count
none, money is in pounds (with pence where it is for each resident). Files for programs carry the figure itself.
"""

from typing import Literal

from api.model import ValueRow
from sql.measure import Measure

Position = Literal["Higher", "Similar", "Lower", "No data"]
# The second is of a figure that is there and is not set among others, such as a ratio between groups.
Placing = Position | Literal["Not placed"]
# Beside the word, so that no colour is needed; never without it.
SHAPES: dict[Placing, str] = {"Higher": "▲", "Similar": "●", "Lower": "▼", "No data": "○", "Not placed": "–"}
# Where there is no value: the shorthand of the Government Statistical Service, and what it means here.
SHORTHAND = {
    "[x]": "not available",
    "[c]": "withheld, so that no count of few people can be told",
    "[low]": "few events or residents: read it with care",
    "[z]": "does not apply",
    "[p]": "provisional",
    "[r]": "revised",
    "[b]": "the series changed its meaning",
}
STATUS_WORDS = {
    "not_applicable": "does not apply",
    "missing": "no data",
    "incomplete": "not enough months",
    "suppressed": "withheld",
    "low": "few events or residents",
    "provisional": "provisional",
    "revised": "revised",
    "ok": "",
}
UNKNOWN = "unknown"


def show_value(measure: Measure, value: float | None) -> str:
    """A figure of a metric in words that stand alone: "12.4", "36.7%", "4.13", "7", "£22.42"."""
    return show_statistic(measure.statistic, value)


def show_statistic(statistic: str, value: float | None) -> str:
    """A figure of a statistic (`Measure.statistic`); "unknown" where there is none."""
    if value is None:
        return UNKNOWN
    match statistic:
        case "share":
            return show_percent(value)
        case "ratio" | "completeness":
            return f"{value:,.2f}"
        case "count":
            return f"{value:,.0f}"
        case "amount":
            return show_pounds(value)
        case "per_head":
            return show_pounds(value, is_small=True)
        case _:
            return show_rate(value)


def show_limits(measure: Measure, lower: float | None, upper: float | None) -> str:
    """An interval: "12.0 to 12.9"; empty where there is none. Limits of a count have decimals below 10."""
    if lower is None or upper is None:
        return ""
    statistic = "rate" if measure.statistic == "count" else measure.statistic
    return f"{show_statistic(statistic, lower)} to {show_statistic(statistic, upper)}"


def show_figure(measure: Measure, row: ValueRow) -> str:
    """The figure of a row, or the shorthand for why there is none."""
    return show_value(measure, row.value) if row.value is not None else mark_status(row.status)


def mark_status(status: str) -> str:
    """The shorthand that stands in the place of a value that is not there."""
    return {"suppressed": "[c]", "not_applicable": "[z]"}.get(status, "[x]")


def show_rate(value: float) -> str:
    """One decimal from 1 up, two below."""
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2f}"


def show_percent(value: float) -> str:
    """A share between 0 and 1 as a percentage."""
    return f"{100 * value:.1f}%"


def show_points(value: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{100 * value:+.1f}"


def show_pounds(value: float, *, is_small: bool = False) -> str:
    """An amount: whole pounds, or with pence."""
    sign = "-" if value < 0 else ""
    return f"{sign}£{abs(value):,.2f}" if is_small else f"{sign}£{abs(value):,.0f}"
