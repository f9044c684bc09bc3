"""What changed between two releases, added up by metric and reason: pure, as `api.revisions`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.areas import name_cell
from api.figures.councils import PAYMENTS, name_year
from api.figures.money import PENCE, STATISTICS
from api.figures.windows import describe_months, text_of
from api.history import REASONS, Interval, explain_reason, name_reasons
from api.revisions import by_borough, file_month, list_population_rows, name_series
from api.snapshot import Snapshot
from api.wire import RevisionSummary
from sql.measure import Measure, load_measures

# What is said of figures whose changes are not told.
FEW = "that count few people"
PROTECTED = "that hold payments for domestic abuse"


class Tally:
    """What is counted of one metric and one reason."""

    def __init__(self) -> None:
        self.changed = self.known = self.new = self.withdrawn = 0
        self.months: dict[int, set[int]] = defaultdict(set)
        self.bases: dict[str, None] = {}
        self.largest: list[int] | None = None


def summarise(
    interval: Interval,
    counts: Iterable[Mapping[str, Any]],
    series: Mapping[int, tuple[str, str, str]],
    metrics: Sequence[str],
) -> list[RevisionSummary]:
    """By metric and reason how many figures changed, from rows of api_revision_counts.sql.

    A metric whose files were replaced has a row also where none of its figures changed.
    """
    tallies: dict[tuple[str, bool, str], Tally] = defaultdict(Tally)
    measures = load_measures()
    for row in counts:
        measure = measures[row["metric"]]
        month = file_month(measure, row["period_start"])
        for kind in ("new", "withdrawn", "changed", "known"):
            if row[kind]:
                for reason in name_reasons(
                    interval,
                    measure,
                    row["basis"],
                    row["force"],
                    month,
                    is_new=kind == "new",
                    is_withdrawn=kind == "withdrawn",
                    has_new_method=row["has_new_method"],
                ):
                    _count(tallies[measure.metric, row["is_small"], reason], row, kind, month)
    _add_unmoved(interval, tallies, metrics)
    rows = [
        _summarise(interval, measures[metric], is_few, reason, tally, series)
        for (metric, is_few, reason), tally in tallies.items()
    ]
    rows += _summarise_populations(interval, metrics)
    return sorted(rows, key=lambda row: (row.metric, row.small, REASONS.index(row.reason)))


def _count(tally: Tally, row: Mapping[str, Any], kind: str, month: int) -> None:
    setattr(tally, kind, getattr(tally, kind) + row[kind])
    tally.months[row["force"]].add(month)
    tally.bases[row["basis"]] = None
    if kind == "changed" and row["largest"] is not None:
        tally.largest = max(tally.largest or [0], list(row["largest"]))


def _add_unmoved(
    interval: Interval, tallies: dict[tuple[str, bool, str], Tally], metrics: Sequence[str]
) -> None:
    """Metrics whose files were published again without moving a figure."""
    told = {metric for metric, _, reason in tallies if reason == "republished_month"}
    for metric in metrics:
        measure = load_measures()[metric]
        for (source, force, month), changes in interval.files.items():
            is_told = source != measure.source or metric in told
            if not is_told and any(one.went and not one.came for one in changes):
                tally = tallies[metric, measure.small, "republished_month"]
                tally.months[force].add(month)
                tally.bases[measure.basis_codes[0]] = None


def _summarise(
    interval: Interval,
    measure: Measure,
    is_few: bool,
    reason: str,
    tally: Tally,
    series: Mapping[int, tuple[str, str, str]],
) -> RevisionSummary:
    months = sorted({month for listed in tally.months.values() for month in listed})
    basis = next(iter(tally.bases))
    waiting = [one.basis for one in measure.bases if one.basis in tally.bases and one.ahead is not None]
    why = explain_reason(
        interval,
        measure,
        waiting[-1] if waiting else basis,
        reason,
        {force: sorted(listed) for force, listed in tally.months.items()},
    )
    if is_few:
        which = PROTECTED if measure.source == PAYMENTS else FEW
        told = f"{measure.title}: figures {which} may have changed, how many is not said: {why}."
    else:
        told = f"{measure.title}: {_tell_counts(tally)}, {_tell_periods(measure, months)}: {why}."
        if tally.largest and tally.largest[0]:
            told += " " + _tell_largest(interval.after, measure, tally.largest, series)
        elif tally.changed:
            told += " What they are a share of changed; the counts did not."
    return RevisionSummary(
        from_release=interval.before.release.release if interval.before and interval.before.release else None,
        to_release=interval.after.release.release if interval.after.release else "",
        metric=measure.metric,
        source=measure.source,
        small=is_few,
        reason=reason,
        figures_changed=None if is_few else tally.changed,
        known_shares_changed=None if is_few else tally.known,
        figures_new=None if is_few else tally.new,
        figures_withdrawn=None if is_few else tally.withdrawn,
        first_month=None if is_few else text_of(months[0]),
        last_month=None if is_few else text_of(months[-1]),
        largest_change=None if is_few or not tally.largest else _measure_change(measure, tally.largest[0]),
        sentence=told,
    )


def _summarise_populations(interval: Interval, metrics: Sequence[str]) -> list[RevisionSummary]:
    rows = []
    for metric in metrics:
        found = [change for name, change in list_population_rows(interval, [metric], None)]
        if not found:
            continue
        measure = load_measures()[metric]
        plain = [change for change in found if change.population == measure.population] or found
        years = sorted({change.year for change in plain})
        last = [change for change in plain if change.year == years[-1]]
        sums = [
            sum(getattr(change, side) or 0 for change in last) for side in ("before_persons", "after_persons")
        ]
        rows.append(
            RevisionSummary(
                from_release=interval.before.release.release
                if interval.before and interval.before.release
                else None,
                to_release=interval.after.release.release if interval.after.release else "",
                metric=metric,
                source=measure.source,
                small=measure.small,
                reason="new_population",
                figures_changed=0,
                known_shares_changed=0,
                figures_new=0,
                figures_withdrawn=0,
                first_month=f"{years[0]}-01",
                last_month=f"{years[-1]}-12",
                largest_change=None,
                sentence=(
                    f"{measure.title}: no count changed, but the residents under it did "
                    f"({plain[0].before_vintage} before, {plain[0].after_vintage} after), for "
                    f"{', '.join(map(str, years))}: in {years[-1]}, {sums[0]:,} before and {sums[1]:,} after in "
                    f"the {len(last)} boroughs where they differ."
                ),
            )
        )
    return rows


def _tell_periods(measure: Measure, months: list[int]) -> str:
    """Months in words; of returns the financial years that end with them."""
    if measure.kind == "annual":
        return ", ".join(name_year(month) for month in months)
    return describe_months(months)


def _tell_counts(tally: Tally) -> str:
    parts = [
        f"{number:,} {words if number != 1 else words.replace('figures', 'figure')}"
        for number, words in (
            (tally.changed, "figures changed"),
            (tally.new, "figures are new"),
            (tally.withdrawn, "figures were withdrawn"),
        )
        if number
    ]
    told = ", ".join(parts).replace("figure are", "figure is").replace("figure were", "figure was")
    told = told or "no figure changed"
    if tally.known:
        others = "others " if tally.changed else ""
        told += f"; of {tally.known:,} {others if tally.known != 1 else others.replace('others', 'other')}only how much is known"
    return told


def _measure_change(measure: Measure, change: int) -> float:
    """The change of a count, of money in pounds."""
    return change / PENCE if measure.statistic in STATISTICS else change


def _tell_largest(
    snapshot: Snapshot, measure: Measure, largest: list[int], series: Mapping[int, tuple[str, str, str]]
) -> str:
    _, number, borough, before, after = largest
    _, basis, group = series[number]
    where = name_cell(by_borough(snapshot), borough)
    named = name_series(snapshot, measure, basis, group)
    if measure.statistic in STATISTICS:
        told = f"£{before / PENCE:,.2f} before and £{after / PENCE:,.2f} after"
    else:
        told = f"{before:,} before and {after:,} after"
    return f"The largest change: {where}{named}, {told}."
