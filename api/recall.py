"""The snapshot that a question is about: of the release that is served, or of a former one that it names."""

from typing import Any

from api.errors import BadParameter
from api.request import find_release
from api.snapshot import Release, Snapshot, load_snapshot


async def recall(conn: Any, snapshot: Snapshot, as_of: str | None) -> Snapshot:
    """The snapshot of the release or day that `as_of` names, the one given where it names none.

    `conn` is an asyncpg connection outside a transaction. Raises BadParameter.
    """
    release = read_release(snapshot, "as_of", as_of)
    if release is None or release.release_id == snapshot.release_id:
        return snapshot
    return await load_snapshot(conn, release.release_id)


def read_release(snapshot: Snapshot, parameter: str, text: str | None) -> Release | None:
    """The release that a parameter names, by its name or by a day; None where it was not given.

    Raises BadParameter.
    """
    if text is None:
        return None
    try:
        return find_release(snapshot, {"as_of": [text]})
    except BadParameter as error:
        sentence = error.sentence.replace("as_of=", f"{parameter}=")
        raise BadParameter(parameter, text, error.allowed, sentence) from None
