"""The named queries: one statement a file, in `sql/queries/<name>.sql`."""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"


@cache
def load(name: str) -> str:
    """The text of the query `name` as it stands in its file, read once in a process.

    Raises LookupError, with the names there are, for a name without a file.
    """
    file = FOLDER / f"{name}.sql"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or not file.is_file():
        there = ", ".join(sorted(path.stem for path in FOLDER.glob("*.sql")))
        raise LookupError(f"There is no query {name!r} in sql/queries; there are: {there or 'none'}.")
    return file.read_text(encoding="utf-8")
