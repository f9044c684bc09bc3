"""The oracle itself, against the check values of methods.md and drawn cases."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import figures, partial


def test_check_values_of_shares() -> None:
    assert figures.share_interval(45, 150) == pytest.approx((0.2324, 0.3776), abs=5e-5)
    assert figures.share_interval(3, 12) == pytest.approx((0.0889, 0.5323), abs=5e-5)
    assert figures.share_interval(0, 8) == pytest.approx((0, 0.3244), abs=5e-5)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(10, 4.787, 18.391), (120, 99.490, 143.492), (3, 0.6187, 8.7673), (7, 2.8144, 14.4227)],
)
def test_check_values_of_counts(events: int, low: float, high: float) -> None:
    assert figures.rate_interval(events, 1000) == pytest.approx((low, high), abs=6e-4)


def test_check_values_of_ratios() -> None:
    assert figures.ratio(820, 50_000, 640, 150_000) == pytest.approx(3.844, abs=5e-4)
    assert figures.ratio_interval(820, 50_000, 640, 150_000) == pytest.approx((3.466, 4.262), abs=5e-4)
    assert figures.ratio(6, 4_000, 20, 60_000) == pytest.approx(4.5)
    assert figures.ratio_interval(6, 4_000, 20, 60_000) == pytest.approx((1.479, 11.618), abs=5e-4)
    assert figures.ratio(6, 4_000, 0, 60_000) is None


def test_person_time_is_a_twelfth_of_each_months_residents() -> None:
    populations = {("residents", 12, 2023): 1200, ("residents", 12, 2024): 2400, ("residents", 6, 2023): 12}
    year = figures.months_between(date(2023, 9, 1), date(2024, 8, 1))
    assert len(year) == 12
    assert figures.person_years(populations, "residents", [12], year) == 4 * 100 + 8 * 200
    # the last estimate is carried forward, the first is not carried back
    assert figures.person_years(populations, "residents", [6], [date(2026, 1, 1)]) == Fraction(1)
    assert (
        figures.person_years(populations, "residents", [12, 6], [date(2022, 12, 1), date(2023, 1, 1)]) is None
    )


def test_the_census_stands_under_every_month() -> None:
    populations = {("ethnicity:black", 12, 2021): 1200}
    assert (
        figures.person_years(populations, "ethnicity:black", [12], [date(2016, 6, 1), date(2024, 8, 1)])
        == 200
    )


def test_a_rolling_year_with_a_month_missing_is_said_so() -> None:
    months = figures.months_between(date(2022, 9, 1), date(2023, 8, 1))
    whole: dict[date, int | None] = dict.fromkeys(months, 10)
    first, last = months[0], months[-1]
    assert figures.roll_up(whole, first, last) == (120, 12, "ok")
    assert figures.roll_up({**whole, date(2022, 12, 1): None}, first, last) == (110, 11, "11 of 12 months")
    assert figures.roll_up(dict.fromkeys(months[:9], 10), first, last) == (90, 9, "9 of 12 months")
    assert figures.roll_up(dict.fromkeys(months[:8], 10), first, last) == (None, 8, "incomplete")
    assert figures.roll_up({}, first, last) == (None, 0, "missing")


BLACK_WHITE = {
    "officer_defined": {"white": 100, "black": 50, "asian": 0, "other": 0, "unknown": 10},
    "self_defined": {"white": 80, "mixed": 5, "black": 30, "asian": 0, "other": 0, "unknown": 45},
}


def test_the_band_runs_over_bases_unknowns_and_mixed_residents() -> None:
    years = {
        "white": Fraction(1000),
        "black": Fraction(200),
        "black_or_mixed_black": Fraction(300),
        "mixed": Fraction(100),
    }
    # low: self-defined, Mixed in: (30/300)/(80/1000); high: unknowns counted as Black: (60/200)/(100/1000)
    low, high = figures.band("black", BLACK_WHITE, lambda _, class_: years[class_]) or (0.0, 0.0)
    assert (low, high) == pytest.approx((1.25, 3.0))
    assert figures.verdict(low, high) == figures.HIGHER
    assert figures.verdict(0.9, 1.2) == figures.DEPENDS
    assert figures.verdict(0.5, 0.9) == figures.LOWER


def test_the_officers_record_has_no_part_in_the_mixed_band() -> None:
    years = {"white": Fraction(1000), "mixed": Fraction(100)}
    assert figures.band("mixed", BLACK_WHITE, lambda _, class_: years[class_]) == pytest.approx(
        (0.625, 0.625)
    )


@given(st.integers(10, 5000), st.integers(10, 5000), st.integers(1000, 10**6), st.integers(1000, 10**6))
def test_a_ratio_lies_in_its_interval_and_its_inverse_in_the_inverse(a: int, b: int, n: int, m: int) -> None:
    low, high = figures.ratio_interval(a, n, b, m)
    assert low < (figures.ratio(a, n, b, m) or 0) < high
    assert figures.ratio_interval(b, m, a, n) == pytest.approx((1 / high, 1 / low))


def every_hour(first: datetime, hours: int) -> list[datetime]:
    return [first + timedelta(hours=hour) for hour in range(hours)]


def test_a_file_that_stops_on_the_17th_is_cut_short() -> None:
    december = date(2022, 12, 1)
    assert partial.stops_early(every_hour(datetime(2022, 12, 1, tzinfo=UTC), 17 * 24), december)
    assert not partial.stops_early(every_hour(datetime(2022, 12, 1, tzinfo=UTC), 31 * 24), december)


def test_a_few_events_may_well_leave_days_empty() -> None:
    # ten searches in 20 days, then none for ten: once in 150 such months
    few = [datetime(2016, 6, 2 * day, 12, tzinfo=UTC) for day in range(1, 11)]
    assert not partial.stops_early(few, date(2016, 6, 1))


@pytest.mark.parametrize(("rows", "cut"), [(59, True), (60, False), (100, False)])
def test_under_60_percent_of_the_months_around(rows: int, cut: bool) -> None:
    assert partial.falls_short(rows, [90, 100, 500]) is cut


def test_one_neighbour_says_nothing() -> None:
    assert not partial.falls_short(1, [100])
