"""The words of drawings: what was found, which months, how many areas. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from api.show import show_value
from sql.measure import Measure

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
KINDS = {"borough": ("borough", "boroughs"), "bcu": ("BCU", "BCUs")}
OTHERS = ("area", "areas")
PLACED = ("Higher", "Similar", "Lower")
POSITIONS = (*PLACED, "No data")


def name_month(month: str) -> str:
    """A month ("2024-08") in words: "August 2024"."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def name_months(first: str, last: str) -> str:
    """Months in words: "September 2023 to August 2024", or one month."""
    return name_month(first) if first == last else f"{name_month(first)} to {name_month(last)}"


def name_years(first: str, last: str) -> str:
    """Twelve months in short: "2023-24", or "2023" for a calendar year; other months as they are."""
    (start, month), (end, end_month) = first.split("-"), last.split("-")
    if start == end and (month, end_month) == ("01", "12"):
        return start
    if (month, end_month) == ("04", "03") and int(end) == int(start) + 1:
        return f"{start}-{end[2:]}"
    return first if first == last else f"{first} to {last}"


def count_kind(kinds: Sequence[str]) -> str:
    """How many areas of which kind: "33 boroughs"."""
    words = KINDS.get(next(iter(kinds)), OTHERS) if len(set(kinds)) == 1 else OTHERS
    return f"{len(kinds)} {words[len(kinds) != 1]}"


def say_counts(positions: Iterable[str | None]) -> str:
    """How many areas lie where: "4 Higher, 24 Similar, 4 Lower, 1 No data"."""
    counted = Counter(position for position in positions if position is not None)
    told = [f"{counted[word]} {word}" for word in POSITIONS if counted[word]]
    return ", ".join(told) or "no positions"


def say_range(measure: Measure, ordered: Sequence[Any]) -> str:
    """The highest and the lowest of rows that stand from high to low, and those without a figure."""
    there = [row for row in ordered if row.value is not None]
    lacking = [row.area_name for row in ordered if row.value is None]
    told = ""
    if there:
        high, low = there[0], there[-1]
        told = f"The highest is {high.area_name} with {show_value(measure, high.value)}"
        told += "." if high is low else f", the lowest {low.area_name} with {show_value(measure, low.value)}."
    none = f"No figure: {', '.join(lacking)}." if lacking else ""
    return " ".join(part for part in (told, none) if part)


def say_series(measure: Measure, points: Sequence[tuple[str, float | None]], step: str = "month") -> str:
    """The ends, the highest and the lowest of a series, and how many of its steps have no figure."""
    there = [(when, value) for when, value in points if value is not None]
    if not there:
        return f"No {step} has a figure."
    high, low = max(there, key=lambda one: one[1]), min(there, key=lambda one: one[1])
    told = f"From {show_value(measure, there[0][1])} in {there[0][0]} to {show_value(measure, there[-1][1])} in {there[-1][0]}."
    told += f" The highest is {show_value(measure, high[1])} in {high[0]}, the lowest {show_value(measure, low[1])} in {low[0]}."
    lacking = len(points) - len(there)
    if lacking:
        told += f" {lacking} {step}{'' if lacking == 1 else 's'} without a figure."
    return told


def say_span(measure: Measure, ordered: Sequence[Any]) -> str:
    """The lowest and the highest of rows that stand from high to low."""
    there = [row for row in ordered if row.value is not None]
    if not there:
        return "no figure"
    if len(there) == 1:
        return f"{show_value(measure, there[0].value)} in {there[0].area_name}"
    high, low = there[0], there[-1]
    return f"from {show_value(measure, low.value)} in {low.area_name} to {show_value(measure, high.value)} in {high.area_name}"


def say_ends(measure: Measure, points: Sequence[tuple[str, float | None]]) -> str:
    """The first and the last figure of a series."""
    there = [point for point in points if point[1] is not None]
    if not there:
        return "no figure"
    (first, before), (last, after) = there[0], there[-1]
    if first == last:
        return f"{show_value(measure, after)} in {last}"
    return f"{show_value(measure, before)} in {first}, {show_value(measure, after)} in {last}"


def say_unplaced(rows: Sequence[Any]) -> str:
    """The areas that have a figure and no position, where others have one; begins with a blank."""
    placed = [row for row in rows if row.position in PLACED]
    names = [row.area_name for row in rows if row.value is not None and row.position not in PLACED]
    return f" Not placed among the others: {', '.join(names)}." if placed and names else ""
