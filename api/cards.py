"""Which figures a scorecard shows, and over which twelve months. Pure, from a snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from api.figures.coverage import Need, read_receipt
from api.figures.windows import MARCH, WindowKind, number_of
from api.series import catalogue, describe_series, is_small
from api.snapshot import Snapshot
from api.survey import list_published
from sql.measure import TOTAL, Measure, load_measures

# Of a ratio between groups, those on the headline basis (shared/methods.md, section 3).
RATIO_GROUPS = ("ethnicity:black", "ethnicity:asian", "ethnicity:other")
YEAR = 12


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of a scorecard: one series of a metric in the window that ends with the month `last`."""

    metric: str
    basis: str
    group: str
    window: WindowKind
    last: int


def list_cards(snapshot: Snapshot, to: int | None = None) -> tuple[Card, ...]:
    """The figures of every scorecard, by metric: the latest twelve months of each that end by the month `to`."""
    key = "cards", to
    if key not in snapshot.memo:
        snapshot.memo[key] = tuple(_list_cards(snapshot, to))
    found: tuple[Card, ...] = snapshot.memo[key]
    return found


def _list_cards(snapshot: Snapshot, to: int | None) -> Iterator[Card]:
    for measure in load_measures().values():
        for basis, group in choose_series(snapshot, measure):
            last = _find_last(snapshot, measure, basis, group, to)
            if is_small(measure, group):
                yield Card(measure.metric, basis, group, "financial_year", _end_year(last))
            else:
                yield Card(measure.metric, basis, group, "rolling_12", last)


def choose_series(snapshot: Snapshot, measure: Measure) -> list[tuple[str, str]]:
    """On the first basis: the total, else the groups of a ratio, else the first group."""
    first = measure.basis_codes[0]
    groups = [group for basis, group in catalogue(snapshot, measure).codes if basis == first]
    if TOTAL in groups:
        chosen = [TOTAL]
    elif measure.statistic == "ratio":
        chosen = [group for group in RATIO_GROUPS if group in groups]
    else:
        chosen = groups[:1]
    return [(first, group) for group in chosen]


def _find_last(snapshot: Snapshot, measure: Measure, basis: str, group: str, to: int | None) -> int:
    """The latest month, up to `to`, for which the series is there from any force; else the one asked for."""
    latest = _find_present(snapshot) if to is None else to
    if measure.kind == "survey":
        published = [month for month in list_published(snapshot, measure) if month <= latest]
        return published[-1] if published else latest
    need = describe_series(snapshot, measure, basis, group).need
    months = _list_months(snapshot, need, latest)
    if not months:
        return latest
    receipt = read_receipt(snapshot.coverage, need, months[0], months[-1])
    there = np.flatnonzero(receipt.received.any(axis=0))
    return months[0] + int(there[-1]) if len(there) else months[-1]


def _list_months(snapshot: Snapshot, need: Need, latest: int) -> list[int]:
    return sorted(
        month
        for (source, _), by_month in snapshot.coverage.items()
        if source == need.source
        for month in by_month
        if month <= latest
    )


def _find_present(snapshot: Snapshot) -> int:
    """The month in which the release was published, or the latest that it covers."""
    covered = [month for by_month in snapshot.coverage.values() for month in by_month]
    published = [number_of(snapshot.release.published_at.date())] if snapshot.release else []
    return max([*covered, *published], default=0)


def _end_year(last: int) -> int:
    """The last month of the latest financial year that has ended by a month."""
    return last - (last - MARCH) % YEAR
