"""What arrived, as rows: pure functions of a snapshot."""

from collections.abc import Mapping
from typing import Any

from api.areas import name_force
from api.errors import BadParameter
from api.figures.coverage import Coverage
from api.figures.windows import parse_month, text_of
from api.limits import RELEASES_PER_PAGE
from api.questions import refuse_future
from api.snapshot import Snapshot
from api.wire import CoverageRow, SourceRow
from geo.areas import load_forces

NO_FILE = "No file of this month was loaded, though there are earlier and later ones."


def list_coverage(
    snapshot: Snapshot, source: str | None, force: str | None, first: str | None, last: str | None
) -> list[CoverageRow]:
    """Every month from the first received of a source and force to the last; those between without a file are
    missing.

    Raises BadParameter.
    """
    sources = sorted({name for name, _ in snapshot.coverage})
    if source is not None and source not in sources:
        raise BadParameter("source", source, sources)
    forces = [known.slug for known in load_forces()]
    if force is not None and force not in forces:
        raise BadParameter("force", force, forces)
    refuse_future(("from", first), ("to", last))
    earliest, latest = read_month("from", first), read_month("to", last)
    if earliest is not None and latest is not None and latest < earliest:
        raise BadParameter(
            "to", last, (), f"to={last} is before from={first}: give the earlier month as from."
        )
    rows = []
    for (name, number), by_month in sorted(snapshot.coverage.items()):
        slug = name_force(number) or str(number)
        if source not in (None, name) or force not in (None, slug) or not by_month:
            continue
        months = range(
            max(min(by_month), earliest or 0),
            min(max(by_month), max(by_month) if latest is None else latest) + 1,
        )
        rows += [describe_month(name, slug, month, by_month.get(month)) for month in months]
    return rows


def describe_month(source: str, force: str, month: int, found: Coverage | None) -> CoverageRow:
    """One month; `found` None where no file covers it."""
    if found is None:
        return CoverageRow(source, force, text_of(month), "missing", NO_FILE, (), {}, None, None, None, None)
    return CoverageRow(
        source=source,
        force=force,
        month=text_of(month),
        status=found.status,
        reason=found.reason,
        words=tuple(sorted(found.words or ())),
        unusable_fields=dict(found.unusable_fields),
        events=found.events,
        placed=found.placed,
        no_location=found.no_location,
        outside=found.outside,
    )


def describe_source(snapshot: Snapshot, record: Mapping[str, Any]) -> SourceRow:
    """A source with its months in the release, each counted once whichever force it is from."""
    months: dict[str, set[int]] = {"received": set(), "partial": set()}
    for (name, _), by_month in snapshot.coverage.items():
        if name == record["source"]:
            for month, row in by_month.items():
                months[row.status].add(month)
    every = months["received"] | months["partial"]
    return SourceRow(
        **record,
        first_month=text_of(min(every)) if every else None,
        last_month=text_of(max(every)) if every else None,
        months_received=len(months["received"]),
        months_partial=len(months["partial"] - months["received"]),
    )


def read_month(parameter: str, text: str | None) -> int | None:
    """A month's number, None where none is given. Raises BadParameter, never takes another month instead."""
    try:
        return None if text is None else parse_month(text)
    except ValueError as error:
        raise BadParameter(parameter, text, (), f"{parameter}: {error}") from error


def read_limit(text: str | None) -> int:
    """How many releases a page has. Raises BadParameter."""
    if text is None:
        return RELEASES_PER_PAGE
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= RELEASES_PER_PAGE):
        raise BadParameter(
            "limit", text, (), f"limit={text!r} cannot be used: give a number from 1 to {RELEASES_PER_PAGE}."
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
