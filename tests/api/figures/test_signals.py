"""XmR charts: the three rules, what ends a run, and where a series restarts."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.figures.signals import Chart, Signal, describe_signal, explain_segment, find_signals
from api.figures.windows import parse_month

FIRST = parse_month("2022-01")


def seen(chart: Chart) -> set[tuple[str, str, int, int]]:
    return {(one.rule, one.direction, one.first - FIRST, one.last - FIRST) for one in chart.signals}


def slow_signals(values: list[float]) -> set[tuple[str, str, int, int]]:
    """Every signal of one unbroken segment, place by place, in whole fractions."""
    there = [Fraction(value) for value in values if value == value]
    moving = [abs(Fraction(b) - Fraction(a)) for a, b in pairwise(values) if a == a and b == b]
    if len(there) < 12 or not moving:
        return set()
    centre = sum(there) / len(there)
    half = Fraction(266, 100) * sum(moving) / len(moving)
    low, high = max(Fraction(0), centre - half), centre + half
    found = set()
    for place, value in enumerate(values):
        if value > high:
            found.add(("outside", "above", place, place))
        if value < low:
            found.add(("outside", "below", place, place))
    rules: dict[tuple[str, str], tuple[int, Callable[[list[float]], bool]]] = {
        ("one_side", "above"): (8, lambda part: all(value > centre for value in part)),
        ("one_side", "below"): (8, lambda part: all(value < centre for value in part)),
        ("trend", "rising"): (6, lambda part: all(a < b for a, b in pairwise(part))),
        ("trend", "falling"): (6, lambda part: all(a > b for a, b in pairwise(part))),
    }
    for start in range(len(values)):
        for end in range(start, len(values)):
            run = values[start : end + 1]
            longer = [
                values[at : until + 1]
                for at, until in ((start - 1, end), (start, end + 1))
                if at >= 0 and until < len(values)
            ]
            for (rule, name), (least, holds) in rules.items():
                if len(run) >= least and holds(run) and not any(holds(part) for part in longer):
                    found.add((rule, name, start, end))
    return found


def test_the_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    values = [10, 12, 11, 13, 9, 10, 12, 11, 10, 13, 11, 10]
    # ranges 2 1 2 4 1 2 1 1 3 2 1: 20 over 11; mean 132 over 12
    (segment,) = find_signals(values, FIRST).segments
    assert segment.centre == pytest.approx(11)
    assert segment.lower == pytest.approx(11 - 2.66 * 20 / 11)
    assert segment.upper == pytest.approx(11 + 2.66 * 20 / 11)
    assert not find_signals(values, FIRST).signals


def test_a_point_outside() -> None:
    chart = find_signals([10, 11, 10, 11, 10, 11, 10, 30, 10, 11, 10, 11, 10, 11], FIRST)
    assert seen(chart) == {("outside", "above", 7, 7)}
    assert describe_signal(chart.signals[0]) == "2022-08 lies above the upper limit"


def test_eight_in_a_row_on_one_side() -> None:
    chart = find_signals([10, 11] * 4 + [14, 15] * 4, FIRST)
    assert ("one_side", "below", 0, 7) in seen(chart)
    assert ("one_side", "above", 8, 15) in seen(chart)
    assert "8 months in a row above the centre, 2022-09 to 2023-04" in map(describe_signal, chart.signals)


def test_seven_in_a_row_are_no_signal() -> None:
    values = [10, 14] * 4 + [13, 14, 13, 14, 13, 14, 9, 14, 10, 9]
    assert not [one for one in find_signals(values, FIRST).signals if one.rule == "one_side"]


def test_six_in_a_row_rising_or_falling() -> None:
    rising = find_signals([20, 10, 20, 10, 12, 14, 16, 18, 20, 10, 20, 10], FIRST)
    assert seen(rising) == {("trend", "rising", 3, 8)}
    assert describe_signal(rising.signals[0]) == "rising from 2022-04 to 2022-09, 6 months"
    falling = find_signals([10, 20, 10, 20, 18, 16, 14, 12, 10, 20, 10, 20], FIRST)
    assert seen(falling) == {("trend", "falling", 3, 8)}


def test_five_rising_or_an_equal_month_is_no_trend() -> None:
    assert not find_signals([20, 10, 20, 10, 12, 14, 16, 18, 10, 20, 10, 20], FIRST).signals
    assert not find_signals([20, 10, 20, 10, 12, 14, 14, 16, 18, 10, 20, 10], FIRST).signals


def test_a_missing_month_ends_a_run_and_has_no_moving_range() -> None:
    gap = math.nan
    values = [10, 12, 14, gap, 16, 18, 20, 10, 20, 10, 20, 10, 20, 10]
    (segment,) = find_signals(values, FIRST).segments
    assert segment.points == 13
    # 2 2 | 2 2 10 10 10 10 10 10 10, not the 2 from 14 to 16
    assert segment.upper == pytest.approx(sum(values[:3] + values[4:]) / 13 + 2.66 * 78 / 11)
    assert not find_signals(values, FIRST).signals


def test_the_series_restarts_at_a_break() -> None:
    before, after = [10.0, 11.0] * 6, [30.0, 31.0] * 6
    chart = find_signals(before + after, FIRST, breaks={FIRST + 12})
    assert [(one.first - FIRST, one.last - FIRST, one.centre) for one in chart.segments] == [
        (0, 11, 10.5),
        (12, 23, 30.5),
    ]
    assert not chart.signals
    assert find_signals(before + after, FIRST).signals


def test_fewer_than_12_points_have_no_limits_and_say_so() -> None:
    chart = find_signals([1.0, 50.0] * 6 + [math.nan] + [3.0, 90.0], FIRST, breaks={FIRST + 12})
    told, silent = chart.segments
    assert explain_segment(told) is None
    assert silent.centre is None
    assert explain_segment(silent) == (
        "No limits for 2023-01 to 2023-03: 2 months have a figure, and limits need at least 12 between two "
        "breaks of the series."
    )


def test_breaks_outside_the_series_or_at_its_start_divide_nothing() -> None:
    assert len(find_signals([1.0] * 12, FIRST, breaks={FIRST, FIRST - 5, FIRST + 12}).segments) == 1


def test_a_series_that_never_moves_signals_nothing() -> None:
    assert not find_signals([0.1] * 30, FIRST).signals
    assert not find_signals([0.0] * 30, FIRST).signals


def test_limits_stay_within_what_the_figure_can_be() -> None:
    (segment,) = find_signals([0.0, 1.0] * 8, FIRST, ceiling=1.0).segments
    assert (segment.lower, segment.upper) == (0.0, 1.0)


@given(st.lists(st.one_of(st.integers(0, 9).map(float), st.just(math.nan)), min_size=1, max_size=30))
def test_any_series_signals_what_the_rules_say(values: list[float]) -> None:
    assert seen(find_signals(np.array(values), FIRST)) == slow_signals(values)


def test_a_signal_is_told_once() -> None:
    chart = find_signals([1.0] * 8 + [9.0] * 10, FIRST)
    runs = [one for one in chart.signals if one.rule == "one_side"]
    assert runs == [
        Signal("one_side", "below", FIRST, FIRST + 7),
        Signal("one_side", "above", FIRST + 8, FIRST + 17),
    ]
