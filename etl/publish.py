"""From facts to figures: recompute what is stale, and publish it all at once as a new release.

One transaction: readers see the release before or the one after, whatever happens in between.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

import asyncpg
import msgspec

import sql.queries
from etl.cases import count_cases, find_cohorts, mark_short_outcomes
from etl.coverage import Coverage, Scope, find_coverage
from etl.months import add_months
from etl.observations import SETTINGS, add_all_series, recompute, tend
from sql.measure import load_measures

NO_RELEASE = 0
# held by whoever changes facts or follows from them: a loader for its session, a publisher for its transaction
LOAD_LOCK = "borough.load"


class Release(msgspec.Struct, frozen=True):
    """A published release: its number here, and its name, which means the same everywhere."""

    release_id: int
    release: str
    is_sample: bool
    metric_months: int
    added: int
    closed: int


def stale_of(source: str, months: Iterable[date]) -> list[tuple[str, date]]:
    """The (metric, month) pairs whose figures depend on a source's files of these months, in order.

    A metric that follows the source depends on files up to so many months ahead of its own as its bases say: the
    outcomes of a month tell of the crimes of that month and of the twelve before.
    """
    pairs: set[tuple[str, date]] = set()
    for month in months:
        for measure in load_measures().values():
            if measure.source == source:
                pairs.add((measure.metric, month))
            if measure.follows == source:
                ahead = max((basis.ahead for basis in measure.bases if basis.ahead is not None), default=0)
                pairs |= {(measure.metric, add_months(month, -step)) for step in range(ahead + 1)}
    return sorted(pairs)


async def mark_stale(conn: asyncpg.Connection, source: str, months: Iterable[date]) -> None:
    """Note that figures that depend on a source's files of these months no longer follow from the facts."""
    pairs = stale_of(source, months)
    await conn.execute(
        sql.queries.load("mark_stale"), [metric for metric, _ in pairs], [month for _, month in pairs]
    )


async def read_months(conn: asyncpg.Connection, source: str) -> list[date]:
    """The months of which the database holds a current file of the source."""
    rows = await conn.fetch(sql.queries.load("read_months"), source)
    return [row["month"] for row in rows]


async def publish(
    conn: asyncpg.Connection,
    *,
    on_progress: Callable[[str, int, int], None] | None = None,
    wait: bool = True,
) -> Release | None:
    """Publish what is stale as a new release, or return None where nothing is.

    A release never stands between two files of a load: this waits until no loader is at work elsewhere. Without `wait`
    it returns None instead, since that loader publishes when it ends.
    `on_progress(metric, done, of)` is called before each metric. Raises asyncpg errors; nothing has happened then.
    """
    async with conn.transaction():
        if wait:
            await lock_facts(conn)
        elif not await conn.fetchval("select pg_try_advisory_xact_lock(hashtext($1))", LOAD_LOCK):
            return None
        await conn.execute(SETTINGS)
        await mark_new_methods(conn)
        await mark_short_outcomes(conn)
        before = await conn.fetchval("select coalesce(max(release_id), 0) from release")
        coverage_changed = await refresh_coverage(conn, before)
        marked = await read_stale(conn)
        stale = await leave_empty_out(conn, marked)
        exposures_changed = await conn.fetchval(sql.queries.load("count_exposure_changes"))
        # new populations alone are a release only where there are figures to stand under
        if not (stale or coverage_changed or (exposures_changed and before)):
            await drop_stale(conn, marked)
            return None
        if stale:
            await add_all_series(conn, stale)
            await tend(conn, stale)
            await count_cases(conn, find_cohorts(stale))
        release_id, name, is_sample = await insert_release(conn, before)
        await conn.execute(sql.queries.load("close_exposure"), before)
        await conn.execute(sql.queries.load("add_exposure"), release_id)
        await conn.execute(
            "update coverage set first_release = $1 where first_release = $2", release_id, NO_RELEASE
        )
        added = closed = 0
        for done, (metric, months) in enumerate(sorted(stale.items())):
            if on_progress:
                on_progress(metric, done, len(stale))
            measure = load_measures().get(metric)
            if measure is not None:
                metric_added, metric_closed = await recompute(conn, measure, months, before, release_id)
                added, closed = added + metric_added, closed + metric_closed
        await drop_stale(conn, marked)
        await conn.execute("analyze observation, exposure")
        metric_months = sum(len(months) for months in stale.values())
        changes = {
            "observations_added": added,
            "observations_closed": closed,
            "metric_months": metric_months,
            "months": sorted({f"{month:%Y-%m}" for months in stale.values() for month in months}),
        }
        await conn.execute(
            "update release set changes = $2::jsonb where release_id = $1", release_id, json.dumps(changes)
        )
        await conn.execute("select pg_notify('release', $1::text)", str(release_id))
    if closed and not conn.is_in_transaction():
        # else the index that current figures are read from goes on listing those that were closed
        await conn.execute("vacuum observation")
    return Release(release_id, name, is_sample, metric_months, added, closed)


async def lock_facts(conn: asyncpg.Connection) -> None:
    """Keep loaders and publishers of other sessions away until the transaction ends; the loader's own may go on."""
    await conn.execute("select pg_advisory_xact_lock(hashtext($1))", LOAD_LOCK)


async def mark_new_methods(conn: asyncpg.Connection) -> None:
    """Make stale what was computed with another version of a measure's method, or never, though its files are here."""
    measures = list(load_measures().values())
    await conn.execute(
        sql.queries.load("mark_new_methods"),
        [measure.metric for measure in measures],
        [measure.source for measure in measures],
        [measure.method_version for measure in measures],
    )
    await conn.execute(
        sql.queries.load("record_methods"),
        [measure.metric for measure in measures],
        [measure.method_version for measure in measures],
    )


async def refresh_coverage(conn: asyncpg.Connection, before: int) -> int:
    """Bring the coverage up to what is loaded; what changed becomes stale. Returns how many months changed.

    New rows carry first_release 0 until the release has its number.
    """
    wanted = {(c.source, c.force, c.month): c for c in find_coverage(await read_scopes(conn))}
    current = {(c.source, c.force, c.month): c for c in await read_coverage(conn)}
    gone = [key for key, row in current.items() if wanted.get(key) != row]
    come = [row for key, row in wanted.items() if current.get(key) != row]
    await conn.executemany(sql.queries.load("close_coverage"), [(*key, before) for key in gone])
    await conn.executemany(
        sql.queries.load("add_coverage"),
        [
            (c.source, c.force, c.month, c.status, c.reason, c.words, json.dumps(dict(c.unusable_fields)),
             c.events, c.placed, c.no_location, c.outside, NO_RELEASE)
            for c in come
        ],
    )  # fmt: skip
    changed: dict[str, set[date]] = defaultdict(set)
    for source, _, month in [*gone, *((c.source, c.force, c.month) for c in come)]:
        changed[source].add(month)
    for source, months in changed.items():
        await mark_stale(conn, source, sorted(months))
    return len(gone) + len(come)


async def read_scopes(conn: asyncpg.Connection) -> list[Scope]:
    """What each current file covers."""
    rows = await conn.fetch(sql.queries.load("read_scopes"))
    return [
        Scope(
            r["source"], r["force"], r["month"], frozenset(r["words"]) if r["words"] is not None else None, r["events"],
            r["placed"], r["no_location"], r["outside"], r["first_event"], r["last_event"], json.loads(r["unusable_fields"]),
        )
        for r in rows
    ]  # fmt: skip


async def read_coverage(conn: asyncpg.Connection) -> list[Coverage]:
    """The coverage as it is recorded now."""
    rows = await conn.fetch(sql.queries.load("read_current_coverage"))
    return [
        Coverage(
            r["source"], r["force"], r["month"], r["status"], r["reason"],
            tuple(r["words"]) if r["words"] is not None else None, json.loads(r["unusable_fields"]),
            r["events"], r["placed"], r["no_location"], r["outside"],
        )
        for r in rows
    ]  # fmt: skip


async def read_stale(conn: asyncpg.Connection) -> dict[str, list[date]]:
    """The stale months of each metric."""
    stale: dict[str, list[date]] = defaultdict(list)
    for row in await conn.fetch("select metric, month from stale order by metric, month"):
        stale[row["metric"]].append(row["month"])
    return stale


async def leave_empty_out(conn: asyncpg.Connection, marked: dict[str, list[date]]) -> dict[str, list[date]]:
    """The stale months of each metric, without those that a followed source marked and that never had events.

    Outcomes may arrive for months whose crimes did not: there is nothing to recompute then.
    """
    rows = await conn.fetch("select distinct source, month from coverage")
    held = {(row["source"], row["month"]) for row in rows}
    measures = load_measures()
    following = {metric: measure.source for metric, measure in measures.items() if measure.follows}
    left = {
        metric: [month for month in months if metric not in following or (following[metric], month) in held]
        for metric, months in marked.items()
    }
    return {metric: months for metric, months in left.items() if months}


async def drop_stale(conn: asyncpg.Connection, stale: dict[str, list[date]]) -> None:
    """Note that the observations of these metrics and months follow from the facts again."""
    pairs = [(metric, month) for metric, months in stale.items() for month in months]
    await conn.execute(
        sql.queries.load("drop_stale"), [metric for metric, _ in pairs], [month for _, month in pairs]
    )


async def insert_release(conn: asyncpg.Connection, before: int) -> tuple[int, str, bool]:
    """Add the release's row. Its name: the day, a hash of all that its figures follow from, and `sample` for a sample."""
    content = await conn.fetch(sql.queries.load("read_content"))
    methods = sorted((m.metric, m.method_version) for m in load_measures().values())
    boundary = await conn.fetchval("select vintage from boundary_set where is_current") or "none"
    digest = hashlib.sha256(
        json.dumps([[str(value) for value in row.values()] for row in content] + [methods, boundary]).encode()
    ).hexdigest()
    is_sample = bool(await conn.fetchval(sql.queries.load("holds_sample")))
    deflators = await conn.fetchval(sql.queries.load("describe_deflators"))
    mark = "-sample" if is_sample else ""
    stem = f"{datetime.now(UTC):%Y-%m-%d}-{digest[:8]}"
    name = stem + mark
    if await conn.fetchval("select exists (select from release where release = $1)", name):
        name = f"{stem}-{before + 1}{mark}"
    release_id = await conn.fetchval(
        sql.queries.load("add_release"), name, is_sample, digest, boundary, deflators
    )
    return release_id, name, is_sample
