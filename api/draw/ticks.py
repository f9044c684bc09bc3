"""Where the numbers of an axis stand, and how they are written: with the signs of `api.show`, and no more digits than needed."""

import math
from collections.abc import Iterable

from api.show import show_statistic

STEPS = (1, 2, 2.5, 5, 10)
RATIOS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0)
# A scale begins at 0 unless its figures lie this close together.
CLOSE = 0.6


def find_range(values: Iterable[float | None], *, from_zero: bool = False) -> tuple[float, float]:
    """The lowest and the highest of a scale that holds the values: from 0, except where all lie close together far from it."""
    found = [value for value in values if value is not None and math.isfinite(value)]
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    if low >= 0 and (from_zero or low < CLOSE * high or low == high):
        low = 0.0
    if high <= 0 and low < 0:
        high = 0.0
    return (low, high) if high > low else (low, low + 1)


def place_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers, about `count`, the first at or below `low`, the last at or above `high`."""
    rough = (high - low) / max(count - 1, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in STEPS if step * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def place_ratios(low: float, high: float) -> list[float]:
    """Round ratios from one at or below `low` to one at or above `high`, around 1; fewer where there would be many."""
    first = max((ratio for ratio in RATIOS if ratio <= min(low, 0.5)), default=RATIOS[0])
    last = min((ratio for ratio in RATIOS if ratio >= max(high, 2.0)), default=RATIOS[-1])
    found = [ratio for ratio in RATIOS if first <= ratio <= last]
    if len(found) > 7:
        few = {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, first, last}
        found = [ratio for ratio in found if ratio in few]
    return found


def write_tick(statistic: str, value: float, step: float) -> str:
    """A number of an axis: "20%", "£1,500", "0.5": the figure's sign, with as many decimals as its step has."""
    if statistic == "share":
        return f"{100 * value:,.{count_decimals(100 * step)}f}%"
    digits = f"{abs(value):,.{count_decimals(step)}f}"
    sign = "-" if value < 0 else ""
    return f"{sign}£{digits}" if statistic in ("amount", "per_head") else f"{sign}{digits}"


def count_decimals(step: float) -> int:
    """How many decimals tell numbers apart that lie a step apart: 0 for 1, 20 and 500, 1 for 0.5, 2 for 0.25."""
    return next((count for count in range(6) if abs(step * 10**count - round(step * 10**count)) < 1e-6), 6)


def write_value(statistic: str, value: float | None) -> str:
    """A figure beside its mark; "[x]" where there is none."""
    return "[x]" if value is None else show_statistic(statistic, value)
