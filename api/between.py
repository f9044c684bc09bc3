"""What happened between two releases, read from the database."""

from datetime import UTC, datetime
from typing import Any

from api.history import Interval, compare_populations, read_files
from api.snapshot import Release, load_snapshot
from sql.queries import load

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


async def read_interval(conn: Any, former: Release | None, latter: Release) -> Interval:
    """What happened between two releases; `former` None: all that led to the later one.

    `conn` is an asyncpg connection outside a transaction.
    """
    after = await load_snapshot(conn, latter.release_id)
    before = await load_snapshot(conn, former.release_id) if former else None
    files = await conn.fetch(
        load("api_file_changes"), former.published_at if former else BEGINNING, latter.published_at
    )
    populations = compare_populations(before.exposures, after.exposures) if before else ()
    return Interval(before, after, read_files(files), populations)
