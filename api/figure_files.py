"""What one figure stands on: its sources, and the files of its months that count, or gave way to later copies."""

from collections.abc import Sequence
from typing import Any

import msgspec

from api.areas import name_force
from api.arrivals import describe_source
from api.figures.windows import first_day, parse_month
from api.grid import gather_extras, list_grid
from api.history import PLACED_SOURCES, is_real, name_holder
from api.model import ValueRow
from api.respond import label_release
from api.revisions import CELL, list_cells
from api.snapshot import Area, Snapshot
from api.wire import CoverageRow, SourceRow
from sql.measure import Measure
from sql.queries import load

WITH_RESIDENTS = ("rate", "ratio", "per_head")


class FileRow(msgspec.Struct, frozen=True):
    """A month of a source and force under a figure: whether it arrived, the files that count, and the copies they replaced."""

    source: str
    force: str
    force_name: str
    month: str
    status: str
    reason: str | None
    files: tuple[str, ...]
    superseded_files: tuple[str, ...]


async def read_sources(conn: Any, snapshot: Snapshot, measure: Measure, basis: str) -> list[SourceRow]:
    """The sources that a metric's figures come from, its own first."""
    wanted = [measure.source, *([measure.follows] if measure.follows else [])]
    wanted += ["population"] if measure.statistic in WITH_RESIDENTS else []
    wanted += ["boundaries"] if measure.source in PLACED_SOURCES else []
    wanted += ["deflator"] if is_real(basis) else []
    records = {record["source"]: dict(record) for record in await conn.fetch(load("api_sources"))}
    return [describe_source(snapshot, records[source]) for source in wanted if source in records]


async def read_files(
    conn: Any, snapshot: Snapshot, measure: Measure, area: Area, row: ValueRow
) -> list[FileRow]:
    """The months under a figure with their files, of whoever polices the area or is its council, and of others that have any.

    Of a source that follows, such as outcomes, the months of the figure too.
    """
    at = label_release(snapshot).published_at
    files = await conn.fetch(load("api_coverage_files"), at)
    ends = await conn.fetch(load("api_source_ends"))
    publications = await conn.fetch(load("api_payments_publication"))
    extras = gather_extras(snapshot, files, (), ends, publications)
    day = first_day(parse_month(row.to_month))
    holders = {name_force(cell % CELL) for cell in list_cells(snapshot, [area], day) or ()}
    home = {
        name_force(snapshot.home_forces.get(cell // CELL)) for cell in list_cells(snapshot, [area], day) or ()
    }
    known = {source for source, _ in snapshot.coverage}
    found: list[CoverageRow] = []
    for source in (measure.source, measure.follows):
        if source is not None and source in known:
            # a survey's year is known by the month that it ends with
            first = row.to_month if measure.kind in ("survey", "annual") else row.from_month
            found += list_grid(snapshot, extras, source, None, first, row.to_month)
    return [
        _describe(snapshot, one) for one in found if one.force in holders and (one.files or one.force in home)
    ]


def _describe(snapshot: Snapshot, row: CoverageRow) -> FileRow:
    number = next(
        (
            force
            for source, force in snapshot.coverage
            if source == row.source and name_force(force) == row.force
        ),
        None,
    )
    return FileRow(
        source=row.source,
        force=row.force,
        force_name=row.force if number is None else name_holder(number),
        month=row.month,
        status=row.status,
        reason=row.reason,
        files=row.files,
        superseded_files=row.superseded_files,
    )


def count_files(rows: Sequence[FileRow]) -> int:
    """How many different files count."""
    return len({file for row in rows for file in row.files})
