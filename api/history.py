"""Between two releases: which files came and went, whose residents changed, and so why a figure moved. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from api.figures.councils import DEPARTMENTS, name_year
from api.figures.coverage import FORCE_NAMES, SOURCE_WORDS
from api.figures.exposure import Exposure
from api.figures.windows import number_of, text_of
from api.snapshot import Snapshot
from geo.publishers import name_publisher
from sql.measure import Measure

REASONS = (
    "late_outcomes",
    "republished_month",
    "new_month",
    "withdrawn",
    "new_boundaries",
    "new_population",
    "new_deflators",
    "new_method_version",
    "new_words",
)
# Sources whose events are placed by their points.
PLACED_SOURCES = ("stop_search", "street", "outcomes")
# Files that one sentence names; it says how many more there are.
FILES_NAMED = 3


@dataclass(frozen=True, slots=True)
class FileChange:
    """One month of a file that came or ceased to count between two releases; `successor` took its place."""

    source: str
    force: int
    month: int
    file: str
    vintage: date
    events: int
    came: bool
    went: bool
    successor: str | None
    successor_vintage: date | None


@dataclass(frozen=True, slots=True)
class PopulationChange:
    """Persons of a population in a borough, as they stood under a year's figures before and after."""

    population: str
    borough: int
    year: int
    before_persons: int | None
    after_persons: int | None
    before_vintage: str | None
    after_vintage: str | None


Files = Mapping[tuple[str, int, int], tuple[FileChange, ...]]


@dataclass(frozen=True, slots=True)
class Interval:
    """What happened between two releases. `before` None: the later one is compared with nothing."""

    before: Snapshot | None
    after: Snapshot
    files: Files
    populations: tuple[PopulationChange, ...]

    @property
    def has_new_deflators(self) -> bool:
        """Whether real terms are in other prices."""
        return self.before is not None and name_prices(self.before) != name_prices(self.after)

    @property
    def has_new_boundaries(self) -> bool:
        """Whether other boundaries placed the events."""
        return self.before is not None and self.before.boundary_vintage != self.after.boundary_vintage


def name_prices(snapshot: Snapshot) -> str | None:
    """In whose prices real terms are; None where there are no deflators."""
    return snapshot.release.deflators if snapshot.release else None


def name_holder(force: int) -> str:
    """Whose file it is: a police force, a council, a department."""
    return FORCE_NAMES.get(force) or name_publisher(force) or str(force)


def is_real(basis: str) -> bool:
    """Whether a way of counting is in real terms."""
    return basis.rpartition("_")[2] == "real"


def read_files(rows: Iterable[Mapping[str, Any]]) -> Files:
    """The file changes of api_file_changes.sql by source, force and month."""
    found: dict[tuple[str, int, int], list[FileChange]] = {}
    for row in rows:
        change = FileChange(**{**row, "month": number_of(row["month"])})
        found.setdefault((change.source, change.force, change.month), []).append(change)
    return {key: tuple(listed) for key, listed in found.items()}


def compare_populations(
    before: Mapping[str, Exposure], after: Mapping[str, Exposure]
) -> tuple[PopulationChange, ...]:
    """The persons that differ, by population, year and borough; the last year known stands for later ones."""
    changes = []
    for population in sorted(before.keys() & after.keys()):
        old, new = before[population], after[population]
        years = sorted({*old.years.tolist(), *new.years.tolist()})
        for year in years if not new.is_census else years[-1:]:
            was, now = _read_year(old, year), _read_year(new, year)
            for borough in np.flatnonzero(~((was == now) | (np.isnan(was) & np.isnan(now)))).tolist():
                pair = [None if np.isnan(side[borough]) else int(side[borough]) for side in (was, now)]
                changes.append(
                    PopulationChange(population, borough, year, pair[0], pair[1], old.vintage, new.vintage)
                )
    return tuple(changes)


def _read_year(exposure: Exposure, year: int) -> Any:
    return exposure.persons_by_month(year * 12, year * 12)[:, 0]


def stands_on(measure: Measure, population: str) -> bool:
    """Whether figures of a measure have persons of a population under them."""
    if measure.population == population:
        return True
    prefix = population.partition(":")[0]
    return measure.statistic in ("rate", "ratio") and any(
        prefix in {grouping.dimension, *grouping.populations.values()}
        for grouping in measure.groups
        if grouping.people
    )


def find_replaced(interval: Interval, source: str, force: int, month: int) -> list[FileChange]:
    """The copies of a month that counted in the earlier release and gave way to another by the later one."""
    return [one for one in interval.files.get((source, force, month), ()) if one.went and not one.came]


def find_come(interval: Interval, source: str, force: int, month: int) -> list[FileChange]:
    """The copies of a month that came and still count in the later release."""
    return [one for one in interval.files.get((source, force, month), ()) if one.came and not one.went]


def find_followed(
    interval: Interval, measure: Measure, basis: str, force: int, month: int
) -> list[FileChange]:
    """The files of the source that a measure follows, between a month and the last that the basis waits for."""
    ahead = next((one.ahead for one in measure.bases if one.basis == basis), None)
    if measure.follows is None or ahead is None:
        return []
    return [
        change
        for later in range(month, month + ahead + 1)
        for change in find_come(interval, measure.follows, force, later)
    ]


def name_reasons(
    interval: Interval,
    measure: Measure,
    basis: str,
    force: int,
    month: int,
    *,
    is_new: bool = False,
    is_withdrawn: bool = False,
    has_new_method: bool = False,
) -> tuple[str, ...]:
    """Why the figures of a metric in one month of one force's files changed: all the reasons that hold."""
    if is_new:
        was_there = interval.before is not None and month in interval.before.coverage.get(
            (measure.source, force), {}
        )
        came = find_come(interval, measure.source, force, month)
        followed = find_followed(interval, measure, basis, force, month)
        if was_there and not came and not followed:
            return ("new_method_version",)
        return ("new_month",) if not (was_there and followed) else ("new_month", "late_outcomes")
    found = {
        "late_outcomes": bool(find_followed(interval, measure, basis, force, month)),
        "republished_month": bool(find_replaced(interval, measure.source, force, month))
        or bool(find_come(interval, measure.source, force, month)),
        "withdrawn": is_withdrawn,
        "new_boundaries": interval.has_new_boundaries and measure.source in PLACED_SOURCES,
        "new_deflators": interval.has_new_deflators and is_real(basis),
        "new_method_version": has_new_method,
    }
    reasons = tuple(reason for reason in REASONS if found.get(reason))
    return reasons or ("new_words",)


def explain_reason(
    interval: Interval, measure: Measure, basis: str, reason: str, months: Mapping[int, Sequence[int]]
) -> str:
    """One reason as a clause, with the files it rests on. `months`: those concerned, by force."""
    where = [(force, month) for force in sorted(months) for month in sorted(set(months[force]))]
    match reason:
        case "late_outcomes":
            come = {
                one: None
                for force, month in where
                for one in find_followed(interval, measure, basis, force, month)
            }
            return "outcomes came after the crimes: " + _list([_describe_coming(one) for one in come])
        case "republished_month":
            pairs = [
                text
                for force, month in where
                for text in _describe_replacing(interval, measure.source, force, month)
            ]
            return _list(pairs) or f"the {words_of(measure.source)} files changed"
        case "new_month":
            return "this release is the first to have it"
        case "withdrawn":
            return "the files that are there now no longer give it"
        case "new_boundaries":
            assert interval.before is not None
            return (
                f"events were placed anew, by the boundaries {interval.after.boundary_vintage} in place of "
                f"{interval.before.boundary_vintage}"
            )
        case "new_deflators":
            assert interval.before is not None
            return (
                f"real terms are in {name_prices(interval.after) or 'no prices'} in place of "
                f"{name_prices(interval.before) or 'none'}"
            )
        case "new_method_version":
            return f"it was computed by version {measure.method_version} of its method for the first time"
        case _:
            return (
                "words of the files were put into other classes, or other files of the months around it came"
            )


def words_of(source: str) -> str:
    """A source in words."""
    return SOURCE_WORDS.get(source, source.replace("_", " "))


def _name_period(source: str, month: int) -> str:
    """What a file is of: a month, or the financial year that ends with it."""
    return name_year(month) if source in DEPARTMENTS else text_of(month)


def _describe_replacing(interval: Interval, source: str, force: int, month: int) -> list[str]:
    told = [
        f"the {words_of(source)} file of {_name_period(source, month)} from {name_holder(force)} was published again: "
        f"{one.successor} of {one.successor_vintage} took the place of {one.file} of {one.vintage}"
        for one in find_replaced(interval, source, force, month)
        if one.successor is not None
    ]
    if told:
        return told
    return [_describe_coming(one) for one in find_come(interval, source, force, month)]


def _describe_coming(one: FileChange) -> str:
    return (
        f"the {words_of(one.source)} file of {_name_period(one.source, one.month)} from {name_holder(one.force)} came, "
        f"{one.file} of {one.vintage}"
    )


def _list(texts: Sequence[str]) -> str:
    named = list(dict.fromkeys(texts))
    more = len(named) - FILES_NAMED
    told = "; ".join(named[:FILES_NAMED])
    return f"{told}; and {more} more like it" if more > 0 else told
