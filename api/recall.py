"""The snapshot that a question is about: of the release that is served, or of a former one that it names."""

from typing import Any

from api.request import read_release
from api.snapshot import Release, Snapshot, load_snapshot


async def recall(conn: Any, snapshot: Snapshot, as_of: str | None) -> Snapshot:
    """The snapshot of the release or day that `as_of` names, the one given where it names none.

    `conn` is an asyncpg connection outside a transaction. Raises BadParameter.
    """
    return await recall_release(conn, snapshot, read_release(snapshot, "as_of", as_of))


async def recall_release(conn: Any, snapshot: Snapshot, release: Release | None) -> Snapshot:
    """The snapshot of a release, the one given where that is its own or there is none."""
    if release is None or release.release_id == snapshot.release_id:
        return snapshot
    return await load_snapshot(conn, release.release_id)
