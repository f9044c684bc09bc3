"""Which months of which files hold rows that may be given: those that count in the release that is served."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.errors import Unavailable
from api.figures.windows import first_day, number_of, parse_month
from api.releases import NOTHING_YET
from api.snapshot import Snapshot
from sql.queries import load

FIRST_MONTH, LAST_MONTH = parse_month("1900-01"), parse_month("2200-12")
MOVING = "Files of these months are being loaded, and are not published yet: ask again in a minute."
JUST_NOW = "A new release was published a moment ago: ask again."


@dataclass(frozen=True, slots=True)
class Scope:
    """One month of one force in one file."""

    resource_id: int
    month: int
    force: int
    events: int
    is_gone: bool


async def read_scopes(
    conn: Any,
    snapshot: Snapshot,
    sources: Sequence[str],
    first: int,
    last: int,
    forces: Collection[int] | None = None,
) -> list[Scope]:
    """The months of files of sources, of all forces or of these, from the first to the last, in order.

    Raises Unavailable while they are changing.
    """
    if snapshot.release is None:
        raise Unavailable(NOTHING_YET)
    state = await conn.fetchrow(load("api_record_state"))
    if state["release_id"] != snapshot.release_id:
        raise Unavailable(JUST_NOW, retry_after_seconds=1)
    if state["boundary_vintage"] not in (None, snapshot.boundary_vintage):
        raise Unavailable(MOVING, retry_after_seconds=60)
    published: datetime = snapshot.release.published_at
    rows = await conn.fetch(
        load("api_record_scopes"), list(sources), first_day(first), first_day(last), published
    )
    scopes = [
        Scope(**{**row, "month": number_of(row["month"])})
        for row in rows
        if forces is None or row["force"] in forces
    ]
    if any(scope.is_gone for scope in scopes):
        raise Unavailable(MOVING, retry_after_seconds=60)
    return scopes
