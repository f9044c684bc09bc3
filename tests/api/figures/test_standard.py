"""Directly standardised rates of several areas at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from api.figures.intervals import standardised_rate


def fay_feuer(events: list[float], years: list[float], standard: list[float]) -> tuple[float, float, float]:
    """Fay and Feuer (1997): a gamma interval for a weighted sum of Poisson counts, per 1,000."""
    whole = sum(standard)
    weights = [one / whole / t for one, t in zip(standard, years, strict=True)]
    value = sum(w * x for w, x in zip(weights, events, strict=True))
    variance = sum(w * w * x for w, x in zip(weights, events, strict=True))
    largest = max(weights)
    lower = 0.0 if value == 0 else float(stats.gamma.ppf(0.025, value**2 / variance, scale=variance / value))
    above, spread = value + largest, variance + largest**2
    upper = float(stats.gamma.ppf(0.975, above**2 / spread, scale=spread / above))
    return 1000 * value, 1000 * lower, 1000 * upper


def test_the_check_value_of_the_specification() -> None:
    found = standardised_rate([[12, 30, 5]], [[4000, 9000, 2500]], [0.3, 0.5, 0.2])
    digits = [round(float(part[0]), 3) for part in found]
    assert digits == [2.967, 2.171, 3.980]


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(100, 300_000), st.integers(1, 9_000_000)),
        min_size=1,
        max_size=8,
    )
)
def test_any_rate_is_that_of_the_paper(groups: list[tuple[int, int, int]]) -> None:
    events, years, standard = np.array(groups, dtype=np.float64).T.tolist()
    found = standardised_rate(np.array([events, events]), np.array([years, years]), np.array(standard))
    expected = fay_feuer(events, years, standard)
    for place in range(2):
        got = tuple(float(part[place]) for part in found)
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_an_area_of_the_standards_own_ages_has_its_crude_rate() -> None:
    value, _, _ = standardised_rate([[10, 40, 30]], [[1000, 2000, 3000]], [10, 20, 30])
    assert float(value[0]) == pytest.approx(1000 * 80 / 6000)


def test_an_unknown_count_or_nobody_in_a_group_gives_no_rate() -> None:
    events = np.array([[math.nan, 5], [3, 5], [3, 5]])
    value, _, upper = standardised_rate(events, [[10, 10], [0, 10], [10, 10]], [1, 1])
    assert np.isnan(value).tolist() == [True, True, False]
    assert np.isnan(upper).tolist() == [True, True, False]
