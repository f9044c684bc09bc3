"""Words of a report: which months, where, which figure, how it changed. Pure."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from api.figures.beside import BEYOND_SURVEY
from api.figures.councils import name_year
from api.figures.money import STATISTICS
from api.figures.windows import parse_month
from api.model import ComparedRow, ValueRow
from api.report.statement import name_month
from api.show import show_limits, show_points, show_value
from api.snapshot import Area
from sql.measure import Measure

Way = Literal["rose", "fell", "unclear"]
# Below this a change of money is none, as in the sentences of money.
SAME = 0.0005
CITY_SLUG = "city-of-london"
DAYTIME = "daytime_population"
# The shorthand for a change across a break in the series.
BROKEN = "[b]"


class Change(msgspec.Struct, frozen=True):
    """How a figure moved since the year before: as far as its interval lets it be told. `limits` says how far, in words."""

    way: Way
    before: str
    limits: str
    matched: str
    is_broken: bool


def find_change(measure: Measure, row: ComparedRow) -> Change | None:
    """The change since the year before, by the rules of the scorecard's sentences; None where none can be told."""
    if row.before_value is None or (row.change_ratio is None and row.change_difference is None):
        return None
    before = show_value(measure, row.before_value)
    matched = ""
    if row.before_months is not None and row.before_months < row.months_expected:
        matched = f"on the {row.before_months} calendar months that both years have"
    is_broken = any(flag.startswith("break:") for flag in row.change_flags)
    if measure.statistic in STATISTICS and row.change_ratio is not None:
        change = row.change_ratio - 1
        way: Way = "unclear" if abs(change) < SAME else "rose" if change > 0 else "fell"
        return Change(way, before, f"{100 * change:+.1f}%", matched, is_broken)
    if row.change_ratio_lower is not None and row.change_ratio_upper is not None:
        low, high = row.change_ratio_lower, row.change_ratio_upper
        return Change(_find_way(low, high, 1.0), before, f"{low:.2f} to {high:.2f} times", matched, is_broken)
    if row.change_difference_lower is None or row.change_difference_upper is None:
        return None
    low, high = row.change_difference_lower, row.change_difference_upper
    if measure.kind == "survey" and row.change_difference is not None:
        change = row.change_difference
        way = "unclear"
        if BEYOND_SURVEY in row.change_flags or (row.area_kind != "borough" and not low <= 0 <= high):
            way = "rose" if change > 0 else "fell"
        return Change(way, before, f"{show_points(change)} points", matched, is_broken)
    limits = f"{show_points(low)} to {show_points(high)} points"
    return Change(_find_way(low, high, 0.0), before, limits, matched, is_broken)


def _find_way(lower: float, upper: float, even: float) -> Way:
    if lower <= even <= upper:
        return "unclear"
    return "rose" if lower > even else "fell"


def tell_change(measure: Measure, row: ComparedRow, *, is_beside: bool = False) -> str:
    """A change in a few words, for a table or a card: never good or bad, never why.

    `is_beside`: the figure of the year before stands beside it already.
    """
    change = find_change(measure, row)
    if change is None:
        if row.before_value is not None and row.value is not None:
            told = "no interval of the change is given"
            return (
                begin(told) if is_beside else f"{show_value(measure, row.before_value)} a year before; {told}"
            )
        return "No year before to compare with" if row.value is not None else "No figure to compare"
    more = ", ".join(part for part in (change.limits, change.matched) if part)
    if change.way == "unclear":
        is_money = measure.statistic in STATISTICS
        told = f"{'About the same' if is_money else 'No clear change: chance could explain it'} ({more})"
        if not is_beside:
            told = f"{change.before} a year before. {told}"
    else:
        told = f"{change.way.capitalize()}{'' if is_beside else f' from {change.before}'} ({more})"
    return f"{told} {BROKEN}" if change.is_broken else told


def name_window(row: ValueRow) -> str:
    """The window of a row in words: "year to August 2024", "financial year 2022-23", "August 2024"."""
    if row.window == "financial_year":
        return f"financial year {name_year(parse_month(row.to_month))}"
    if row.window == "rolling_12":
        return f"year to {name_month(row.to_month)}"
    first, last = name_month(row.from_month), name_month(row.to_month)
    return last if first == last else f"{first} to {last}"


def name_place(area: Area) -> str:
    """An area in the middle of a sentence."""
    if area.area_kind == "met_area":
        return "the Met area"
    return "the City of London" if area.slug == CITY_SLUG else area.area_name


def begin(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def lower_title(title: str) -> str:
    """A title in the middle of a sentence: "CCTV spending" stays, "Searches" does not."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def name_figure(measure: Measure, label: str | None) -> str:
    """The title of a figure: of its metric and of its group, None for the total."""
    if label is None:
        return measure.title
    if measure.statistic == "ratio":
        return f"{measure.title.partition(',')[0]}, {label} against White"
    return f"{measure.title}: {label}"


def name_unit(measure: Measure) -> str:
    """The unit behind a figure that says already that it is a share or an amount."""
    match measure.statistic:
        case "share":
            return measure.unit.removeprefix("share ")
        case "ratio":
            return "times the rate of White residents"
        case "per_head":
            return measure.unit.removeprefix("£ ")
        case "amount":
            return "in a year" if measure.kind == "annual" else ""
        case _:
            return measure.unit


def tell_value(measure: Measure, row: ValueRow) -> str:
    """A figure with its unit and interval, in a sentence's middle."""
    limits = show_limits(measure, row.lower, row.upper)
    told = f"{show_value(measure, row.value)} {name_unit(measure)}".rstrip()
    return f"{told} ({limits})" if limits else told


def join(names: Sequence[str], last: str = "and") -> str:
    """Names as a sentence has them."""
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
