"""From counts to figures: person-time, rates, shares, ratios, bands, windows (methods.md, 1 to 3)."""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from math import exp, log, sqrt

from scipy import stats

Z = 1.959964
Interval = tuple[float, float]
#: (population, borough, year) -> persons
Populations = dict[tuple[str, int, int], int]
CENSUS = 2021

HIGHER, LOWER, DEPENDS = (
    "Higher under every way of counting",
    "Lower under every way of counting",
    "Depends on how",
)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months, both ends included."""
    months = [first]
    while months[-1] < last:
        year, month = months[-1].year, months[-1].month
        months.append(date(year + month // 12, month % 12 + 1, 1))
    return months


def persons(populations: Populations, population: str, borough: int, month: date) -> int | None:
    """Residents under a month: of its calendar year, the last estimate carried on, none before the first.

    A population that only the Census knows stands under every month.
    """
    known = [year for year in range(2001, 2101) if (population, borough, year) in populations]
    if known == [CENSUS]:
        return populations[population, borough, CENSUS]
    past = [year for year in known if year <= month.year]
    return populations[population, borough, past[-1]] if past else None


def person_years(
    populations: Populations, population: str, boroughs: Iterable[int], months: Iterable[date]
) -> Fraction | None:
    """A twelfth of the residents of every borough for every month; None where some month has no residents."""
    found = [persons(populations, population, borough, month) for borough in boroughs for month in months]
    return None if None in found else sum((Fraction(count or 0, 12) for count in found), Fraction(0))


def per_1000(events: int, years: Fraction | float) -> float:
    """Events per 1,000 residents a year."""
    return float(1000 * events / years)


def rate_interval(events: int, years: Fraction | float) -> Interval:
    """Byar from 10 events on, exact Poisson under 10; per 1,000 residents a year."""
    x = events
    if x >= 10:
        low = x * (1 - 1 / (9 * x) - Z / (3 * sqrt(x))) ** 3
        high = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * sqrt(x + 1))) ** 3
    else:
        low = stats.chi2.ppf(0.025, 2 * x) / 2 if x else 0.0
        high = stats.chi2.ppf(0.975, 2 * x + 2) / 2
    return float(1000 * low / years), float(1000 * high / years)


def share_interval(events: int, base: int) -> Interval:
    """Wilson score."""
    p, n = events / base, base
    middle = p + Z * Z / (2 * n)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)


def ratio(a: int, a_years: Fraction | float, b: int, b_years: Fraction | float) -> float | None:
    """A rate over another; None where there are no events of the other."""
    return float((a / a_years) / (b / b_years)) if b else None


def ratio_interval(a: int, a_years: Fraction | float, b: int, b_years: Fraction | float) -> Interval:
    """The log method where both counts are 10 or more, else Clopper–Pearson on a of a + b."""
    if min(a, b) >= 10:
        middle, half = log(float((a / a_years) / (b / b_years))), Z * sqrt(1 / a + 1 / b)
        return exp(middle - half), exp(middle + half)
    low = stats.beta.ppf(0.025, a, b + 1) if a else 0.0
    high = stats.beta.ppf(0.975, a + 1, b) if b else 1.0
    scale = float(b_years / a_years)
    return low / (1 - low) * scale, (high / (1 - high) * scale if high < 1 else float("inf"))


def band(
    group: str, counts: dict[str, dict[str, int]], years: Callable[[str, str], Fraction | None]
) -> Interval | None:
    """The lowest and the highest ratio of a group to White over every way of counting.

    `counts`: basis -> class -> events, `unknown` among the classes. `years(basis, class)`: person-years.
    Ways: every basis; for the officer's record, unknowns counted all as White or all as the group; for Black, each
    with Mixed White-and-Black residents in or out of the denominator (class `black_or_mixed_black`).
    """
    ways: list[float | None] = []
    for basis, count in counts.items():
        if group not in count:
            continue
        pairs = [(count[group], count["white"])]
        if basis.startswith("officer_defined"):
            pairs += [
                (count[group], count["white"] + count["unknown"]),
                (count[group] + count["unknown"], count["white"]),
            ]
        for residents in (group, "black_or_mixed_black") if group == "black" else (group,):
            a_years, b_years = years(basis, residents), years(basis, "white")
            assert a_years is not None
            assert b_years is not None
            ways += [ratio(a, a_years, b, b_years) for a, b in pairs]
    defined = [way for way in ways if way is not None]
    return (min(defined), max(defined)) if defined else None


def verdict(low: float, high: float) -> str:
    """The beginning of what may be said of a band."""
    return HIGHER if low > 1 else LOWER if high < 1 else DEPENDS


def roll_up(events: dict[date, int | None], first: date, last: date) -> tuple[int | None, int, str]:
    """A rolling year: (events, months received, status). None in a month is a month not received.

    12 of 12 months are ok, 9 to 11 keep their value with a flag, fewer are incomplete, none is missing.
    """
    window = [events.get(month) for month in months_between(first, last)]
    there = [count for count in window if count is not None]
    if not there:
        return None, 0, "missing"
    if len(there) < 9:
        return None, len(there), "incomplete"
    return (
        sum(there),
        len(there),
        "ok" if len(there) == len(window) else f"{len(there)} of {len(window)} months",
    )
