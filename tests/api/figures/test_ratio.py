"""Rate ratios: the band, the verdict in its fixed words, the differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.figures.ratio import CAUTION, GroupCounts, divide_rates, find_band, find_differences


def count(
    a: int, b: int, unknown: int = 0, *, mixed: float | None = None, spread: bool = False
) -> GroupCounts:
    """Counts of 1,000 residents of the group against 2,000."""
    parts = [np.array([part], dtype=float) for part in (a, b, unknown, 1000, 2000)]
    return GroupCounts(
        parts[0],
        parts[1],
        parts[2],
        parts[3],
        parts[4],
        with_mixed=None if mixed is None else np.array([mixed]),
        spread_unknown=spread,
    )


def test_the_band_is_every_way_in_turn() -> None:
    band = find_band([count(40, 20, 10, mixed=1600, spread=True), count(30, 25)])
    # 40/20 × 2 = 4; unknowns as White 40/30 × 2; as the group 50/20 × 2; each × 1000/1600; and 30/25 × 2
    ways = [4, 8 / 3, 5, 2.5, 5 / 3, 3.125, 2.4]
    assert (band.low[0], band.high[0]) == (pytest.approx(min(ways)), pytest.approx(max(ways)))
    assert band.verdicts == [f"Higher under every way of counting we tried (1.67 to 5.00). {CAUTION}"]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ([count(10, 100), count(20, 90)], "Lower under every way of counting we tried (0.20 to 0.44)"),
        ([count(40, 20), count(10, 25)], "Depends on how ethnicity is counted"),
        ([count(50, 90, 30, spread=True), count(55, 90)], "Depends on how unknown ethnicity is counted"),
        (
            [count(50, 90, mixed=1500), count(55, 90)],
            "Depends on how Mixed White and Black residents are counted",
        ),
        ([count(50, 100)], "Depends on how ethnicity is counted"),
        ([count(5, 0), count(5, 0)], None),
        ([count(5, 0), count(5, 5)], "Higher under every way of counting we tried (2.00 to 2.00)"),
    ],
)
def test_the_verdict_has_fixed_words(counts: list[GroupCounts], verdict: str | None) -> None:
    assert find_band(counts).verdicts == [verdict and f"{verdict}. {CAUTION}"]


def test_without_reference_events_or_residents_there_is_no_ratio() -> None:
    one = np.array([1.0])
    for a, n, b, m in ((5, 10, 0, 10), (5, 0, 5, 10), (5, 10, 5, 0), (5, np.nan, 5, 10)):
        assert np.isnan(divide_rates(a * one, n * one, b * one, m * one))


def test_differences_are_per_1000_and_in_number() -> None:
    per_1000, number = find_differences(*(np.array([part]) for part in (480.0, 60_000.0, 240.0, 120_000.0)))
    assert per_1000[0] == pytest.approx(8 - 2)
    assert number[0] == pytest.approx(480 - 2 * 60)


@given(st.lists(st.tuples(*[st.integers(0, 300)] * 3), min_size=1, max_size=4))
def test_the_band_holds_every_bases_ratio(cells: list[tuple[int, int, int]]) -> None:
    counts = [count(a, b, u, mixed=1500, spread=True) for a, b, u in cells]
    band = find_band(counts)
    for a, b, _ in cells:
        if b:
            assert band.low[0] <= 2 * a / b <= band.high[0]
    assert (band.verdicts[0] is None) == bool(np.isnan(band.low[0]))


def test_the_caution_has_fixed_words() -> None:
    assert CAUTION == (
        "This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010)."
    )
