"""What arrived, as rows: pure functions of a snapshot."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.errors import BadParameter
from api.figures.windows import parse_month, text_of
from api.kinds import explain_part
from api.limits import RELEASES_PER_PAGE
from api.snapshot import Snapshot
from api.wire import ReleaseRow, SourceRow

# Files that a release names; it says how many more there are.
FILES_NAMED = 50


def describe_source(snapshot: Snapshot, record: Mapping[str, Any]) -> SourceRow:
    """A source with its months in the release, each counted once whichever force it is from."""
    months: dict[str, set[int]] = {"received": set(), "partial": set()}
    held: set[int] = set()
    for (name, _), by_month in snapshot.coverage.items():
        if name == record["source"]:
            for month, row in by_month.items():
                months[row.status].add(month)
                if row.status == "received" and explain_part(name, row):
                    held.add(month)
    every = months["received"] | months["partial"]
    return SourceRow(
        **record,
        first_month=text_of(min(every)) if every else None,
        last_month=text_of(max(every)) if every else None,
        months_received=len(months["received"]),
        months_partial=len(months["partial"] - months["received"]),
        months_partly_held=len(held),
    )


def describe_release(record: Mapping[str, Any]) -> ReleaseRow:
    """A release, from a row of api_releases.sql."""
    changes = msgspec.json.decode(record["changes"])
    loaded, replaced = record["files_loaded"], record["files_replaced"]
    added, closed = changes.get("observations_added", 0), changes.get("observations_closed", 0)
    moved, verb = (max(added, closed), "changed") if closed else (added, "added")
    told = f"{loaded:,} file was loaded" if loaded == 1 else f"{loaded:,} files were loaded"
    if replaced:
        told += f", and {replaced:,} month{'' if replaced == 1 else 's'} of files replaced"
    return ReleaseRow(
        release=record["release"],
        published_at=record["published_at"],
        sample=record["is_sample"],
        boundary_vintage=record["boundary_vintage"],
        changes=changes,
        files_loaded=loaded,
        files_replaced=replaced,
        files=tuple(record["files"]),
        sentence=f"{told}; {moved:,} observation{'' if moved == 1 else 's'} {verb}.",
    )


def read_month(parameter: str, text: str | None) -> int | None:
    """A month's number, None where none is given. Raises BadParameter, never takes another month instead."""
    try:
        return None if text is None else parse_month(text)
    except ValueError as error:
        raise BadParameter(parameter, text, (), f"{parameter}: {error}") from error


def read_limit(text: str | None, most: int = RELEASES_PER_PAGE, default: int = RELEASES_PER_PAGE) -> int:
    """How many rows a page has. Raises BadParameter."""
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise BadParameter(
            "limit", text, (), f"limit={text!r} cannot be used: give a number from 1 to {most}."
        )
    return int(text)


def read_start(snapshot: Snapshot, cursor: str | None) -> int:
    """The release with which a page begins. Raises BadParameter."""
    if cursor is None:
        return snapshot.release_id
    by_name = {release.release: release.release_id for release in snapshot.releases}
    if cursor not in by_name:
        raise BadParameter(
            "cursor", cursor, (), f"cursor={cursor!r} is no release: follow links.next, or leave cursor out."
        )
    return by_name[cursor]
