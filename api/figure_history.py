"""A figure in every release that knew it, and why it changed: what `as_of` gives, release by release."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from api.between import read_interval
from api.errors import ApiError
from api.figures.windows import first_day
from api.history import Interval
from api.model import ValueRow, ValuesRequest
from api.recall import recall_release
from api.revision_summary import summarise
from api.revisions import has_base, list_cells, list_series
from api.show import show_figure, show_limits
from api.snapshot import Release, Snapshot
from api.values import compute_values
from api.wire import RevisionSummary
from sql.measure import TOTAL, Measure, load_measures
from sql.queries import load

# The latest releases with a change under a figure that are looked at.
RELEASES_LOOKED_AT = 20
# How far the files of a followed source may reach on.
AHEAD = 12
UNKNOWN_REASON = "What had arrived for these months changed."
FIRST = "The first release with these months."


class VersionRow(msgspec.Struct, frozen=True):
    """A figure as a run of releases knew it, from `release` on until the next version. `why`: what changed since the one before."""

    release: str
    published_at: datetime
    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    method_version: int
    status: str
    reason: str | None
    shown: str
    interval: str
    why: tuple[str, ...]


async def read_history(conn: Any, newest: Snapshot, request: ValuesRequest) -> list[VersionRow]:
    """The versions of the one figure of a request, the oldest first, of the last releases in which anything changed under it.

    `newest` is the snapshot of the latest release. Each version is what `/v1/values` gives with its release as `as_of`, so
    it tells of a figure of few people no more than that.
    """
    (selection,) = request.selections
    measure = load_measures()[selection.metric]
    candidates = await _find_candidates(conn, newest, measure, request)
    versions: list[VersionRow] = []
    for release in candidates:
        row = await _recompute(conn, newest, release, request)
        if row is None or (not versions and row.value is None and row.status == "missing"):
            continue
        if versions and _tell(versions[-1]) == _tell(row):
            continue
        why = await _explain(conn, newest, release, measure, request) if versions else (FIRST,)
        versions.append(_describe(measure, release, row, why))
    return versions


async def _find_candidates(
    conn: Any, newest: Snapshot, measure: Measure, request: ValuesRequest
) -> Sequence[Release]:
    """The releases with which anything under the figure changed, the oldest first."""
    (selection,) = request.selections
    (window,) = selection.windows
    numbers = [number for (metric, _, _), number in newest.series.items() if metric == measure.metric]
    boroughs = sorted({member.borough for code in request.areas for member in newest.members.get(code, ())})
    sources = [source for source in (measure.source, measure.follows) if source is not None]
    rows = await conn.fetch(
        load("api_figure_releases"),
        numbers,
        first_day(window.first),
        first_day(window.last),
        boroughs,
        sources,
        first_day(window.last + (AHEAD if measure.follows else 0)),
    )
    found = {row["release_id"] for row in rows}
    listed = [release for release in newest.releases if release.release_id in found]
    return sorted(listed[:RELEASES_LOOKED_AT], key=lambda release: release.release_id)


async def _recompute(
    conn: Any, newest: Snapshot, release: Release, request: ValuesRequest
) -> ValueRow | None:
    snapshot = await recall_release(conn, newest, release)
    then = msgspec.structs.replace(request, as_of=release.release_id, as_of_text=release.release)
    try:
        (row,) = await compute_values(conn, snapshot, then)
    except ApiError:
        return None
    return row


def _tell(row: VersionRow | ValueRow) -> tuple[object, ...]:
    """All by which two versions differ for a reader."""
    without = (row.status, row.reason) if row.value is None else ()
    return row.value, row.lower, row.upper, row.numerator, row.denominator, row.method_version, without


def _describe(measure: Measure, release: Release, row: ValueRow, why: tuple[str, ...]) -> VersionRow:
    return VersionRow(
        release=release.release,
        published_at=release.published_at,
        value=row.value,
        lower=row.lower,
        upper=row.upper,
        numerator=row.numerator,
        denominator=row.denominator,
        method_version=row.method_version,
        status=row.status,
        reason=row.reason,
        shown=show_figure(measure, row),
        interval=show_limits(measure, row.lower, row.upper),
        why=why,
    )


async def _explain(
    conn: Any, newest: Snapshot, release: Release, measure: Measure, request: ValuesRequest
) -> tuple[str, ...]:
    """Why the figure changed with a release, in the sentences of `/v1/revisions`."""
    former = next((one for one in newest.releases if one.release_id < release.release_id), None)
    interval = await read_interval(conn, former, release)
    (selection,) = request.selections
    ((basis, group),) = selection.series
    series, small = list_series(interval.after, [measure.metric], [group or TOTAL], [basis])
    areas = [interval.after.areas[code] for code in request.areas]
    day: date = first_day(selection.windows[0].last)
    counts = await conn.fetch(
        load("api_revision_counts"),
        interval.before.release_id if interval.before else 0,
        interval.after.release_id,
        list(series),
        list_cells(interval.after, areas, day),
        list(small),
        list(series) if has_base(measure) else [],
    )
    within = [row for row in counts if _is_within(row, request)]
    told = summarise(_only_boroughs(interval, request), within, series, [measure.metric])
    # Files of other months came too, that moved nothing here.
    sentences = [
        _shorten(measure, row.sentence)
        for row in told
        if has_moved(row) and (within or row.reason == "new_population")
    ]
    return tuple(dict.fromkeys(sentences)) or (UNKNOWN_REASON,)


def _shorten(measure: Measure, sentence: str) -> str:
    """The sentence without the metric's title, which the page has above."""
    rest = sentence.removeprefix(f"{measure.title}: ")
    return f"{rest[:1].upper()}{rest[1:]}"


def _is_within(row: Any, request: ValuesRequest) -> bool:
    window = request.selections[0].windows[0]
    return bool(first_day(window.first) <= row["period_start"] <= first_day(window.last))


def has_moved(row: RevisionSummary) -> bool:
    """Whether anything changed with files that came, or may have where that is not told."""
    if row.small or row.reason == "new_population":
        return True
    return any((row.figures_changed, row.known_shares_changed, row.figures_new, row.figures_withdrawn))


def _only_boroughs(interval: Interval, request: ValuesRequest) -> Interval:
    """The same, with the changes of residents that stand under the figure's area."""
    held = {member.borough for code in request.areas for member in interval.after.members.get(code, ())}
    populations = tuple(one for one in interval.populations if one.borough in held)
    return Interval(interval.before, interval.after, interval.files, populations)
