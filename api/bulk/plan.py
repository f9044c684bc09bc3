"""Which figures of a metric an export holds, asked for in pieces of some thousands of rows. Pure, from a snapshot."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from api.errors import BadParameter
from api.figures.windows import Window, WindowKind, text_of
from api.model import Selection, ValuesRequest
from api.request import ALL, resolve_request
from api.snapshot import LONDON_WIDE, Snapshot, is_met_wide
from api.survey import has_years
from sql.measure import Measure

KINDS: tuple[WindowKind, ...] = ("month", "rolling_12", "financial_year", "calendar_year")
YEARS = ("financial_year", "calendar_year")
YEAR = 12
# Of so many rows the figures are worked out at once, and other answers wait for it: about a tenth of a second.
PIECE_ROWS = 5_000
# A rolling year of which fewer months can have arrived has no value.
ENOUGH_MONTHS = 9
# What a metric may not have: windows of a kind, months at all, groups on a basis.
LACKING = ("window", "group", "metric", "from", "to")


def plan_values(snapshot: Snapshot, measure: Measure, as_of: str | None = None) -> Iterator[ValuesRequest]:
    """The requests for every figure of a metric, as `/v1/values` would be asked for them, in the order of the rows."""
    arrived = list_arrived(snapshot, measure)
    if not arrived:
        return
    for kind in KINDS:
        told: set[tuple[str, str]] = set()
        # Of what counts few people only areas that hold the whole Met area have calendar years.
        wide = [area.area_code for area in snapshot.areas.values() if is_met_wide(area)]
        for areas in (["all"], wide) if kind == "calendar_year" else (["all"],):
            request = _resolve(snapshot, measure, kind, areas, arrived, as_of)
            if request is None:
                continue
            (selection,) = request.selections
            series = [pair for pair in selection.series if pair not in told]
            told.update(series)
            windows = selection.windows
            if not has_years(measure):
                windows = tuple(window for window in windows if is_worth(kind, window, arrived))
            yield from cut(request, windows, series)


def list_arrived(snapshot: Snapshot, measure: Measure) -> frozenset[int]:
    """The months of which any file of the metric's source arrived."""
    return frozenset(
        month
        for (source, publisher), by_month in snapshot.coverage.items()
        if source == measure.source and publisher not in LONDON_WIDE
        for month in by_month
    )


def is_worth(kind: WindowKind, window: Window, arrived: frozenset[int]) -> bool:
    """Whether a window can have a figure, or a reason that its coverage does not say."""
    there = sum(month in arrived for month in range(window.first, window.last + 1))
    return there >= (ENOUGH_MONTHS if kind == "rolling_12" else 1)


def _resolve(
    snapshot: Snapshot,
    measure: Measure,
    kind: WindowKind,
    areas: Sequence[str],
    arrived: frozenset[int],
    as_of: str | None,
) -> ValuesRequest | None:
    """The request for all windows of a kind; None where the metric has none."""
    # A year that has begun ends up to eleven months after the last file.
    last = max(arrived) + (YEAR - 1 if kind in YEARS else 0)
    raw: Mapping[str, Sequence[str]] = {
        "metric": [measure.metric],
        "area": list(areas),
        "window": [kind],
        "group": [ALL],
        "basis": [ALL],
        "from": [text_of(min(arrived))],
        "to": [text_of(last)],
        **({"as_of": [as_of]} if as_of else {}),
    }
    try:
        return resolve_request(snapshot, raw)
    except BadParameter as error:
        if error.parameter not in LACKING:
            raise
        return None


def cut(
    request: ValuesRequest, windows: Sequence[Window], series: Sequence[tuple[str, str]]
) -> Iterator[ValuesRequest]:
    """The request in pieces of whole series, each of about `PIECE_ROWS` rows."""
    if not windows:
        return
    size = max(1, PIECE_ROWS // (len(request.areas) * len(windows)))
    (selection,) = request.selections
    for start in range(0, len(series), size):
        part = Selection(selection.metric, tuple(windows), tuple(series[start : start + size]))
        yield msgspec.structs.replace(request, selections=(part,))
