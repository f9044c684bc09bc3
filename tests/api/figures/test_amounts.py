"""What adds up of figures, and what follows from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.figures.amounts import (
    Amount,
    add_amounts,
    divide_by_rest,
    find_value,
    read_amount,
    subtract_rest,
)
from api.figures.intervals import rate_ratio

counts = st.integers(0, 10**7)
persons = st.integers(1, 10**8)


@given(counts, persons, counts, persons)
def test_what_is_left_out_of_a_sum_leaves_the_rest(a: int, n: int, b: int, m: int) -> None:
    one, other = Amount(a, n), Amount(b, m)
    assert one.plus(other).without(one) == other
    assert add_amounts([one, other, one]) == Amount(2 * a + b, 2 * n + m)


@given(counts, persons)
def test_person_months_are_whole_again_after_their_division_by_12(events: int, months: int) -> None:
    amount = read_amount("rate", events, months / 12)
    assert amount == Amount(events, months)
    assert find_value("rate", amount) == 1000 * events / (months / 12)


def test_figures_by_their_statistic() -> None:
    assert find_value("share", read_amount("share", 3, 12.0)) == 0.25
    assert find_value("completeness", read_amount("completeness", 21, 20.0)) == 1.05
    assert find_value("count", read_amount("count", 7, None)) == 7
    ratio = read_amount("ratio", 820, 50_000.0, 640, 150_000.0)
    assert find_value("ratio", ratio) == pytest.approx(3.84375)
    assert find_value("ratio", read_amount("ratio", 820, 50_000.0, 0, 150_000.0)) is None


def test_what_is_not_known_makes_no_sum_and_no_figure() -> None:
    assert read_amount("rate", None, 5.0) is None
    assert read_amount("rate", 5, None) is None
    assert read_amount("ratio", 5, 5.0, None, 5.0) is None
    assert add_amounts([Amount(1, 2), None]) is None
    assert add_amounts([]) is None
    assert find_value("rate", None) is None
    assert find_value("share", Amount(0, 0)) is None


def test_against_the_rest() -> None:
    found = divide_by_rest(Amount(6, 48_000), Amount(20, 720_000))
    limits = rate_ratio(6, 4_000, 20, 60_000)
    assert found is not None
    assert np.allclose(
        (found.value, found.lower, found.upper), (4.5, limits.lower[0], limits.upper[0]), rtol=1e-12
    )
    assert divide_by_rest(Amount(6, 48_000), Amount(0, 720_000)) is None
    difference = subtract_rest(Amount(56, 70), Amount(48, 80))
    assert difference is not None
    digits = [round(one, 4) for one in (difference.value, difference.lower, difference.upper)]
    assert digits == [0.2, 0.0524, 0.3339]
    assert subtract_rest(Amount(1, 2), Amount(0, 0)) is None
