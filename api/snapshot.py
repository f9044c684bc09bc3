"""What one release says of itself, held in memory: areas, populations, coverage, series, breaks.

A snapshot is loaded in one repeatable-read transaction, so its parts belong together, and never changes.
"""

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.errors import NotFound
from api.figures.coverage import Coverage, CoverageOf
from api.figures.exposure import Exposure, read_exposures
from api.figures.membership import Member
from api.figures.windows import number_of
from geo.publishers import GLA, TFL
from sql.queries import load

SNAPSHOTS_KEPT = 8
# Their payments are in no area's figure.
LONDON_WIDE = (GLA, TFL)


@dataclass(frozen=True, slots=True)
class Area:
    """A borough, a BCU, a force, the Met area, inner or outer London, London."""

    area_code: str
    area_name: str
    area_kind: str
    slug: str
    borough: int | None
    met_borough_code: str | None
    home_force: int | None


def is_met_wide(area: Area) -> bool:
    """Whether an area holds all 32 boroughs of the Met: the force, its area, London."""
    return area.area_kind in ("met_area", "london") or (area.area_kind == "force" and area.home_force == 1)


@dataclass(frozen=True, slots=True)
class Release:
    """One publication. `release` is its name: a date and a hash of content. `deflators`: in whose prices real terms are."""

    release_id: int
    release: str
    published_at: datetime
    is_sample: bool
    boundary_vintage: str
    deflators: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """A break between the month before `month` and `month`.

    `dimensions` None touches every group, `force` None the files of every force.
    """

    series_break: str
    month: int
    sources: tuple[str, ...]
    dimensions: tuple[str, ...] | None
    effect: str
    explanation: str
    reference: str
    force: int | None = None

    def concerns(self, forces: Iterable[int]) -> bool:
        """Whether figures from these forces' files can have the break."""
        return self.force is None or self.force in forces


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything about a release but its observations. `release` is None where nothing was published yet.

    `uncounted` are the series that only a later release counts.
    """

    release: Release | None
    is_latest: bool
    releases: tuple[Release, ...]
    areas: Mapping[str, Area]
    members: Mapping[str, tuple[Member, ...]]
    exposures: Mapping[str, Exposure]
    coverage: CoverageOf
    series: Mapping[tuple[str, str, str], int]
    classes: Mapping[str, tuple[tuple[str, str], ...]]
    breaks: tuple[SeriesBreak, ...]
    names: Mapping[str, str]
    memo: dict[Any, Any]
    uncounted: frozenset[int] = frozenset()

    @property
    def release_id(self) -> int:
        """The id of the release, 0 where nothing was published yet."""
        return self.release.release_id if self.release else 0

    @property
    def is_sample(self) -> bool:
        """Whether the figures are of made-up sample data."""
        return bool(self.release and self.release.is_sample)

    @property
    def boundary_vintage(self) -> str | None:
        """Which boundaries placed the events."""
        return self.release.boundary_vintage if self.release else None

    @property
    def home_forces(self) -> dict[int, int]:
        """The force that polices each borough, by borough number."""
        return {
            area.borough: area.home_force
            for area in self.areas.values()
            if area.borough is not None and area.home_force is not None
        }

    def find_area(self, text: str) -> Area | None:
        """The area of a code or a slug, in any case."""
        code = self.names.get(text.strip().casefold())
        return self.areas[code] if code else None

    def last_month(self, source: str) -> int | None:
        """The latest month received whole of a source, from any force or council."""
        months = [
            month
            for (name, publisher), by_month in self.coverage.items()
            if name == source and publisher not in LONDON_WIDE
            for month, row in by_month.items()
            if row.status == "received"
        ]
        return max(months, default=None)


# By database, release, and the instant of the latest release when it was read
_kept: OrderedDict[tuple[str, int, datetime], Snapshot] = OrderedDict()


async def load_snapshot(conn: Any, release_id: int | None = None) -> Snapshot:
    """The snapshot of a release, the latest by default; the last few are kept in memory.

    `conn` is an asyncpg connection outside a transaction. Raises NotFound for a release that does not exist.
    Never call it within another transaction: it opens its own.
    """
    latest = await conn.fetchrow(load("snapshot_latest"))
    if latest is not None:
        wanted = latest["release_id"] if release_id is None else release_id
        key = latest["database"], wanted, latest["published_at"]
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await _read_snapshot(conn, release_id)
    if latest is not None and snapshot.release is not None:
        newest = snapshot.releases[0].published_at
        _kept[latest["database"], snapshot.release.release_id, newest] = snapshot
        while len(_kept) > SNAPSHOTS_KEPT:
            _kept.popitem(last=False)
    return snapshot


async def _read_snapshot(conn: Any, release_id: int | None) -> Snapshot:
    releases = tuple(Release(**row) for row in await conn.fetch(load("snapshot_releases")))
    by_id = {row.release_id: row for row in releases}
    if release_id is not None and release_id not in by_id:
        raise NotFound(
            f"There is no release number {release_id}: /v1/releases lists those there are.",
            found=str(release_id),
        )
    release = by_id[release_id] if release_id is not None else (releases[0] if releases else None)
    known = release.release_id if release else 0
    is_latest = release is None or release is releases[0]
    uncounted = [] if is_latest else await conn.fetch(load("snapshot_uncounted"), known)
    areas = {row["area_code"]: Area(**row) for row in await conn.fetch(load("snapshot_areas"))}
    return Snapshot(
        release=release,
        is_latest=is_latest,
        releases=releases,
        areas=areas,
        members=_gather_members(await conn.fetch(load("snapshot_members"))),
        exposures=read_exposures(await conn.fetch(load("snapshot_exposures"), known)),
        coverage=gather_coverage(await conn.fetch(load("snapshot_coverage"), known)),
        series={
            (row["metric"], row["basis"], row["group_code"]): row["series_id"]
            for row in await conn.fetch(load("snapshot_series"))
        },
        classes=_gather_classes(await conn.fetch(load("snapshot_classes"))),
        breaks=tuple(_read_break(row) for row in await conn.fetch(load("snapshot_breaks"))),
        names={
            name.casefold(): area.area_code
            for area in reversed(areas.values())
            for name in (area.slug, area.area_code)
        },
        memo={},
        uncounted=frozenset(row["series_id"] for row in uncounted),
    )


def _gather_members(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Member, ...]]:
    members: dict[str, list[Member]] = defaultdict(list)
    for row in rows:
        members[row["area_code"]].append(
            Member(row["borough"], row["force"], row["valid_from"], row["valid_to"] or date.max)
        )
    return {area: tuple(listed) for area, listed in members.items()}


def gather_coverage(rows: Iterable[Mapping[str, Any]]) -> CoverageOf:
    coverage: dict[tuple[str, int], dict[int, Coverage]] = defaultdict(dict)
    for row in rows:
        unusable = row["unusable_fields"]
        coverage[row["source"], row["force"]][number_of(row["month"])] = Coverage(
            status=row["status"],
            reason=row["reason"],
            words=None if row["words"] is None else frozenset(row["words"]),
            unusable_fields=json.loads(unusable) if isinstance(unusable, str) else dict(unusable),
            events=row["events"],
            placed=row["placed"],
            no_location=row["no_location"],
            outside=row["outside"],
        )
    return dict(coverage)


def _gather_classes(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[tuple[str, str], ...]]:
    classes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        classes[row["field"]].append((row["class"], row["label"]))
    return {field: tuple(listed) for field, listed in classes.items()}


def _read_break(row: Mapping[str, Any]) -> SeriesBreak:
    return SeriesBreak(
        series_break=row["series_break"],
        month=number_of(row["month"]),
        sources=tuple(row["sources"]),
        dimensions=None if row["dimensions"] is None else tuple(row["dimensions"]),
        effect=row["effect"],
        explanation=row["explanation"],
        reference=row["reference"],
        force=row["force"],
    )
