"""What arrived, as a grid of months × sources × forces: what was expected, what came, and how much it tells. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.areas import name_force
from api.errors import BadParameter
from api.figures.coverage import FORCES, Coverage
from api.figures.windows import number_of, text_of
from api.kinds import explain_part
from api.payment_calendar import Publication, read_publications
from api.payment_question import SOURCE as PAYMENT
from api.publisher_grid import (
    MONEY,
    NEVER_PUBLISHED,
    UNCOUNTED,
    YEAR,
    choose_months,
    list_publishers,
    list_slugs,
    name_fields,
)
from api.questions import refuse_future
from api.series import is_small
from api.snapshot import Snapshot
from api.wire import CoverageRow
from geo.areas import load_forces
from sql.measure import TOTAL, load_measures

# Published together, a file a month of each from every force. The others are of the Met alone.
POLICE = ("stop_search", "street", "outcomes")
MET = FORCES[0]
# Rolling years that end with a quarter, financial years.
MONTHS_APART = {"survey": 3, "revenue_return": YEAR, "section_251": YEAR}
# The metric of each source by whose groups of unknown attribute it is told how much is known.
HEADLINES = {"stop_search": "stop_search_rate", "use_of_force": "use_of_force_rate"}
OUTCOMES = "stop_search_positive_outcome_share"
CONTROL = "control_total_ratio"
NEVER = "No file of this source from this force was loaded."
NOTHING = "No file of the source {} was loaded yet, so it has no months here."
NO_FILE = "No file of this month was loaded, though there are earlier and later ones."
NOT_YET = "No file of this month was loaded; other files reach further."
YEARLY = "Counted by year only: how many events a month had is not told."
Key = tuple[str, int, int]
Ends = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Extras:
    """Of a source, force and month: files that count, files that gave way, known shares, the control-total ratio.

    `ends`: where the whole files of a source end, and why nothing after it can be used. `publications`: what payers say
    that they publish.
    """

    files: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    superseded: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    known: Mapping[Key, Mapping[str, float]] = field(default_factory=dict)
    control: Mapping[int, float] = field(default_factory=dict)
    ends: Ends = field(default_factory=dict)
    publications: Mapping[int, Publication] = field(default_factory=dict)


def list_grid(
    snapshot: Snapshot,
    extras: Extras,
    source: str | None,
    force: str | None,
    first: str | None,
    last: str | None,
) -> list[CoverageRow]:
    """Every month that each force should have published, from the first of any to the last. Raises BadParameter."""
    earliest, latest = read_bounds(first, last)
    sources = sorted({name for name, _ in snapshot.coverage})
    if source is not None and source not in sources:
        known = source in {*POLICE, *MONEY, *(measure.source for measure in load_measures().values())}
        raise BadParameter("source", source, sources, NOTHING.format(source) if known else None)
    forces = list(dict.fromkeys([*(known.slug for known in load_forces()), *list_slugs()]))
    if force is not None and force not in forces:
        raise BadParameter("force", force, forces)
    rows = []
    for name in sources:
        if source not in (None, name):
            continue
        for number in list_forces(snapshot, name):
            slug = name_force(number) or str(number)
            if force in (None, slug):
                by_month = snapshot.coverage.get((name, number), {})
                months = choose_months(
                    snapshot, name, number, list_months(snapshot, name), extras.publications
                )
                rows += [
                    describe_cell(name, slug, (name, number, month), by_month, extras)
                    for month in months
                    if earliest <= month <= latest
                ]
    return rows


def list_forces(snapshot: Snapshot, source: str) -> list[int]:
    """The forces, councils or others that should publish a source, and those that did."""
    expected = set(FORCES if source in POLICE else list_publishers(source) if source in MONEY else (MET,))
    return sorted(expected | {force for name, force in snapshot.coverage if name == source})


def list_months(snapshot: Snapshot, source: str) -> list[int]:
    """The months in which a source should have been published: from the first to the last of its family.

    Where months follow each other, not only to its own last but to the last of the police's files: so far time has gone.
    """
    family = POLICE if source in POLICE else (source,)
    every = {
        month for (name, _), by_month in snapshot.coverage.items() if name in family for month in by_month
    }
    own = {month for (name, _), by_month in snapshot.coverage.items() if name == source for month in by_month}
    if not every:
        return []
    latest = max(every)
    if source not in MONTHS_APART and source not in MONEY:
        police = [by_month for (name, _), by_month in snapshot.coverage.items() if name in POLICE]
        latest = max([latest, *map(max, filter(None, police))])
    return sorted({*range(min(every), latest + 1, MONTHS_APART.get(source, 1)), *own})


def describe_cell(
    source: str, force: str, key: Key, by_month: Mapping[int, Coverage], extras: Extras
) -> CoverageRow:
    """One month of one source and force."""
    found = by_month.get(key[2])
    superseded = extras.superseded.get(key, ())
    # Why counts are not told.
    untold = YEARLY if is_source_small(source) else UNCOUNTED if source == PAYMENT else None
    status, reason = judge_month(key, by_month, extras.ends)
    share = found.placed / found.events if found is not None and found.events else None
    return CoverageRow(
        source=source,
        force=force,
        month=text_of(key[2]),
        status=status,
        reason=reason or (untold if found is not None or untold is YEARLY else None),
        words=tuple(sorted(found.words or ())) if found else (),
        unusable_fields=name_fields(found.unusable_fields) if found else {},
        events=found.events if found and not untold else None,
        placed=found.placed if found and not untold else None,
        no_location=found.no_location if found and not untold else None,
        outside=found.outside if found and not untold else None,
        placed_share=share if share is None or not untold else round(share, 2),
        known_shares=dict(extras.known.get(key, {})),
        control_total_ratio=extras.control.get(key[2]) if key[:2] == ("street", MET) else None,
        files=extras.files.get(key, ()),
        copies_superseded=len(superseded),
        superseded_files=superseded,
    )


def is_source_small(source: str) -> bool:
    """Whether all that is measured from a source counts few people, so that nothing of it is told by month."""
    measures = [measure for measure in load_measures().values() if measure.source == source]
    return bool(measures) and all(measure.small for measure in measures)


def judge_month(key: Key, by_month: Mapping[int, Coverage], ends: Ends) -> tuple[str, str | None]:
    """Whether a month of a source and force is received, partial or missing, and why it is not whole."""
    source, _, month = key
    found = by_month.get(month)
    if found is not None:
        part = explain_part(source, found)
        why = ". ".join(text for text in (found.reason, part) if text)
        return "partial" if part else found.status, why or None
    if not by_month:
        return "missing", NEVER_PUBLISHED if source in MONEY else NEVER
    whole_to, after_that = ends.get(source, (month, None))
    if max(by_month) <= whole_to < month:
        return "missing", after_that
    return "missing", NO_FILE if min(by_month) < month < max(by_month) else NOT_YET


def read_bounds(first: str | None, last: str | None) -> tuple[int, int]:
    """The months from and to. Raises BadParameter."""
    refuse_future(("from", first), ("to", last))
    bounds = [None if text is None else int(text[:4]) * 12 + int(text[5:7]) - 1 for text in (first, last)]
    earliest = 0 if bounds[0] is None else bounds[0]
    latest = 10_000 * 12 if bounds[1] is None else bounds[1]
    if latest < earliest:
        raise BadParameter(
            "to", last, (), f"to={last} is before from={first}: give the earlier month as from."
        )
    return earliest, latest


def list_attributes(snapshot: Snapshot) -> dict[int, tuple[str, str]]:
    """The series that tell what is known: by number the source and the attribute, `total` for all events."""
    found: dict[int, tuple[str, str]] = {}
    for (metric, basis, group), number in snapshot.series.items():
        dimension, _, name = group.partition(":")
        first = load_measures()[metric].basis_codes[0] if metric in load_measures() else None
        for source, headline in HEADLINES.items():
            if metric == headline and group == TOTAL and basis == first:
                found[number] = source, TOTAL
            elif metric == headline and name == "unknown" and basis != "self_defined_filled":
                attribute = "ethnicity_self" if basis == "self_defined" else dimension
                found[number] = source, attribute
        if (metric, basis, group) == (OUTCOMES, first, TOTAL):
            found[number] = "stop_search", "outcome"
    return found


def list_controls(snapshot: Snapshot) -> dict[int, str]:
    """The series of the control-total ratio: by number the group."""
    return {number: group for (metric, _, group), number in snapshot.series.items() if metric == CONTROL}


def gather_extras(
    snapshot: Snapshot,
    files: Iterable[Mapping[str, Any]],
    sums: Iterable[Mapping[str, Any]],
    ends: Iterable[Mapping[str, Any]] = (),
    publications: Iterable[Mapping[str, Any]] = (),
) -> Extras:
    """What stands beside the coverage: rows of the queries api_coverage_files, api_coverage_sums, api_source_ends and
    api_payments_publication.
    """
    attributes, controls = list_attributes(snapshot), list_controls(snapshot)
    counts: dict[Key, dict[str, int]] = {}
    shares: dict[Key, dict[str, float]] = {}
    ours: dict[int, dict[str, tuple[int, int]]] = {}
    for row in sums:
        month, number = number_of(row["month"]), row["series_id"]
        if number in attributes:
            source, attribute = attributes[number]
            key = source, row["force"], month
            if attribute == "outcome":
                every = row["base"] + row["unknown"]
                shares.setdefault(key, {})[attribute] = row["base"] / every if every else 0.0
            else:
                counts.setdefault(key, {})[attribute] = row["numerator"]
        elif number in controls and row["force"] == MET:
            ours.setdefault(month, {})[controls[number]] = row["numerator"], row["base"]
    for key, found in counts.items():
        if every := found.pop(TOTAL, 0):
            known = {name: _share(key[0], name, unknown, every) for name, unknown in sorted(found.items())}
            shares[key] = {**known, **shares.get(key, {})}
    paths = [(_key(row), row) for row in files]
    return Extras(
        files={key: tuple(row["files"] or ()) for key, row in paths},
        superseded={key: tuple(row["superseded"] or ()) for key, row in paths},
        known=shares,
        ends=read_ends(ends),
        publications=read_publications(publications),
        control={month: ratio for month, held in ours.items() if (ratio := _divide(held)) is not None},
    )


def read_ends(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, str]]:
    """Where the whole files of sources end and why, from rows of api_source_ends.sql."""
    return {row["source"]: (number_of(row["whole_to"]), row["after_that"]) for row in rows}


def _share(source: str, attribute: str, unknown: int, every: int) -> float:
    """The share known, in whole hundredths where counts by the attribute are withheld when they are small.

    An exact share would give away how many are unknown, and so be one more sum to subtract from.
    """
    share = 1 - unknown / every
    return round(share, 2) if is_small(load_measures()[HEADLINES[source]], f"{attribute}:unknown") else share


def _divide(held: Mapping[str, tuple[int, int]]) -> float | None:
    """Ours over theirs: of the total where the month holds every category, else of the categories it holds."""
    parts = [held[TOTAL]] if TOTAL in held else list(held.values())
    base = sum(part[1] for part in parts)
    return sum(part[0] for part in parts) / base if base else None


def _key(row: Mapping[str, Any]) -> Key:
    return row["source"], row["force"], number_of(row["month"])
