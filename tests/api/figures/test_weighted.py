"""Survey shares of areas: weights, effective numbers, and which changes are more than chance."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from api.figures.coverage import Receipt
from api.figures.exposure import read_exposures
from api.figures.membership import Member, resolve_memberships
from api.figures.rollup import Sums, build_cube
from api.figures.weighted import (
    DESIGN_EFFECT,
    SurveyFrame,
    compute_weighted_shares,
    find_residents,
    is_survey_change,
    weigh,
)
from api.figures.windows import Window, parse_month

HACKNEY, TOWER_HAMLETS = 12, 30
Z = 1.959963984540054


def of(*boroughs: int) -> list[Member]:
    return [Member(borough, None, date.min, date.max) for borough in boroughs]


def add(
    areas: list[list[Member]],
    shares: dict[int, tuple[float, int]],
    residents: dict[int, int],
    *,
    end: str = "2023-12",
) -> Sums:
    """The sums of areas in one rolling year, from (share, interviews) and the residents of each borough."""
    last = parse_month(end)
    window = Window(last - 11, last)
    received = np.zeros((2, 12), dtype=bool)
    received[0, 11] = True
    rows = read_exposures(
        {"population": "residents", "borough": b, "year": last // 12, "persons": n, "vintage": "V"}
        for b, n in residents.items()
    )
    frame = SurveyFrame(
        first=window.first,
        last=last,
        windows=(window,),
        membership=resolve_memberships(areas, [window], {b: 1 + (b == 1) for b in range(1, 34)}),
        receipts=(Receipt(received, np.ones((2, 12)), np.zeros((2, 12))),),
        needs=np.array([0]),
        residents=find_residents(rows.get("residents"), (window,)),
    )
    cells = [[7, 0, b, 1, round(10_000 * share), 0, 0, n, 0] for b, (share, n) in shares.items()]
    return weigh(build_cube(np.array(cells), [7], [30 * month for month in range(12)]), frame)


def wilson_by_its_equation(share: float, n: float) -> tuple[float, float]:
    """The two p at which |share − p| = z √(p(1 − p) / n): the interval's definition, solved."""

    def distance(p: float) -> float:
        return (share - p) ** 2 - Z**2 * p * (1 - p) / n

    return brentq(distance, 0, share, xtol=1e-14), brentq(distance, share, 1, xtol=1e-14)


def test_four_hundred_interviews_tell_five_and_a_half_points_at_half() -> None:
    figures = compute_weighted_shares(add([of(HACKNEY)], {HACKNEY: (0.5, 400)}, {}))
    assert figures.value.item() == 0.5
    assert figures.denominator.item() == pytest.approx(307.69, abs=0.005)
    assert (figures.upper - figures.lower).item() / 2 == pytest.approx(0.056, abs=0.0006)
    found = figures.lower.item(), figures.upper.item()
    assert found == pytest.approx(wilson_by_its_equation(0.5, 400 / 1.3), abs=1e-12)


def test_a_borough_alone_needs_no_residents() -> None:
    sums = add([of(HACKNEY)], {HACKNEY: (0.56, 390)}, {})
    assert compute_weighted_shares(sums).value.item() == pytest.approx(0.56, abs=1e-12)
    assert sums.base.item() == pytest.approx(300)
    assert sums.received.item() == 12


def test_two_boroughs_weigh_by_their_residents() -> None:
    shares = {HACKNEY: (0.6, 400), TOWER_HAMLETS: (0.4, 390)}
    sums = add([of(HACKNEY, TOWER_HAMLETS)], shares, {HACKNEY: 300_000, TOWER_HAMLETS: 100_000})
    assert compute_weighted_shares(sums).value.item() == pytest.approx((3 * 0.6 + 0.4) / 4)
    # (3 + 1)² / (9 / 307.69 + 1 / 300)
    assert sums.base.item() == pytest.approx(16 / (9 * 1.3 / 400 + 1 / 300))


@given(
    st.dictionaries(
        st.integers(2, 33),
        st.tuples(st.integers(0, 10_000), st.integers(100, 900), st.integers(1_000, 400_000)),
        min_size=2,
    )
)
def test_any_boroughs_against_the_formula(boroughs: dict[int, tuple[int, int, int]]) -> None:
    sums = add(
        [of(*boroughs)],
        {b: (share / 10_000, n) for b, (share, n, _) in boroughs.items()},
        {b: persons for b, (_, _, persons) in boroughs.items()},
    )
    weight = math.fsum(w for _, _, w in boroughs.values())
    share = math.fsum(w * s for s, _, w in boroughs.values()) / 10_000 / weight
    effective = weight**2 / math.fsum(w * w / (n / DESIGN_EFFECT) for _, n, w in boroughs.values())
    figures = compute_weighted_shares(sums)
    assert figures.value.item() == pytest.approx(share, abs=1e-12)
    assert figures.denominator.item() == pytest.approx(effective, rel=1e-12)
    # unequal weights never tell more than all interviews together
    assert effective <= math.fsum(n for _, n, _ in boroughs.values()) / DESIGN_EFFECT + 1e-6
    assert 0 <= figures.lower.item() <= share + 1e-12
    assert share - 1e-12 <= figures.upper.item() <= 1


def test_without_residents_of_one_borough_several_have_no_share() -> None:
    shares = {HACKNEY: (0.6, 400), TOWER_HAMLETS: (0.4, 400)}
    sums = add([of(HACKNEY, TOWER_HAMLETS), of(TOWER_HAMLETS)], shares, {HACKNEY: 300_000})
    value = compute_weighted_shares(sums).value.ravel()
    assert np.isnan(value[0])
    assert value[1] == pytest.approx(0.4)


def test_without_the_share_of_one_borough_several_have_none() -> None:
    sums = add([of(HACKNEY, TOWER_HAMLETS)], {HACKNEY: (0.6, 400)}, {HACKNEY: 1, TOWER_HAMLETS: 1})
    assert sums.base.item() == 0
    assert np.isnan(compute_weighted_shares(sums).value.item())


def test_where_the_city_belongs_nothing_was_received() -> None:
    sums = add([of(1), of(1, HACKNEY)], {HACKNEY: (0.6, 400)}, {1: 8_000, HACKNEY: 250_000})
    assert sums.received.ravel().tolist() == [0, 0]
    assert sums.base.ravel().tolist() == [0, 0]


@pytest.mark.parametrize(
    ("before", "after", "months_apart", "is_change"),
    [
        (0.60, 0.52, 12, True),
        (0.52, 0.60, 12, True),
        (0.60, 0.53, 12, False),
        # 7.9 points exactly are not beyond 7.9 points
        (0.600, 0.521, 12, False),
        (0.60, 0.40, 3, False),
        (0.60, 0.40, 24, False),
    ],
)
def test_changes(before: float, after: float, months_apart: int, is_change: bool) -> None:
    assert is_survey_change(before, after, months_apart) is is_change


def test_the_least_change_is_that_of_two_independent_boroughs() -> None:
    # √2 × 5.6 points
    assert is_survey_change(0.5, 0.5 + math.sqrt(2) * 0.056 + 1e-4)
    assert not is_survey_change(0.5, 0.5 + 0.0785)
