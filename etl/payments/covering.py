"""Which months a file of payments covers, and under which of them each payment stands. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta

import polars as pl

from etl.months import add_months, last_day

# A month with less than this part of the fullest one's payments is none that a file covers: a few payments of a month
# are dated before it or after it.
STRAY_SHARE = 0.1
# Where the dates alone tell the months, a first or last month with less than this part of the fullest one's payments is not
# covered: Kingston's files often lack their month, and hold the last days of the month before.
EDGE_SHARE = 1 / 3
# A file that names its months covers earlier ones of the same financial year too where it holds as much of them: it is of
# a year so far, and named by its last month or quarter (Merton).
UNNAMED_SHARE = 0.5
LATEST = timedelta(days=62)

Period = tuple[date, date]


def list_months(period: Period) -> list[date]:
    """The months of a period, the first and the last included."""
    first, last = period
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, step) for step in range(count)]


def find_covered(counts: Mapping[date, int], named: Period | None, *, is_paid: bool) -> list[date]:
    """The months that a file covers, in order. `counts`: how many of its rows are dated in each month.

    `named`: the period that the file names. `is_paid`: the dates are those of the payment; dates of an invoice or of the
    books may lie long before it, and then the months are those that the file names.
    """
    fullest = max(counts.values(), default=0)
    if named is None:
        covered = sorted(month for month, rows in counts.items() if rows >= STRAY_SHARE * fullest)
        return _cut_edges(covered, counts, EDGE_SHARE * fullest)
    inside = set(list_months(named))
    if not (is_paid and counts):
        return sorted(inside & counts.keys()) or sorted(inside)
    # a name that the dates do not bear out: two files of Redbridge of 2026 are named 2027
    if sum(counts.get(month, 0) for month in inside) < STRAY_SHARE * sum(counts.values()):
        return find_covered(counts, None, is_paid=is_paid)
    april = find_april(named[0])
    return sorted(
        month
        for month, rows in counts.items()
        if month in inside or (april <= month < named[0] and rows >= UNNAMED_SHARE * fullest)
    )


def _cut_edges(months: list[date], counts: Mapping[date, int], least: float) -> list[date]:
    """The months from the first that holds so many payments to the last."""
    whole = [place for place, month in enumerate(months) if counts[month] >= least]
    return months[whole[0] : whole[-1] + 1] if whole else months


def find_april(month: date) -> date:
    """The first month of the financial year that a month is in."""
    return date(month.year if month.month >= 4 else month.year - 1, 4, 1)


def place_month(month: date, covered: Collection[date]) -> date:
    """The covered month nearest to a month; of two as near, the later."""
    return min(covered, key=lambda other: (abs(_number(other) - _number(month)), -_number(other)))


def place_days(days: pl.Series, covered: Collection[date], today: date) -> tuple[pl.Series, pl.Series]:
    """The month under which each day stands (Date), null where it has none, and why it has none (text, else null).

    A row without a day stands under the only month that the file covers. `days`: Date, null where a row has none.
    """
    only = next(iter(covered)) if len(covered) == 1 else None
    end = min(last_day(max(covered)) + LATEST, today)
    months = days.dt.truncate("1mo")
    placed = {month: place_month(month, covered) for month in months.drop_nulls().unique().to_list()}
    known = (
        months.replace_strict(placed, default=None, return_dtype=pl.Date)
        if placed
        else pl.Series([None] * len(days), dtype=pl.Date)
    )
    frame = pl.DataFrame({"day": days, "month": known}).with_columns(
        (pl.col("day") > end).fill_null(False).alias("is_late")
    )
    late = pl.format(
        "its date, {}, lies after the months that the file covers", pl.col("day").dt.to_string("%Y-%m-%d")
    )
    no_day = pl.lit("it has no date that can be read, and the file covers several months")
    is_nowhere = pl.col("day").is_null() & pl.lit(only is None)
    out = frame.select(
        pl.when(~pl.col("is_late"))
        .then(pl.col("month").fill_null(pl.lit(only, dtype=pl.Date)))
        .alias("month"),
        pl.when("is_late").then(late).when(is_nowhere).then(no_day).alias("reason"),
    )
    return out["month"], out["reason"]


def count_months(days: pl.Series, today: date) -> dict[date, int]:
    """How many of the days lie in each month, those of the future left out."""
    return dict(Counter(days.filter(days <= today).dt.truncate("1mo").drop_nulls().to_list()))


def _number(month: date) -> int:
    return month.year * 12 + month.month
