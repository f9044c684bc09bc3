"""Funnel limits: agreement with the papers' formulas written out one area at a time."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from api.figures.funnel import beyond, find_funnel, judge, position

AREAS = [
    (3294, 266_200.0), (2429, 334_500.0), (4042, 263_700.0), (1200, 389_000.0), (2900, 310_000.0),
    (5100, 320_000.0), (700, 196_000.0), (2200, 150_000.0), (4900, 372_000.0), (1500, 210_000.0),
    (8, 1_000.0), (0, 900.0),
]  # fmt: skip


def quantile(values: list[float], share: float) -> float:
    """The quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def spiegelhalter(areas: list[tuple[int, float]], statistic: str) -> dict[str, object]:
    """Spiegelhalter (2005), step by step."""
    per = 1000 if statistic == "rate" else 1
    forward = math.sqrt if statistic == "rate" else lambda share: math.asin(math.sqrt(share))

    def back(value: float) -> float:
        if statistic == "rate":
            return max(value, 0.0) ** 2
        return math.sin(min(max(value, 0.0), math.pi / 2)) ** 2

    pooled = sum(x for x, _ in areas) / sum(n for _, n in areas)
    target = forward(pooled)
    errors = [1 / (2 * math.sqrt(n)) for _, n in areas]
    z = [(forward(x / n) - target) / s for (x, n), s in zip(areas, errors, strict=True)]
    low, high = quantile(z, 0.1), quantile(z, 0.9)
    phi = statistics.fmean(min(max(one, low), high) ** 2 for one in z)
    weights = [1 / s**2 for s in errors]
    count = len(areas)
    if count * phi < count - 1:
        tau2 = 0.0
    else:
        between = sum(weights) - sum(w**2 for w in weights) / sum(weights)
        tau2 = (count * phi - (count - 1)) / between
    wide = [math.sqrt(s**2 + tau2) for s in errors]
    limits = {
        share: [(per * back(target - k * one), per * back(target + k * one)) for one in wide]
        for share, k in (("95", float(stats.norm.ppf(0.975))), ("998", float(stats.norm.ppf(0.999))))
    }
    adjusted = [one * s / w for one, s, w in zip(z, errors, wide, strict=True)]
    return {"target": per * pooled, "phi": phi, "tau2": tau2, "z": adjusted, **limits}


def assert_equal(areas: list[tuple[int, float]], statistic: str) -> None:
    found = find_funnel([x for x, _ in areas], [n for _, n in areas], statistic)
    expected = spiegelhalter(areas, statistic)
    assert found.target == pytest.approx(expected["target"], rel=1e-9)
    assert found.phi == pytest.approx(expected["phi"], rel=1e-9, abs=1e-12)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=1e-9, abs=1e-12)
    assert found.z.tolist() == pytest.approx(expected["z"], rel=1e-9, abs=1e-9)
    drawn = {
        "95": list(zip(found.lower_95.tolist(), found.upper_95.tolist(), strict=True)),
        "998": list(zip(found.lower_998.tolist(), found.upper_998.tolist(), strict=True)),
    }
    for share, pairs in drawn.items():
        listed: object = expected[share]
        assert isinstance(listed, list)
        for pair, wanted in zip(pairs, listed, strict=True):
            assert pair == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_a_funnel_of_rates_is_that_of_the_paper() -> None:
    assert_equal(AREAS, "rate")


def test_a_funnel_of_shares_is_that_of_the_paper() -> None:
    assert_equal([(int(n * 0.3) % 97 + 3, 100.0 + 13 * place) for place, (_, n) in enumerate(AREAS)], "share")


@given(
    st.lists(
        st.tuples(st.integers(0, 9000), st.integers(9000, 400_000).map(float)), min_size=3, max_size=33
    ).filter(lambda areas: any(x for x, _ in areas)),
    st.sampled_from(["rate", "share"]),
)
def test_any_funnel_is_that_of_the_paper(areas: list[tuple[int, float]], statistic: str) -> None:
    assert_equal(areas, statistic)


def test_without_overdispersion_the_limits_are_those_of_chance_alone() -> None:
    # ten areas that differ by less than chance: Iφ < I − 1
    counts = [98, 99, 100, 101, 102, 100, 99, 101, 100, 100]
    found = find_funnel(counts, [1000.0] * 10, "rate")
    assert found.tau2 == 0
    target = math.sqrt(0.1)
    s = 1 / (2 * math.sqrt(1000))
    assert found.upper_95[0] == pytest.approx(1000 * (target + 1.959963984540054 * s) ** 2, rel=1e-12)
    assert {position(z) for z in found.z.tolist()} == {"Similar"}


def test_areas_without_a_figure_are_ignored_and_have_no_position() -> None:
    counts, years = [x for x, _ in AREAS], [n for _, n in AREAS]
    found = find_funnel([*counts, math.nan, 5], [*years, 1000.0, 0.0], "rate")
    alone = find_funnel(counts, years, "rate")
    assert found.z[: len(AREAS)].tolist() == alone.z.tolist()
    assert np.isnan(found.z[len(AREAS) :]).all()
    assert np.isnan(found.upper_998[len(AREAS) :]).all()
    assert [position(z) for z in found.z[len(AREAS) :].tolist()] == ["No data", "No data"]


def test_with_no_area_at_all_there_is_no_target() -> None:
    found = find_funnel([math.nan], [math.nan], "share")
    assert math.isnan(found.target)
    assert position(float(found.z[0])) == "No data"


def test_a_target_may_be_given() -> None:
    assert find_funnel([10, 20, 30], [1000.0] * 3, "rate", target=20.0).z.tolist()[1] == pytest.approx(0)


@pytest.mark.parametrize(
    ("z", "where", "limits"),
    [
        (0.0, "Similar", None), (1.95, "Similar", None), (-1.95, "Similar", None),
        (1.97, "Higher", "95%"), (-1.97, "Lower", "95%"), (3.08, "Higher", "95%"),
        (3.10, "Higher", "99.8%"), (-3.10, "Lower", "99.8%"), (math.nan, "No data", None),
    ],
)  # fmt: skip
def test_positions(z: float, where: str, limits: str | None) -> None:
    assert position(z) == where
    assert beyond(z) == limits


def test_an_area_lies_outside_its_limits_as_its_position_says() -> None:
    found = find_funnel([x for x, _ in AREAS], [n for _, n in AREAS], "rate")
    for place, (x, n) in enumerate(AREAS):
        value = 1000 * x / n
        where = (
            "Higher"
            if value > found.upper_95[place]
            else "Lower"
            if value < found.lower_95[place]
            else "Similar"
        )
        assert position(float(found.z[place])) == where


def test_one_more_figure_is_judged_as_if_it_were_an_area() -> None:
    found = find_funnel([x for x, _ in AREAS], [n for _, n in AREAS], "rate")
    assert judge(found, *AREAS[3]) == pytest.approx(float(found.z[3]), rel=1e-12)
    assert math.isnan(judge(found, 1, 0))
