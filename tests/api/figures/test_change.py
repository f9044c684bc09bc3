"""The difference of two shares, and matched months."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.figures.change import match_months, subtract_shares
from api.figures.windows import Window, parse_month

Z = 1.959963984540054


def roots(cases: int, total: int) -> tuple[float, float]:
    """Wilson's limits as the roots of |share − p| = z √(p (1 − p) / n)."""
    a, b, c = 1 + Z**2 / total, -(2 * cases / total + Z**2 / total), (cases / total) ** 2
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def test_the_published_example() -> None:
    # Newcombe 1998, table II, example (a), method 10
    difference, (lower, upper) = subtract_shares(56, 70, 48, 80)
    assert [round(float(part[0]), 4) for part in (difference, lower, upper)] == [0.2, 0.0524, 0.3339]


@pytest.mark.parametrize(
    ("cases", "lower", "upper"),
    [
        # Newcombe 1998, table II, method 10: examples (b) 9/10 − 3/10, (c) 6/7 − 2/7, (d) 5/56 − 0/29,
        # (e) 0/10 − 0/20, (g) 10/10 − 0/20, (h) 10/10 − 0/10
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_other_published_examples(cases: tuple[int, ...], lower: float, upper: float) -> None:
    _, found = subtract_shares(*cases)
    assert (round(float(found.lower[0]), 4), round(float(found.upper[0]), 4)) == (lower, upper)


@given(st.data(), st.integers(1, 5000), st.integers(1, 5000))
def test_any_difference_is_that_of_the_formula(data: st.DataObject, n: int, m: int) -> None:
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    (l1, u1), (l2, u2) = roots(x, n), roots(y, m)
    expected = x / n - y / m
    below = math.sqrt((x / n - l1) ** 2 + (u2 - y / m) ** 2)
    above = math.sqrt((u1 - x / n) ** 2 + (y / m - l2) ** 2)
    difference, (lower, upper) = subtract_shares(x, n, y, m)
    assert float(difference[0]) == pytest.approx(expected, abs=1e-12)
    assert float(lower[0]) == pytest.approx(expected - below, rel=1e-9, abs=1e-9)
    assert float(upper[0]) == pytest.approx(expected + above, rel=1e-9, abs=1e-9)
    assert -1 <= float(lower[0]) <= expected <= float(upper[0]) <= 1


def test_turned_round_it_is_the_same_difference_below_zero() -> None:
    there, back = (
        subtract_shares([3, 50], [9, 80], [1, 20], [7, 90]),
        subtract_shares([1, 20], [7, 90], [3, 50], [9, 80]),
    )
    assert np.allclose(there[0], -back[0])
    assert np.allclose(there[1].lower, -back[1].upper)


def test_of_nothing_there_is_no_difference() -> None:
    difference, limits = subtract_shares([0, 5], [0, 10], [4, 0], [8, 0])
    assert np.isnan(difference).all()
    assert np.isnan(limits).all()


def test_matched_months_are_those_that_both_years_have() -> None:
    year = Window(parse_month("2023-09"), parse_month("2024-08"))
    now = set(range(year.first, year.last + 1)) - {parse_month("2024-02")}
    before = {month - 12 for month in range(year.first, year.last + 1)} - {parse_month("2022-12")}
    found = match_months(year, now, before)
    assert len(found.now) == len(found.before) == 10
    assert parse_month("2024-02") not in found.now
    assert parse_month("2023-12") not in found.now
    assert [a - b for a, b in zip(found.now, found.before, strict=True)] == [12] * 10


def test_months_outside_the_windows_match_nothing() -> None:
    assert match_months(Window(100, 102), {99, 100, 103}, {87, 90, 91}).now == ()
    assert match_months(Window(100, 102), {99, 100, 103}, {88, 91}) == ((100,), (88,))
