"""Which windows a survey has: the rolling years that its publisher gives, and no others."""

from collections.abc import Sequence

from api.errors import BadParameter
from api.figures.weighted import YEAR
from api.figures.windows import Window, WindowKind, text_of
from api.snapshot import Snapshot
from sql.measure import Measure

QUARTER = 3
WINDOWS_OF_SURVEYS: tuple[WindowKind, ...] = ("rolling_12", "calendar_year", "financial_year", "whole")


def list_published(snapshot: Snapshot, measure: Measure) -> tuple[int, ...]:
    """The months with which published rolling years end, with the quarters between them that are missing."""
    months = {
        month
        for (source, _), by_month in snapshot.coverage.items()
        if source == measure.source
        for month in by_month
    }
    if not months:
        return ()
    return tuple(sorted({*months, *range(min(months), max(months) + 1, QUARTER)}))


def keep_published(windows: Sequence[Window], published: Sequence[int]) -> tuple[Window, ...]:
    """The windows that are a published rolling year; every year of twelve months where nothing is published yet."""
    return tuple(
        window for window in windows if window.months == YEAR and (not published or window.last in published)
    )


def refuse_windows(measure: Measure, window: WindowKind, published: Sequence[int]) -> BadParameter:
    """The refusal of windows that a survey does not have, with those that it has."""
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
