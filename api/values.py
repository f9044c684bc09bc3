"""The figures of a request: observations from the database, everything else from the snapshot."""

from collections.abc import Sequence
from typing import Any

from api.bands import find_bands, find_unknown
from api.errors import TooMuch
from api.figures import compute
from api.figures.status import Fact
from api.model import RatioRow, Selection, ValueRow, ValuesRequest
from api.observations import add_persons, build_frame, fetch_sums, find_carried
from api.request import Raw, find_release, resolve_request
from api.rows import Part, write_rows
from api.series import SELF_DEFINED, Series, describe_series, list_siblings
from api.snapshot import Snapshot, load_snapshot
from api.withholding import find_suppressed
from sql.measure import TOTAL, Measure, load_measures

__all__ = ["compute_values", "get_values", "resolve_request", "row_type"]

MOST_ROWS = 50_000


async def get_values(
    conn: Any, snapshot: Snapshot, raw: Raw
) -> tuple[Snapshot, ValuesRequest, list[ValueRow]]:
    """The figures of raw parameters, with the snapshot they are from: that of `as_of`, or the one given.

    Raises BadParameter and TooMuch.
    """
    release = find_release(snapshot, raw)
    if release is not None and release.release_id != snapshot.release_id:
        snapshot = await load_snapshot(conn, release.release_id)
    request = resolve_request(snapshot, raw)
    return snapshot, request, await compute_values(conn, snapshot, request)


async def compute_values(conn: Any, snapshot: Snapshot, request: ValuesRequest) -> list[ValueRow]:
    """The rows of a request, by metric, basis, group, area and window. All are of the one type of `row_type`.

    `snapshot` must be that of the request's release. Raises TooMuch above 50,000 rows.
    """
    count = request.count_rows()
    if count > MOST_ROWS:
        raise TooMuch(
            f"That would be {count:,} rows, and {MOST_ROWS:,} is the most given at once: ask for fewer "
            f"areas, months or groups, or take everything with the bulk export, `borough export DIR`.",
            members={"rows": count, "limit": MOST_ROWS},
        )
    rows: list[ValueRow] = []
    for selection in request.selections:
        part = await _compute_part(conn, snapshot, selection, request)
        rows += write_rows(snapshot, request, part, row_type(request))
    return rows


def row_type(request: ValuesRequest) -> type[ValueRow]:
    """The type of all rows of the answer: with the fields of ratios if any metric is one."""
    measures = load_measures()
    is_ratio = any(measures[part.metric].statistic == "ratio" for part in request.selections)
    return RatioRow if is_ratio else ValueRow


async def _compute_part(conn: Any, snapshot: Snapshot, selection: Selection, request: ValuesRequest) -> Part:
    measure = load_measures()[selection.metric]
    asked = [describe_series(snapshot, measure, basis, group) for basis, group in selection.series]
    series = asked + _find_companions(snapshot, measure, asked)
    frame = build_frame(snapshot, request.areas, selection.windows, series)
    sums = await fetch_sums(conn, snapshot, series, frame)
    person_years = add_persons(snapshot, [one.population for one in series], frame)
    band = None
    if measure.statistic == "rate":
        figures = compute.compute_rates(sums, person_years)
    elif measure.statistic == "share":
        figures = compute.compute_shares(sums)
    else:
        reference_years = add_persons(snapshot, [one.reference_population for one in series], frame)
        mixed_years = add_persons(snapshot, [one.mixed_population for one in series], frame)
        figures = compute.compute_ratios(sums, person_years, reference_years)
        band = find_bands(measure, asked, series, sums, person_years, reference_years, mixed_years)
    facts = {
        Fact.MANY_UNKNOWN: find_unknown(measure, asked, series, sums),
        Fact.CARRIED_FORWARD: find_carried(snapshot, series, frame)[: len(asked)],
        Fact.SUPPRESSED: await find_suppressed(
            conn, snapshot, measure, asked, request.areas, selection.windows
        ),
        **{fact: truth[: len(asked)] for fact, truth in figures.facts.items()},
    }
    return Part(measure, asked, frame, sums, figures, band, facts)


def _find_companions(snapshot: Snapshot, measure: Measure, asked: Sequence[Series]) -> list[Series]:
    """What a figure needs beside its own series: a ratio's other bases, a self-defined share's unknowns."""
    pairs: dict[tuple[str, str], None] = {}
    for one in asked:
        if measure.statistic == "ratio":
            pairs |= {(basis, one.group): None for basis in list_siblings(measure, one.basis)}
        elif measure.statistic == "share" and one.basis == SELF_DEFINED and one.group != TOTAL:
            pairs |= {(one.basis, "ethnicity:unknown"): None, (measure.basis_codes[0], TOTAL): None}
    there = {(one.basis, one.group) for one in asked}
    return [describe_series(snapshot, measure, *pair) for pair in pairs if pair not in there]
