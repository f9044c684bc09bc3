"""The figures of a request: observations from the database, everything else from the snapshot."""

from typing import Any

from api.bands import find_bands, find_unknown
from api.errors import TooMuch
from api.figures import compute
from api.figures.status import Fact
from api.ground import find_ground
from api.model import RatioRow, Selection, ValueRow, ValuesRequest
from api.observations import fetch_sums
from api.request import Raw, find_release, resolve_request
from api.rows import Part, write_rows
from api.snapshot import Snapshot, load_snapshot
from api.withholding import find_suppressed
from sql.measure import load_measures

__all__ = ["compute_values", "get_values", "resolve_request", "row_type"]

MOST_ROWS = 50_000
# The statistics that follow from counted events alone.
PLAIN = {
    "share": compute.compute_shares,
    "count": compute.compute_counts,
    "completeness": compute.compute_completeness,
}


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
            "areas, months or groups; an export of everything comes with a later version.",
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
    ground = find_ground(snapshot, measure, selection, request.areas)
    asked, series = ground.asked, ground.series
    sums = await fetch_sums(conn, snapshot, series, ground.frame)
    bands = None
    if measure.statistic == "rate":
        figures = compute.compute_rates(sums, ground.person_years)
    elif measure.statistic in PLAIN:
        figures = PLAIN[measure.statistic](sums)
    else:
        figures = compute.compute_ratios(sums, ground.person_years, ground.reference_years)
        bands = find_bands(
            measure, asked, series, sums, ground.person_years, ground.reference_years, ground.mixed_years
        )
    facts = {
        **{fact: truth[: len(asked)] for fact, truth in figures.facts.items()},
        Fact.MANY_UNKNOWN: find_unknown(measure, asked, series, sums),
        Fact.SUPPRESSED: await find_suppressed(
            conn, snapshot, measure, asked, request.areas, selection.windows
        ),
        Fact.REVISED: sums.revised[: len(asked)],
        Fact.HAS_UNPLACED: (sums.unplaced[: len(asked)] > 0) & (measure.statistic in ("rate", "count")),
    }
    return Part(measure, ground, sums, figures, bands, facts)
