"""Which windows a publisher gives: a survey's rolling years, the financial years of returns, and no others."""

from collections.abc import Sequence

from api.errors import BadParameter
from api.figures.councils import name_year
from api.figures.weighted import YEAR
from api.figures.windows import MARCH, Window, WindowKind, text_of
from api.snapshot import Snapshot
from sql.measure import Measure

# How far the ends of a publisher's years lie apart.
MONTHS_APART = {"survey": 3, "annual": YEAR}
WINDOWS_OF_SURVEYS: tuple[WindowKind, ...] = ("rolling_12", "calendar_year", "financial_year", "whole")
WINDOWS_OF_RETURNS: tuple[WindowKind, ...] = ("financial_year", "rolling_12", "whole")


def has_years(measure: Measure) -> bool:
    """Whether a metric has only the years that its publisher gives."""
    return measure.kind in MONTHS_APART


def list_published(snapshot: Snapshot, measure: Measure) -> tuple[int, ...]:
    """The months with which published years end, with those between them that are missing."""
    months = {
        month
        for (source, _), by_month in snapshot.coverage.items()
        if source == measure.source
        for month in by_month
    }
    if not months:
        return ()
    return tuple(sorted({*months, *range(min(months), max(months) + 1, MONTHS_APART[measure.kind])}))


def keep_published(
    windows: Sequence[Window], published: Sequence[int], *, is_financial: bool = False
) -> tuple[Window, ...]:
    """The windows that are a published year; every year of twelve months where nothing is published yet, of
    returns every financial year.
    """
    return tuple(
        window
        for window in windows
        if window.months == YEAR
        and (window.last in published if published else not is_financial or window.last % YEAR == MARCH)
    )


def refuse_windows(measure: Measure, window: WindowKind, published: Sequence[int]) -> BadParameter:
    """The refusal of windows that a metric does not have, with those that it has."""
    if measure.kind == "annual":
        return _refuse_return(measure, window, published)
    if not published:
        which = "any twelve months"
    elif len(published) == 1:
        which = f"the twelve months that end in {text_of(published[0])}"
    else:
        which = f"the twelve months that end with a quarter from {text_of(published[0])} to {text_of(published[-1])}"
    sentence = (
        f"{measure.metric} has only the rolling years that the survey publishes: {which}. Leave out window, from and to"
        " for the latest, name its first and last month with from and to, or take window=rolling_12, calendar_year or"
        " financial_year, where from and to bound the last months."
    )
    return BadParameter("window", window, WINDOWS_OF_SURVEYS, sentence)


def _refuse_return(measure: Measure, window: WindowKind, published: Sequence[int]) -> BadParameter:
    which = ""
    if published:
        first, last = name_year(published[0]), name_year(published[-1])
        which = f", of which {first if first == last else f'{first} to {last}'} can be asked for"
    sentence = (
        f"{measure.metric} has only financial years, April to March{which}. Leave out window, from and to for the latest, or "
        "take window=financial_year, where from and to bound the years' last months, like from=2024-03&to=2024-03."
    )
    return BadParameter("window", window, WINDOWS_OF_RETURNS, sentence)
