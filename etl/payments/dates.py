"""A column of days as councils write them: one way of reading for all its rows."""

from collections.abc import Callable

import polars as pl

from etl.errors import Refused
from etl.payments.days import DAY_FIRST, FORMS, MONTH_FIRST, Reading, read_day
from etl.payments.period import find_period

__all__ = ["find_period", "parse_days"]

# Day and month at odds in this share of the telling rows is a slip of the keyboard; in more it is two files in one.
MOST_SLIPS = 0.01


def parse_days(
    texts: pl.Series, *, month_first: bool | None = None, serial: bool = True
) -> tuple[pl.Series, str]:
    """Days (Date), null where a cell holds none, and how they were read, in words.

    A time of day is left out; a month without a day (`Jun-26`) is its first day. `month_first`: whether `09/08/2020` is
    in September, where it is known; None finds it from the whole column where some row can mean nothing else, and else
    reads the day first. Never row by row: a few rows (1%) that contradict the rest are null. `serial`: whether five
    figures are days of Excel. Raises Refused where more rows contradict each other, or what was declared.
    """
    cells = texts.cast(pl.String)
    counts = cells.value_counts(name="count").drop_nulls()
    readings = {text: read_day(text, serial=serial) for text in counts[texts.name or ""].to_list()}
    sizes = dict(counts.iter_rows())
    is_month_first, why = _decide(readings, sizes, month_first)
    days = {
        text: (found.month_first if is_month_first else found.day_first) if found else None
        for text, found in readings.items()
    }
    known = {text: day for text, day in days.items() if day is not None}
    if not known:
        return pl.Series(texts.name, [None] * len(texts), dtype=pl.Date), "no dates"
    parsed = cells.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Date)
    forms = {found.form for text, found in readings.items() if found and text in known}
    if is_month_first and DAY_FIRST in forms:
        forms = forms - {DAY_FIRST} | {MONTH_FIRST}
    words = [f"{form} ({why})" if form == MONTH_FIRST else form for form in FORMS if form in forms]
    return parsed, ", ".join(words)


def _decide(
    readings: dict[str, Reading | None], sizes: dict[str, int], declared: bool | None
) -> tuple[bool, str]:
    """Whether month comes first, and how that is known."""

    def pick(is_telling: Callable[[Reading], bool]) -> tuple[int, str]:
        texts = [text for text, found in readings.items() if found and is_telling(found)]
        return sum(sizes[text] for text in texts), min(texts, default="").strip()

    day_rows, day_text = pick(lambda found: found.month_first is None)
    month_rows, month_text = pick(lambda found: found.day_first is None)
    most = MOST_SLIPS * (day_rows + month_rows)
    if min(day_rows, month_rows) > most:
        raise Refused(
            f"Some dates can only be day first ({day_text}) and others only month first ({month_text}): the file seems to be put"
            " together from two. Get it again as published, or load its parts one by one."
        )
    found = month_rows > most
    if declared is None:
        return found, f"{month_text} can be nothing else" if found else ""
    if (day_rows if declared else month_rows) > most:
        said, other, text = ("month", "day", day_text) if declared else ("day", "month", month_text)
        raise Refused(
            f"The dates were said to be {said} first, and {text} can only be {other} first. Correct the entry of this format."
        )
    return declared, "declared"
