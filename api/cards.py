"""Which figures a scorecard shows, and over which twelve months. Pure, from a snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.figures.councils import COUNCILS, PAYMENTS, is_money, list_paid_months
from api.figures.coverage import FORCES, Need, find_gap
from api.figures.windows import MARCH, WindowKind, number_of
from api.series import catalogue, describe_series, is_small
from api.snapshot import Snapshot
from api.survey import has_years, list_published
from geo.areas import MET_FORCE
from sql.measure import TOTAL, Measure, load_measures

# Of a ratio between groups, those on the headline basis (shared/methods.md, section 3).
RATIO_GROUPS = ("ethnicity:black", "ethnicity:asian", "ethnicity:other")
YEAR = 12
CARDS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of a scorecard: one series of a metric in the window that ends with the month `last`."""

    metric: str
    basis: str
    group: str
    window: WindowKind
    last: int


def list_cards(snapshot: Snapshot, to: int | None = None, force: int = MET_FORCE) -> tuple[Card, ...]:
    """The figures of the scorecards of areas that a force polices, by metric, those of money last: the latest twelve
    months of each that end by the month `to`.
    """
    kept: dict[tuple[int | None, int], tuple[Card, ...]] = snapshot.memo.setdefault("cards", {})
    if (to, force) not in kept:
        if len(kept) >= CARDS_KEPT:
            kept.clear()
        kept[to, force] = tuple(_list_cards(snapshot, to, force))
    return kept[to, force]


def _list_cards(snapshot: Snapshot, to: int | None, force: int) -> Iterator[Card]:
    for measure in sorted(load_measures().values(), key=lambda one: is_money(one.source)):
        for basis, group in choose_series(snapshot, measure, force):
            last = _find_last(snapshot, measure, basis, group, to, force)
            if is_small(measure, group) or measure.kind == "annual":
                yield Card(measure.metric, basis, group, "financial_year", _end_year(last))
            else:
                yield Card(measure.metric, basis, group, "rolling_12", last)


def list_own_cards(snapshot: Snapshot, to: int | None, force: int, borough: int | None) -> tuple[Card, ...]:
    """The figures of one area's scorecard: of payments the latest months of its own council, whose files may end sooner
    than those of others.
    """
    cards = list_cards(snapshot, to, force)
    if borough is None:
        return cards
    latest = _find_present(snapshot) if to is None else to
    measures = load_measures()
    return tuple(
        _end_with(card, list_paid_months(snapshot.coverage, (card.basis,), (borough,)), latest)
        if measures[card.metric].source == PAYMENTS
        else card
        for card in cards
    )


def _end_with(card: Card, paid: Sequence[int], latest: int) -> Card:
    """A card of payments that ends with the last month that was published; as it was where there is none."""
    held = [month for month in paid if month <= latest]
    if not held:
        return card
    last = max(held)
    return replace(card, last=_end_year(last) if card.window == "financial_year" else last)


def choose_series(snapshot: Snapshot, measure: Measure, force: int = MET_FORCE) -> list[tuple[str, str]]:
    """On the first basis: the total, else the groups of a ratio, else the first group.

    Where the force's copies hold only some kinds of event, so that there is never a total, also those kinds.
    """
    first = measure.basis_codes[0]
    groups = [group for basis, group in catalogue(snapshot, measure).codes if basis == first]
    if measure.statistic == "ratio" and TOTAL not in groups:
        return [(first, group) for group in RATIO_GROUPS if group in groups]
    chosen = TOTAL if TOTAL in groups else groups[0]
    if is_money(measure.source):
        return [(first, chosen)]
    more = []
    if measure.words and chosen == TOTAL and not _is_there(snapshot, measure, first, TOTAL, force):
        more = [
            group for group in groups if group != TOTAL and _is_there(snapshot, measure, first, group, force)
        ]
    return [(first, group) for group in (chosen, *more)]


def _is_there(snapshot: Snapshot, measure: Measure, basis: str, group: str, force: int) -> bool:
    """Whether any month of a force has the series."""
    return bool(_list_received(snapshot, describe_series(snapshot, measure, basis, group).need, force))


def _find_last(
    snapshot: Snapshot, measure: Measure, basis: str, group: str, to: int | None, force: int
) -> int:
    """The latest month, up to `to`, for which the force has the series; else the latest of its files, or of another
    force's; else the one asked for, by default the month before the release.
    """
    latest = _find_present(snapshot) if to is None else to
    if has_years(measure):
        published = [month for month in list_published(snapshot, measure) if month <= latest]
        return published[-1] if published else latest
    if measure.source == PAYMENTS:
        paid = [month for month in list_paid_months(snapshot.coverage, (basis,), COUNCILS) if month <= latest]
        return max(paid, default=min(snapshot.last_month(measure.source) or latest, latest))
    need = describe_series(snapshot, measure, basis, group).need
    months = [month for month in _list_received(snapshot, need, force) if month <= latest]
    for holder in (force, *FORCES):
        filed = snapshot.coverage.get((need.source, holder), {})
        months = months or [month for month in filed if month <= latest]
    return max(months, default=latest)


def _list_received(snapshot: Snapshot, need: Need, force: int) -> list[int]:
    """The months of a force for which a series is there, in order; kept with the snapshot."""
    kept: dict[tuple[Need, int], list[int]] = snapshot.memo.setdefault("received", {})
    if (need, force) not in kept:
        filed = sorted(snapshot.coverage.get((need.source, force), {}))
        kept[need, force] = [
            month for month in filed if find_gap(snapshot.coverage, need, force, month) is None
        ]
    return kept[need, force]


def _find_present(snapshot: Snapshot) -> int:
    """The month before the release was published, or the latest that it covers."""
    covered = [month for by_month in snapshot.coverage.values() for month in by_month]
    published = [number_of(snapshot.release.published_at.date()) - 1] if snapshot.release else []
    return max([*covered, *published], default=0)


def _end_year(last: int) -> int:
    """The last month of the latest financial year that has ended by a month."""
    return last - (last - MARCH) % YEAR
