"""Intervals: the check values of the specification, and agreement with independent implementations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from api.figures.intervals import clopper_pearson, poisson, rate, rate_ratio, standardised_rate, wilson

counts = st.integers(0, 200_000)
some = st.integers(1, 200_000)


@pytest.mark.parametrize(
    ("cases", "total", "lower", "upper"),
    [(45, 150, 0.2324, 0.3776), (3, 12, 0.0889, 0.5323), (0, 8, 0, 0.3244)],
)
def test_wilson(cases: int, total: int, lower: float, upper: float) -> None:
    found = wilson(cases, total)
    assert (round(found.lower[0], 4), round(found.upper[0], 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(10, 4.787, 18.391), (120, 99.490, 143.492), (3, 0.6187, 8.7673), (7, 2.8144, 14.4227)],
)
def test_byar_from_10_and_exact_poisson_under_10(events: int, lower: float, upper: float) -> None:
    found = poisson(events)
    digits = 3 if events >= 10 else 4
    assert (round(found.lower[0], digits), round(found.upper[0], digits)) == (lower, upper)


@pytest.mark.parametrize(
    ("a", "n", "b", "m", "ratio", "lower", "upper"),
    [(820, 50_000, 640, 150_000, 3.844, 3.466, 4.262), (6, 4_000, 20, 60_000, 4.5, 1.479, 11.618)],
)
def test_rate_ratio_by_logs_or_exact(
    a: int, n: int, b: int, m: int, ratio: float, lower: float, upper: float
) -> None:
    found = rate_ratio(a, n, b, m)
    assert round((a / n) / (b / m), 3) == ratio
    assert (round(found.lower[0], 3), round(found.upper[0], 3)) == (lower, upper)


def test_fay_feuer() -> None:
    value, lower, upper = standardised_rate((12, 30, 5), (4000, 9000, 2500), (0.3, 0.5, 0.2))
    assert (round(float(value), 3), round(float(lower), 3), round(float(upper), 3)) == (2.967, 2.171, 3.980)


def test_fay_feuer_of_one_stratum_is_the_exact_poisson_interval() -> None:
    value, lower, upper = standardised_rate([7], [1000], [1])
    exact = poisson(7)
    assert (float(value), float(lower), float(upper)) == pytest.approx((7, exact.lower[0], exact.upper[0]))


def test_fay_feuer_of_nothing_is_zero_below_and_of_no_people_undefined() -> None:
    value, lower, upper = standardised_rate([0, 0], [1000, 1000], [0.5, 0.5])
    assert (float(value), float(lower)) == (0, 0)
    assert upper > 0
    assert np.isnan(standardised_rate([1, 1], [1000, 0], [0.5, 0.5])).all()


def test_what_is_undefined_is_nan_and_never_infinite() -> None:
    for found in (wilson(0, 0), rate(3, 0), rate_ratio(5, 100, 0, 100), rate_ratio(5, 0, 5, 100)):
        assert np.isnan(found).all()
    nothing = rate_ratio(0, 100, 5, 100)
    assert nothing.lower[0] == 0
    assert 0 < nothing.upper[0] < math.inf


@given(st.data(), some)
def test_wilson_is_that_of_scipy(data: st.DataObject, total: int) -> None:
    cases = data.draw(st.integers(0, total))
    expected = stats.binomtest(cases, total).proportion_ci(method="wilson")
    found = wilson(cases, total)
    assert found.lower[0] == pytest.approx(expected.low, rel=1e-9, abs=1e-12)
    assert found.upper[0] == pytest.approx(expected.high, rel=1e-9, abs=1e-12)
    assert 0 <= found.lower[0] <= cases / total <= found.upper[0] <= 1


@given(st.data(), st.integers(1, 5_000))
def test_clopper_pearson_is_that_of_scipy(data: st.DataObject, total: int) -> None:
    cases = data.draw(st.integers(0, total))
    expected = stats.binomtest(cases, total).proportion_ci(method="exact")
    found = clopper_pearson(cases, total)
    assert found.lower[0] == pytest.approx(expected.low, rel=1e-7, abs=1e-12)
    assert found.upper[0] == pytest.approx(expected.high, rel=1e-7, abs=1e-12)


@given(st.integers(0, 9))
def test_few_events_are_exact_by_the_quantiles_of_chi_square(events: int) -> None:
    found = poisson(events)
    lower = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    assert found.lower[0] == pytest.approx(lower, rel=1e-10)
    assert found.upper[0] == pytest.approx(stats.chi2.ppf(0.975, 2 * events + 2) / 2, rel=1e-10)


@given(st.integers(10, 200_000))
def test_byar_is_near_the_exact_interval(events: int) -> None:
    found = poisson(events)
    # Byar is within one thousandth of the tail probabilities it aims at
    assert stats.poisson.sf(events - 1, found.lower[0]) == pytest.approx(0.025, abs=0.001)
    assert stats.poisson.cdf(events, found.upper[0]) == pytest.approx(0.025, abs=0.001)


@given(counts, st.floats(1, 1e7))
def test_a_rates_interval_holds_the_rate(events: int, person_years: float) -> None:
    found = rate(events, person_years)
    assert found.lower[0] <= 1000 * events / person_years <= found.upper[0]


@given(st.integers(0, 9), st.integers(1, 400), st.integers(500, 100_000), st.integers(500, 100_000))
def test_the_exact_ratio_leaves_a_fortieth_on_each_side(a: int, b: int, n: int, m: int) -> None:
    found = rate_ratio(a, n, b, m)
    # Given a + b events, a is binomial with share n r / (n r + m): solved here by root finding
    upper = optimize.brentq(
        lambda log: stats.binom.cdf(a, a + b, _share(math.exp(log), n, m)) - 0.025, -25, 25, xtol=1e-12
    )
    assert found.upper[0] == pytest.approx(math.exp(upper), rel=1e-6)
    if a:
        lower = optimize.brentq(
            lambda log: stats.binom.sf(a - 1, a + b, _share(math.exp(log), n, m)) - 0.025, -25, 25, xtol=1e-12
        )
        assert found.lower[0] == pytest.approx(math.exp(lower), rel=1e-6)


@given(st.lists(st.tuples(counts, some), min_size=1, max_size=20))
def test_arrays_give_what_their_elements_give(cells: list[tuple[int, int]]) -> None:
    events, persons = (np.array(part) for part in zip(*cells, strict=True))
    together = rate(events, persons)
    for place, (x, n) in enumerate(cells):
        alone = rate(x, n)
        assert (together.lower[place], together.upper[place]) == (alone.lower[0], alone.upper[0])


def _share(ratio: float, n: int, m: int) -> float:
    return n * ratio / (n * ratio + m)
