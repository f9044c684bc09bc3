"""The tables of an export that are lists: areas, metrics, what arrived, what changed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import msgspec

from api.areas import describe_area, name_cell, name_force
from api.arrivals import FILES_NAMED, describe_release, describe_source
from api.between import read_interval
from api.fields import AreaMemberRow
from api.grid import gather_extras, list_attributes, list_controls, list_grid
from api.limits import RELEASES_PER_PAGE
from api.respond import label_release
from api.revision_questions import choose_metrics
from api.revision_summary import summarise
from api.revisions import has_base, list_cells, list_series
from api.routes.metrics import describe_metric
from api.snapshot import Snapshot
from api.wire import ReleaseRow, RevisionSummary
from sql.measure import load_measures
from sql.queries import load


async def read_list(conn: Any, snapshot: Snapshot, name: str) -> Sequence[msgspec.Struct]:
    """The rows of a list, in the order in which the API gives them. `conn` is outside a transaction."""
    match name:
        case "areas":
            return [describe_area(area) for area in snapshot.areas.values()]
        case "area-members":
            return list_members(snapshot)
        case "metrics":
            return [describe_metric(snapshot, measure) for measure in load_measures().values()]
        case "coverage":
            return await _read_coverage(conn, snapshot)
        case "sources":
            return [describe_source(snapshot, dict(row)) for row in await conn.fetch(load("api_sources"))]
        case "releases":
            return await _read_releases(conn, snapshot)
        case "revisions":
            return await _read_revisions(conn, snapshot)
        case _:
            raise AssertionError(f"{name} is no list")


def list_members(snapshot: Snapshot) -> list[AreaMemberRow]:
    """Every part of every area that is made of others, with its days."""
    boroughs = {area.borough: area for area in snapshot.areas.values() if area.borough is not None}
    return [
        AreaMemberRow(
            area_code=area.area_code,
            area_name=area.area_name,
            member_code=boroughs[member.borough].area_code if member.borough > 0 else None,
            member_name=name_cell(boroughs, member.borough),
            force=name_force(member.force),
            valid_from=member.valid_from,
            valid_to=None if member.valid_to == date.max else member.valid_to,
        )
        for area in snapshot.areas.values()
        if area.borough is None
        for member in snapshot.members.get(area.area_code, ())
    ]


async def _read_coverage(conn: Any, snapshot: Snapshot) -> Sequence[msgspec.Struct]:
    series = [*list_attributes(snapshot), *list_controls(snapshot)]
    files = await conn.fetch(load("api_coverage_files"), label_release(snapshot).published_at)
    sums = await conn.fetch(load("api_coverage_sums"), snapshot.release_id, series)
    ends = await conn.fetch(load("api_source_ends"))
    publications = await conn.fetch(load("api_payments_publication"))
    extras = gather_extras(snapshot, files, sums, ends, publications)
    return list_grid(snapshot, extras, None, None, None, None)


async def _read_releases(conn: Any, snapshot: Snapshot) -> list[ReleaseRow]:
    """The releases up to the snapshot's, the latest first."""
    rows: list[ReleaseRow] = []
    start = snapshot.release_id
    while True:
        records = await conn.fetch(load("api_releases"), start, RELEASES_PER_PAGE + 1, FILES_NAMED)
        rows += [describe_release(record) for record in records[:RELEASES_PER_PAGE]]
        if len(records) <= RELEASES_PER_PAGE:
            return rows
        by_name = {release.release: release.release_id for release in snapshot.releases}
        start = by_name[records[RELEASES_PER_PAGE]["release"]]


async def _read_revisions(conn: Any, snapshot: Snapshot) -> list[RevisionSummary]:
    """What changed from each release to the next, the latest first."""
    rows: list[RevisionSummary] = []
    metrics = choose_metrics((), ())
    known = [release for release in snapshot.releases if release.release_id <= snapshot.release_id]
    for latter, former in pairwise(known):
        interval = await read_interval(conn, former, latter)
        series, small = list_series(interval.after, metrics, (), ())
        cells = list_cells(interval.after, [], datetime.now(UTC).date())
        shares = [number for number, key in series.items() if has_base(load_measures()[key[0]])]
        counts = await conn.fetch(
            load("api_revision_counts"),
            former.release_id,
            latter.release_id,
            list(series),
            cells,
            list(small),
            shares,
        )
        rows += summarise(interval, counts, series, metrics)
    return rows
