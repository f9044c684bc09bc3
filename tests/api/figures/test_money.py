"""Given amounts by council, expect areas to be their sums, in whatever order, and never more than was received."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.figures.councils import explain_no_money, find_council_gap, name_year
from api.figures.coverage import Coverage, Need, Receipt
from api.figures.membership import Membership
from api.figures.money import (
    MoneyFrame,
    add_money,
    build_table,
    compute_amounts,
    compute_per_head,
)
from api.figures.status import Fact
from api.figures.windows import Window, parse_month

BOROUGHS = 34
APRIL = parse_month("2023-04")
HACKNEY, TOWER_HAMLETS = 12, 30
# Five boroughs, a BCU of two of them, and all of them.
COUNCILS = (2, 3, 12, 30, 33)
BCU, ALL = 5, 6
PENCE = st.integers(-(10**12), 10**13)


def make_frame(received: dict[int, set[int]], windows: tuple[Window, ...], period: int = 1) -> MoneyFrame:
    """Areas: each of the councils, the BCU of 12 and 30, all. `received`: months after April by council."""
    boroughs = np.zeros((len(COUNCILS) + 2, BOROUGHS))
    for place, borough in enumerate(COUNCILS):
        boroughs[place, borough] = boroughs[ALL, borough] = 1
    boroughs[BCU, [HACKNEY, TOWER_HAMLETS]] = 1
    count = len(boroughs)
    of = np.repeat(np.arange(count)[:, None], len(windows), axis=1)
    blank = np.zeros((count, 2 * (BOROUGHS + 1)))
    membership = Membership(
        of=of,
        cells=blank,
        unplaced_cells=blank,
        other_force_cells=blank,
        boroughs=boroughs,
        forces=np.ones((count, 2), dtype=bool),
        began=np.zeros(count, dtype=np.int64),
        is_empty=np.zeros(count, dtype=bool),
        held=COUNCILS,
    )
    last = max(window.last for window in windows)
    there = np.zeros((BOROUGHS, last - APRIL + 1), dtype=bool)
    for borough, months in received.items():
        there[borough, sorted(months)] = True
    nothing = np.zeros(there.shape)
    return MoneyFrame(
        first=APRIL,
        last=last,
        windows=windows,
        membership=membership,
        receipts=(Receipt(there, nothing, nothing),),
        needs=np.array([0]),
        period=period,
    )


@given(st.dictionaries(st.tuples(st.sampled_from(COUNCILS), st.integers(0, 3)), PENCE))
def test_areas_add_up_to_the_penny_and_months_count_where_all_have_them(
    paid: dict[tuple[int, int], int],
) -> None:
    received: dict[int, set[int]] = {borough: set() for borough in COUNCILS}
    for borough, month in paid:
        received[borough].add(month)
    windows = (*(Window(APRIL + month, APRIL + month) for month in range(4)), Window(APRIL, APRIL + 3))
    frame = make_frame(received, windows)
    rows = np.array(
        [[7, month, borough, pence, 1, 0] for (borough, month), pence in paid.items()], dtype=np.int64
    ).reshape(-1, 6)
    sums = add_money(build_table(rows, [7], [0, 1, 2, 3]), frame)
    areas = [*((borough,) for borough in COUNCILS), (HACKNEY, TOWER_HAMLETS), COUNCILS]
    for area, members in enumerate(areas):
        common = set.intersection(*(received[borough] for borough in members))
        for column, window in enumerate(windows):
            months = [month for month in sorted(common) if window.first <= APRIL + month <= window.last]
            due = sum(paid[borough, month] for borough in members for month in months)
            assert sums.received[0, area, column] == len(months)
            assert sums.numerator[0, area, column] == due
            value = compute_amounts(sums).value[0, area, column]
            assert value == float(Decimal(due) / 100)


@given(st.dictionaries(st.sampled_from(COUNCILS), PENCE, min_size=len(COUNCILS)))
def test_per_head_of_an_area_lies_between_those_of_its_councils(paid: dict[int, int]) -> None:
    frame = make_frame({borough: {11} for borough in COUNCILS}, (Window(APRIL, APRIL + 11),), period=12)
    rows = np.array([[7, 0, borough, pence, 0, 0] for borough, pence in paid.items()], dtype=np.int64)
    sums = add_money(build_table(rows, [7], range(12)), frame)
    residents = np.array([[[1000.0 * sum(ones)] for ones in frame.membership.boroughs * np.arange(BOROUGHS)]])
    figures = compute_per_head(sums, residents)
    values = figures.value[0, :, 0]
    of_bcu = [values[COUNCILS.index(HACKNEY)], values[COUNCILS.index(TOWER_HAMLETS)]]
    assert min(of_bcu) - 1e-6 <= values[BCU] <= max(of_bcu) + 1e-6
    assert np.isnan(figures.lower).all()
    assert sums.received[0, :, 0].tolist() == [12] * 7


def test_a_council_without_a_row_leaves_its_areas_without_a_figure() -> None:
    frame = make_frame({borough: {11} for borough in COUNCILS}, (Window(APRIL, APRIL + 11),), period=12)
    rows = np.array([[7, 0, borough, 500, 0, 0] for borough in COUNCILS if borough != HACKNEY])
    sums = add_money(build_table(rows, [7], range(12)), frame)
    figures = compute_amounts(sums)
    lacking = figures.facts[Fact.NOT_HELD][0, :, 0].tolist()
    assert lacking == [borough == HACKNEY for borough in COUNCILS] + [True, True]
    assert np.isnan(figures.value[0, BCU, 0])


def test_zero_is_told_of_returns_and_not_of_payments() -> None:
    rows = np.array([[7, 0, borough, 0 if borough == HACKNEY else 500, 0, 0] for borough in COUNCILS])
    table = build_table(rows, [7], range(12))
    year = make_frame({borough: {11} for borough in COUNCILS}, (Window(APRIL, APRIL + 11),), period=12)
    zero = compute_amounts(add_money(table, year)).facts[Fact.RETURNED_ZERO][0, :, 0].tolist()
    assert zero == [borough == HACKNEY for borough in COUNCILS] + [True, True]
    months = make_frame({borough: {0} for borough in COUNCILS}, (Window(APRIL, APRIL),))
    assert not compute_amounts(add_money(table[..., :1], months)).facts[Fact.RETURNED_ZERO].any()


RECEIVED = Coverage("received", None, frozenset({"over_500"}), {}, 1, 0, 0, 0)
PAYMENTS = Need("payment", (), frozenset({"over_500"}))


class TestGaps:
    def test_a_month_is_of_its_own_council(self) -> None:
        coverage = {("payment", 112): {APRIL: RECEIVED}}
        assert find_council_gap(coverage, PAYMENTS, HACKNEY, APRIL) is None
        assert find_council_gap(coverage, PAYMENTS, TOWER_HAMLETS, APRIL) == "no payments file was received"

    def test_councils_that_lack_the_same_are_told_together(self) -> None:
        assert explain_no_money({}, PAYMENTS, (HACKNEY, TOWER_HAMLETS), APRIL, APRIL + 1) == (
            "No payments file of Hackney council and Tower Hamlets council was received for 2023-04 to 2023-05."
        )
        assert "and 28 more councils was received" in explain_no_money(
            {}, PAYMENTS, range(1, 34), APRIL, APRIL
        )

    def test_different_gaps_are_told_apart(self) -> None:
        partial = replace(RECEIVED, status="partial", reason="it ends on 12 April")
        coverage = {("payment", 112): {APRIL: partial}}
        assert explain_no_money(coverage, PAYMENTS, (HACKNEY, TOWER_HAMLETS), APRIL, APRIL) == (
            "This month cannot be used (Hackney council, 2023-04: the file is partial: it ends on 12 April; Tower Hamlets "
            "council, 2023-04: no payments file was received)."
        )

    def test_a_return_names_the_line_or_the_council(self) -> None:
        march = parse_month("2024-03")
        need = Need("revenue_return", (), frozenset({"budget_cctv"}), 12)
        row = Coverage(
            "received",
            None,
            frozenset({"budget_cctv"}),
            {"borough:17": "Hillingdon did not return it"},
            9,
            0,
            0,
            0,
        )
        coverage = {("revenue_return", 150): {march: row}}
        assert find_council_gap(coverage, need, 17, march) == "Hillingdon did not return it"
        assert find_council_gap(coverage, need, HACKNEY, march) is None
        other = replace(need, words=frozenset({"budget_cctv", "budget_crime_reduction"}))
        assert find_council_gap(coverage, other, HACKNEY, march) == (
            "the revenue return file of 2023-24 does not have budget crime reduction"
        )

    def test_years_by_their_last_month(self) -> None:
        assert [name_year(parse_month(text)) for text in ("2000-03", "2010-03", "2024-03")] == [
            "1999-00",
            "2009-10",
            "2023-24",
        ]
