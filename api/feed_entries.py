"""What the feeds tell: releases with what changed, and the findings of an area that a release is the first to have."""

from collections.abc import Sequence
from typing import Any

from api.arrivals import FILES_NAMED, describe_release
from api.between import read_interval
from api.feeds import Entry, Feed
from api.figure_history import has_moved
from api.recall import recall_release
from api.report.findings import Finding, list_findings
from api.respond import label_release
from api.revision_summary import summarise
from api.revisions import has_base, list_series
from api.scorecard import write_scorecard
from api.snapshot import Area, Release, Snapshot
from sql.measure import load_measures
from sql.queries import load

RELEASES_TOLD = 20
# Changes that the entry of a release names; it says how many more there are.
CHANGES_TOLD = 12
# Releases whose findings are compared with those of the release before.
RELEASES_COMPARED = 5


async def read_releases(conn: Any, snapshot: Snapshot) -> Feed:
    """The last releases, each with its sentence and with what changed since the one before; kept with the snapshot."""
    kept: dict[str, Feed] = snapshot.memo.setdefault("feeds", {})
    if "" not in kept:
        records = await conn.fetch(load("api_releases"), snapshot.release_id, RELEASES_TOLD, FILES_NAMED)
        entries = []
        for record in records:
            row = describe_release(record)
            changes = await _tell_changes(conn, snapshot, record["release_id"])
            entries.append(
                Entry(
                    key=f"release/{row.release}",
                    title=f"Release {row.release}",
                    path=f"/v1/revisions?to={row.release}",
                    published_at=row.published_at,
                    sentences=(row.sentence, *changes),
                )
            )
        kept[""] = Feed(
            key="releases",
            title="Borough accountability: releases",
            subtitle="What was published, and what changed.",
            path="/feeds/releases",
            page="/coverage",
            updated_at=label_release(snapshot).published_at,
            entries=tuple(entries),
            is_sample=snapshot.is_sample,
        )
    return kept[""]


async def _tell_changes(conn: Any, snapshot: Snapshot, release_id: int) -> list[str]:
    """What changed with a release, a sentence for each metric and reason; of the first release nothing."""
    latter = next(one for one in snapshot.releases if one.release_id == release_id)
    former = _find_before(snapshot.releases, latter)
    if former is None:
        return ["It is the first release."]
    interval = await read_interval(conn, former, latter)
    measures = load_measures()
    series, small = list_series(interval.after, list(measures), (), ())
    shares = [number for number, key in series.items() if has_base(measures[key[0]])]
    counts = await conn.fetch(
        load("api_revision_counts"),
        former.release_id,
        latter.release_id,
        list(series),
        None,
        list(small),
        shares,
    )
    told = [row.sentence for row in summarise(interval, counts, series, list(measures)) if has_moved(row)]
    more = len(told) - CHANGES_TOLD
    return [*told[:CHANGES_TOLD], f"And {more} more changes."] if more > 0 else told


async def read_area(conn: Any, snapshot: Snapshot, area: Area) -> Feed:
    """The findings of an area that the last releases were the first to have; kept with the snapshot.

    Of the very first release they are all that it has.
    """
    kept: dict[str, Feed] = snapshot.memo.setdefault("feeds", {})
    if area.area_code not in kept:
        looked_at = snapshot.releases[: RELEASES_COMPARED + 1]
        found = {
            release.release_id: await _find(conn, snapshot, release, area) for release in reversed(looked_at)
        }
        entries: list[Entry] = []
        for release in looked_at[:RELEASES_COMPARED]:
            before = _find_before(snapshot.releases, release)
            known = {one.id for one in found[before.release_id]} if before else set()
            entries += tell_findings(
                release, [one for one in found[release.release_id] if one.id not in known]
            )
        kept[area.area_code] = Feed(
            key=f"areas/{area.area_code}",
            title=f"{area.area_name}: new findings",
            subtitle="What stands out in the figures of the area, when a release is the first to show it. It never says why.",
            path=f"/feeds/areas/{area.slug}",
            page=f"/reports/{area.slug}",
            updated_at=entries[0].published_at if entries else label_release(snapshot).published_at,
            entries=tuple(entries),
            is_sample=snapshot.is_sample,
        )
    return kept[area.area_code]


def tell_findings(release: Release, findings: Sequence[Finding]) -> list[Entry]:
    """An entry for each figure: two findings that rest on one figure and say the same of it are told once."""
    told: dict[tuple[str, str], Finding] = {}
    for one in findings:
        told.setdefault((one.href, one.words), one)
    return [_tell(release, one) for one in told.values()]


async def _find(conn: Any, newest: Snapshot, release: Release, area: Area) -> list[Finding]:
    snapshot = await recall_release(conn, newest, release)
    if area.area_code not in snapshot.areas:
        return []
    rows = await write_scorecard(conn, snapshot, snapshot.areas[area.area_code])
    return await list_findings(conn, snapshot, area, rows)


def _find_before(releases: Sequence[Release], latter: Release) -> Release | None:
    return next((one for one in releases if one.release_id < latter.release_id), None)


def _tell(release: Release, finding: Finding) -> Entry:
    return Entry(
        key=f"finding/{finding.id}/{release.release}",
        title=f"{finding.area_name}: {finding.title}",
        path=finding.href,
        published_at=release.published_at,
        sentences=(finding.words,),
    )
