"""The figures of a request: observations from the database, everything else from the snapshot."""

from typing import Any

from api.compare import compare_part
from api.errors import TooMuch
from api.ground import find_ground
from api.model import RatioRow, Selection, ValueRow, ValuesRequest, extend_row
from api.observations import fetch_sums
from api.parts import make_part
from api.recall import recall_release
from api.request import Raw, find_release, resolve_request
from api.rows import Part, write_rows
from api.snapshot import Snapshot
from api.withholding import find_suppressed, find_unknown_suppressed
from sql.measure import load_measures

__all__ = ["compute_values", "get_values", "resolve_request", "row_type"]

MOST_ROWS = 50_000
# Monthly counts added up for one answer, whatever its rows: about three seconds of work.
MOST_MONTHS = 2_000_000


async def get_values(
    conn: Any, snapshot: Snapshot, raw: Raw
) -> tuple[Snapshot, ValuesRequest, list[ValueRow]]:
    """The figures of raw parameters, with the snapshot they are from: that of `as_of`, or the one given.

    Raises BadParameter and TooMuch.
    """
    snapshot = await recall_release(conn, snapshot, find_release(snapshot, raw))
    request = resolve_request(snapshot, raw)
    return snapshot, request, await compute_values(conn, snapshot, request)


async def compute_values(conn: Any, snapshot: Snapshot, request: ValuesRequest) -> list[ValueRow]:
    """The rows of a request, by metric, basis, group, area and window. All are of the one type of `row_type`.

    `snapshot` must be that of the request's release. Raises TooMuch above 50,000 rows, or
    2,000,000 monthly counts to be added up.
    """
    count = request.count_rows()
    if count > MOST_ROWS:
        raise TooMuch(
            f"That would be {count:,} rows, and {MOST_ROWS:,} is the most given at once: ask for fewer "
            "areas, months or groups. /v1/bulk, and the command `borough export`, give everything.",
            members={"rows": count, "limit": MOST_ROWS},
        )
    months = request.count_months()
    if months > MOST_MONTHS:
        raise TooMuch(
            f"That would add up {months:,} monthly counts, and {MOST_MONTHS:,} is the most done at once: ask for fewer "
            "areas, groups or years.",
            members={"months": months, "limit": MOST_MONTHS},
        )
    rows: list[ValueRow] = []
    for selection in request.selections:
        part = await _compute_part(conn, snapshot, selection, request)
        more = await compare_part(conn, snapshot, request, part) if request.compare else ()
        rows += write_rows(snapshot, request, part, row_type(request), more)
    return rows


def row_type(request: ValuesRequest) -> type[ValueRow]:
    """The type of all rows: with the fields of ratios if any metric is one, and those that `compare` adds."""
    measures = load_measures()
    is_ratio = any(measures[part.metric].statistic == "ratio" for part in request.selections)
    return extend_row(RatioRow if is_ratio else ValueRow, request.compare)


async def _compute_part(conn: Any, snapshot: Snapshot, selection: Selection, request: ValuesRequest) -> Part:
    measure = load_measures()[selection.metric]
    ground = find_ground(snapshot, measure, selection, request.areas)
    sums = await fetch_sums(conn, snapshot, ground.series, ground.frame)
    suppressed = await find_suppressed(
        conn, snapshot, measure, ground.asked, request.areas, selection.windows
    )
    without_unknown = await find_unknown_suppressed(
        conn, snapshot, measure, ground.asked, request.areas, selection.windows
    )
    return make_part(measure, ground, sums, suppressed, without_unknown)
