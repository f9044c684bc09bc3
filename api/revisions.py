"""What changed between two releases and why, figure by figure: pure functions of two snapshots."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from api.areas import name_cell, name_force
from api.figures.councils import DEPARTMENTS
from api.figures.coverage import FORCES
from api.figures.membership import Member
from api.figures.money import PENCE, STATISTICS
from api.figures.windows import number_of, text_of
from api.history import (
    Interval,
    PopulationChange,
    explain_reason,
    name_reasons,
    stands_on,
)
from api.series import is_small, label_group
from api.snapshot import Area, Snapshot
from api.survey import has_years
from api.wire import RevisionRow
from geo.publishers import council_of
from sql.measure import TOTAL, Measure, load_measures

CELL = 1_000
# A rolling year is known by its first month, and its file by the last.
YEAR = 11


def list_series(
    snapshot: Snapshot, metrics: Iterable[str], groups: Sequence[str], bases: Sequence[str]
) -> tuple[dict[int, tuple[str, str, str]], set[int]]:
    """The series asked for by number, and those of them that count few people.

    `groups`: codes or dimensions, none for all.
    """
    measures, wanted = load_measures(), set(metrics)
    found, small = {}, set()
    for (metric, basis, group), number in snapshot.series.items():
        if metric not in wanted or (bases and basis not in bases):
            continue
        if groups and group not in groups and group.partition(":")[0] not in groups:
            continue
        found[number] = metric, basis, group
        if is_small(measures[metric], group):
            small.add(number)
    return found, small


def describe_revision(
    interval: Interval, row: Mapping[str, Any], series: tuple[str, str, str]
) -> RevisionRow:
    """One figure, from a row of api_revisions.sql."""
    metric, basis, group = series
    measure = load_measures()[metric]
    month = file_month(measure, row["period_start"])
    is_new, is_withdrawn = row["before_method"] is None, row["after_method"] is None
    reasons = name_reasons(
        interval,
        measure,
        basis,
        row["force"],
        month,
        is_new=is_new,
        is_withdrawn=is_withdrawn,
        has_new_method=not is_new and not is_withdrawn and row["before_method"] != row["after_method"],
    )
    boroughs = by_borough(interval.after)
    area = boroughs.get(row["borough"])
    before, after = (_figure(measure, row, side) for side in ("before", "after"))
    moved = f"{before[0]} before, {after[0]} after"
    if _is_known_only(measure, row):
        moved = f"{after[0]} before and after; unknown {_unknown(measure, row, 'before')} before, "
        moved += f"{_unknown(measure, row, 'after')} after"
    why = "; ".join(
        explain_reason(interval, measure, basis, reason, {row["force"]: [month]}) for reason in reasons
    )
    start, end = text_of(number_of(row["period_start"])), text_of(number_of(row["period_end"]))
    return RevisionRow(
        metric=metric,
        area_code=area.area_code if area else None,
        area_name=name_cell(boroughs, row["borough"]),
        force=name_force(row["force"]),
        from_month=start,
        to_month=end,
        group=group,
        basis=basis,
        before_numerator=_count(measure, row["before_numerator"]),
        before_base=_base(measure, row, "before"),
        before_value=before[1],
        before_unknown=row["before_unknown"],
        after_numerator=_count(measure, row["after_numerator"]),
        after_base=_base(measure, row, "after"),
        after_value=after[1],
        after_unknown=row["after_unknown"],
        reasons=reasons,
        sentence=(
            f"{measure.title}, {name_cell(boroughs, row['borough'])}, "
            f"{start if start == end else f'{start} to {end}'}{name_series(interval.after, measure, basis, group)}: "
            f"{moved}: {why}."
        ),
    )


def describe_population(interval: Interval, metric: str, change: PopulationChange) -> RevisionRow:
    """The persons under a metric's figures of one borough and year."""
    boroughs = by_borough(interval.after)
    area = boroughs[change.borough]
    measure = load_measures()[metric]
    return RevisionRow(
        metric=metric,
        area_code=area.area_code,
        area_name=area.area_name,
        force=None,
        from_month=f"{change.year}-01",
        to_month=f"{change.year}-12",
        group=change.population if ":" in change.population else TOTAL,
        basis=measure.basis_codes[0],
        before_numerator=None,
        before_base=change.before_persons,
        before_value=None,
        before_unknown=None,
        after_numerator=None,
        after_base=change.after_persons,
        after_value=None,
        after_unknown=None,
        reasons=("new_population",),
        sentence=(
            f"{measure.title}, {area.area_name}, {change.year}: {_persons(change.before_persons)} before "
            f"({change.before_vintage}), {_persons(change.after_persons)} after ({change.after_vintage})."
        ),
    )


def list_population_rows(
    interval: Interval, metrics: Sequence[str], cells: Iterable[int] | None
) -> list[tuple[str, PopulationChange]]:
    """The metrics whose residents changed, with each change, in order. `cells` as of `list_cells`."""
    kept = None if cells is None else {cell // CELL for cell in cells}
    measures = load_measures()
    return [
        (metric, change)
        for metric in metrics
        for change in interval.populations
        if change.borough > 0
        and (kept is None or change.borough in kept)
        and stands_on(measures[metric], change.population)
    ]


def list_cells(snapshot: Snapshot, areas: Sequence[Area], day: date) -> list[int] | None:
    """The cells that areas add up on a day, each borough × 1,000 + force or council; None where no area is named."""
    if not areas:
        return None
    return sorted(
        {
            member.borough * CELL + force
            for area in areas
            for member in snapshot.members.get(area.area_code, ())
            if member.valid_from <= day <= member.valid_to
            for force in _list_holders(member, snapshot.home_forces)
        }
    )


def _list_holders(member: Member, home_forces: Mapping[int, int]) -> Iterator[int]:
    """The forces, the council and the departments whose files hold what a member adds."""
    yield from FORCES if member.force is None else (member.force,)
    home = home_forces.get(member.borough)
    if home is not None and member.force in (None, home):
        yield council_of(member.borough)
        yield from DEPARTMENTS.values()


def file_month(measure: Measure, period_start: Any) -> int:
    """The month by which the files of an observation are known."""
    return number_of(period_start) + (YEAR if has_years(measure) else 0)


def by_borough(snapshot: Snapshot) -> dict[int, Area]:
    """The boroughs by number."""
    return {area.borough: area for area in snapshot.areas.values() if area.borough is not None}


def name_series(snapshot: Snapshot, measure: Measure, basis: str, group: str) -> str:
    """The group and the way of counting in words, each after a comma; nothing for a total on the only basis."""
    told = ""
    if (label := label_group(snapshot, measure, basis, group)) is not None:
        told += f", {label}"
    if len(measure.bases) > 1:
        told += ", " + next(one.label for one in measure.bases if one.basis == basis)
    return told


def has_base(measure: Measure) -> bool:
    """Whether the base of a metric's observations is the denominator; of the others it only tells how much is known."""
    return measure.statistic in ("share", "completeness")


def _is_known_only(measure: Measure, row: Mapping[str, Any]) -> bool:
    """Whether both releases have the figure and know it alike, but for how much of it is unknown."""
    names = ("numerator", "reference", "method", *(("base",) if has_base(measure) else ()))
    return row["before_method"] is not None and all(
        row[f"before_{one}"] == row[f"after_{one}"] for one in names
    )


def _unknown(measure: Measure, row: Mapping[str, Any], side: str) -> str:
    """How many events are of unknown attribute, and of how many."""
    unknown, every = row[f"{side}_unknown"] or 0, row[f"{side}_base"] or 0
    if has_base(measure) and measure.kind != "cohort":
        every += unknown
    return f"{unknown:,} of {every:,}"


def _figure(measure: Measure, row: Mapping[str, Any], side: str) -> tuple[str, float | None]:
    numerator, base = row[f"{side}_numerator"], row[f"{side}_base"]
    if row[f"{side}_method"] is None:
        return "no figure", None
    if has_base(measure):
        value = numerator / base if base else None
        return f"{numerator:,} of {base or 0:,}", value
    if measure.statistic in STATISTICS:
        pounds = numerator / PENCE
        return f"£{pounds:,.2f}", pounds if measure.statistic == "amount" else None
    return f"{numerator:,}", float(numerator) if measure.statistic == "count" else None


def _count(measure: Measure, numerator: int | None) -> float | None:
    """What is counted, money in pounds."""
    if numerator is None or measure.statistic not in STATISTICS:
        return numerator
    return numerator / PENCE


def _base(measure: Measure, row: Mapping[str, Any], side: str) -> int | None:
    found: int | None = row[f"{side}_base"]
    return found if has_base(measure) else None


def _persons(number: int | None) -> str:
    return "no residents known" if number is None else f"{number:,} residents"
