"""What the files received cover: whole months, partial months, fields that cannot be answered."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.coverage import Coverage, Scope, find_coverage
from etl.months import add_months, last_day, month_bounds, month_ranges, parse_month

MONTH = date(2024, 2, 1)
months = st.dates(date(2011, 1, 1), date(2026, 10, 1)).map(lambda day: day.replace(day=1))
ALL_14 = frozenset(f"category {n}" for n in range(14))


def scope(
    events: int,
    month: date = MONTH,
    source: str = "street",
    words: frozenset[str] | None = ALL_14,
    last: datetime | None = None,
    unusable: Mapping[str, str] | None = None,
    force: int = 1,
) -> Scope:
    return Scope(source, force, month, words, events, events, 0, 0, last, last, unusable or {})


def stops(month: date, times: list[float]) -> list[Scope]:
    """A stop file with events at these shares of the month."""
    start, end = month_bounds(month)
    instants = [start + (end - start) * time for time in times]
    return [
        Scope("stop_search", 1, month, None, len(times), len(times), 0, 0, min(instants), max(instants), {})
    ]


def one(scopes: list[Scope]) -> Coverage:
    (found,) = find_coverage(scopes)
    return found


def by_month(scopes: list[Scope]) -> dict[date, Coverage]:
    return {coverage.month: coverage for coverage in find_coverage(scopes)}


# Stops have days: a gap at the end of the month.


@given(months, st.integers(1, 20_000), st.integers(0, 2**32 - 1))
def test_a_full_month_of_chance_events_is_never_partial(month: date, events: int, seed: int) -> None:
    """Events fall anywhere in the month: one in a million such months may be taken for partial, by design."""
    times = np.random.default_rng(seed).uniform(0, 1, events)
    assert one(stops(month, times.tolist())).status == "received"


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_few_events_are_no_sign_of_a_gap(events: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    partial = sum(
        one(stops(MONTH, rng.uniform(0, 1, events).tolist())).status == "partial" for _ in range(50)
    )
    assert partial == 0


@given(months, st.integers(600, 20_000), st.floats(0.05, 0.9), st.integers(0, 2**32 - 1))
def test_a_month_cut_off_three_days_early_or_more_is_partial(
    month: date, events: int, end: float, seed: int
) -> None:
    times = np.random.default_rng(seed).uniform(0, end, events)
    coverage = one(stops(month, times.tolist()))
    assert coverage.status == "partial"
    assert coverage.reason is not None
    assert coverage.reason.endswith(f"though the month ends on {last_day(month):%-d %B}")


@given(months, st.integers(600, 20_000), st.floats(0.12, 0.9), st.integers(0, 2**32 - 1))
def test_a_month_that_begins_three_days_late_or_more_is_partial(
    month: date, events: int, begin: float, seed: int
) -> None:
    """As in a file that begins in the middle of a month, where the months before are in another."""
    times = np.random.default_rng(seed).uniform(begin, 1, events)
    coverage = one(stops(month, times.tolist()))
    assert coverage.status == "partial"
    assert coverage.reason is not None
    assert coverage.reason.endswith(f"though the month begins on {month:%-d %B}")


def test_the_met_stops_of_2022_12_end_on_the_17th_of_a_month_of_31_days() -> None:
    coverage = one(stops(date(2022, 12, 1), np.linspace(0, 17 / 31 - 0.001, 5706).tolist()))
    assert coverage.status == "partial"
    assert coverage.reason == "the file stops on 17 December 2022, though the month ends on 31 December"


def test_a_gap_of_less_than_a_day_is_never_a_sign() -> None:
    assert one(stops(MONTH, np.linspace(0, 1 - 23 / (29 * 24), 20_000).tolist())).status == "received"
    assert one(stops(MONTH, np.linspace(0, 1 - 25 / (29 * 24), 20_000).tolist())).status == "partial"


def test_events_stamped_beyond_the_month_leave_no_gap() -> None:
    assert one(stops(MONTH, [-0.01, 0.5, 1.01])).status == "received"


def test_a_month_of_which_only_its_first_hours_were_seen_is_partial() -> None:
    assert one(stops(MONTH, [-0.01, -0.005])).status == "partial"


@pytest.mark.parametrize(
    ("month", "hours"), [(date(2024, 3, 1), 743), (date(2024, 10, 1), 745), (date(2024, 2, 1), 696)]
)
def test_months_are_those_of_london(month: date, hours: int) -> None:
    start, end = month_bounds(month)
    assert end - start == timedelta(hours=hours)


# Street and outcomes have no days: fewer rows than the months around.


def around(*counts: int, source: str = "street", words: frozenset[str] | None = ALL_14) -> list[Scope]:
    return [scope(count, add_months(MONTH, n), source, words) for n, count in enumerate(counts)]


@pytest.mark.parametrize("source", ["street", "outcomes"])
def test_under_60_percent_of_the_median_of_the_months_around_is_partial(source: str) -> None:
    found = list(by_month(around(1000, 1000, 599, 1000, 1000, source=source)).values())
    assert [coverage.status for coverage in found] == [
        "received",
        "received",
        "partial",
        "received",
        "received",
    ]
    assert found[2].reason == "the file holds 599 rows where the months around it hold about 1,000"
    assert found[2].events == 599


def test_60_percent_is_enough() -> None:
    assert {c.status for c in find_coverage(around(1000, 1000, 600, 1000, 1000))} == {"received"}


def test_stops_are_not_judged_by_their_number() -> None:
    scopes = [s for n in range(4) for s in stops(add_months(MONTH, n), np.linspace(0, 1, 5000).tolist())]
    scopes += stops(add_months(MONTH, 4), np.linspace(0, 1, 500).tolist())
    assert {c.status for c in find_coverage(scopes)} == {"received"}


def test_three_months_to_each_side_are_looked_at() -> None:
    near = around(1000, 500, 500, 500, 500, 500, 1000)
    assert by_month(near)[add_months(MONTH, 3)].status == "received"
    far = [scope(100), *(scope(1000, add_months(MONTH, n)) for n in (4, 5, 6))]
    assert by_month(far)[MONTH].status == "received"


def test_a_single_neighbour_says_nothing() -> None:
    assert {c.status for c in find_coverage(around(10, 1000))} == {"received"}
    assert by_month(around(10, 1000, 1000))[MONTH].status == "partial"


def test_neighbours_that_hold_other_kinds_of_event_are_not_looked_at() -> None:
    burglary = frozenset({"burglary"})
    scopes = [scope(4500, words=burglary), *(scope(90_000, add_months(MONTH, n)) for n in (1, 2, 3))]
    assert {c.status for c in find_coverage(scopes)} == {"received"}
    assert by_month([*around(100, 1000, 1000, words=burglary)])[MONTH].status == "partial"


def test_neighbours_that_lack_a_rare_kind_are_looked_at() -> None:
    scopes = [scope(100, words=ALL_14 - {"category 3", "category 7"})]
    scopes += [scope(1000, add_months(MONTH, n)) for n in (1, 2)]
    assert by_month(scopes)[MONTH].status == "partial"


@pytest.mark.parametrize("other", [{"source": "outcomes"}, {"force": 2}])
def test_neighbours_of_another_source_or_force_are_not_looked_at(other: dict[str, object]) -> None:
    scopes = [scope(100), *(scope(1000, add_months(MONTH, n), **other) for n in (1, 2, 3))]  # type: ignore[arg-type]
    assert {c.status for c in find_coverage(scopes)} == {"received"}


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=12))
def test_a_month_is_partial_exactly_when_it_falls_short_of_its_neighbours(counts: list[int]) -> None:
    found = find_coverage(around(*counts))
    for n, coverage in enumerate(found):
        near = counts[max(0, n - 3) : n] + counts[n + 1 : n + 4]
        is_short = len(near) >= 2 and counts[n] < 0.6 * float(np.median(near))
        assert (coverage.status == "partial") is is_short
        assert (coverage.reason is not None) is is_short


# What a month is made of.


def test_copies_that_hold_different_kinds_add_up() -> None:
    coverage = one(
        [scope(100, words=frozenset({"drugs"})), scope(50, words=frozenset({"burglary", "robbery"}))]
    )
    assert coverage.words == ("burglary", "drugs", "robbery")
    assert coverage.events == coverage.placed == 150


def test_fields_without_an_answer_are_named_with_the_reason() -> None:
    coverage = one([scope(10, source="stop_search", words=None, unusable={"linked": "blank in every row"})])
    assert coverage.unusable_fields == {"linked": "blank in every row"}
    assert coverage.words is None


def test_nothing_received_is_no_coverage() -> None:
    assert find_coverage([]) == []


# Months.


@pytest.mark.parametrize("text", ["2024-2", "2024-13", "2024/02", "2024-02-01", "", "abcd-ef"])
def test_what_is_no_month_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|isoformat"):
        parse_month(text)


@given(st.sets(st.integers(0, 60)))
def test_months_make_ranges_without_gaps(steps: set[int]) -> None:
    wanted = {add_months(MONTH, step) for step in steps}
    ranges = month_ranges(wanted)
    inside = [first for first, last in ranges for _ in [0]]
    covered = {
        add_months(first, n)
        for first, last in ranges
        for n in range((last.year - first.year) * 12 + last.month - first.month + 1)
    }
    assert covered == wanted
    assert all(add_months(last, 1) not in inside for _, last in ranges)
