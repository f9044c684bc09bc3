"""Disclosure control: what is withheld, and that nothing withheld can be worked out by subtraction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from api.figures.disclosure import Table, find_withheld

# Boroughs 0 to 5; BCU of 0, 1, 2; BCU of 3, 4, 5; all; a wider area that cuts across the BCUs (0, 1, 3)
CELLS = np.array(
    [*np.eye(6), [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1], [1, 1, 0, 1, 0, 0]], dtype=float
)
SIBLINGS = np.array([1, 1, 1, 2, 2, 2, 0, 0, -1, -1])
EVERYWHERE = np.ones(len(CELLS), dtype=bool)


def make_table(
    boroughs: list[list[int]], *, totals_known: bool = False, tied: bool = False, is_wide_shown: bool = True
) -> Table:
    counts = np.array(boroughs, dtype=float) @ CELLS.T
    sensitive = np.ones(len(boroughs), dtype=bool)
    shown = EVERYWHERE.copy()
    shown[9] = is_wide_shown
    return Table(counts, CELLS, SIBLINGS, sensitive, shown, totals_known, tied)


def is_exposed(table: Table, hidden: NDArray[np.bool_]) -> bool:
    """Whether a small count follows from what is shown, by the rank of the equations (not the code's way)."""
    groups, areas = hidden.shape
    seen = []
    for group in range(groups):
        for area in range(areas):
            if not hidden[group, area]:
                row = np.zeros((groups, 6))
                row[group] = CELLS[area]
                seen.append(row.ravel())
    if table.totals_known:
        seen += [np.tile(CELLS[area], groups) for area in range(areas)]
    if not seen:
        return False
    rank = np.linalg.matrix_rank(np.stack(seen))
    for group, area in np.argwhere((table.counts > 0) & (table.counts < 5)):
        row = np.zeros((groups, 6))
        row[group] = CELLS[area]
        if np.linalg.matrix_rank(np.stack([*seen, row.ravel()])) == rank:
            return True
    return False


def test_nothing_small_nothing_withheld() -> None:
    assert not find_withheld(make_table([[5, 0, 12, 40, 7, 9]])).any()


def test_a_small_count_goes_with_the_next_smallest_of_its_bcu() -> None:
    hidden = find_withheld(make_table([[3, 40, 9, 30, 30, 30]], is_wide_shown=False))[0]
    assert hidden[:6].tolist() == [True, False, True, False, False, False]
    # The total of the BCU stands: it gives only the sum of the two
    assert hidden[6:].tolist() == [False] * 4


def test_a_zero_protects_nothing() -> None:
    hidden = find_withheld(make_table([[3, 0, 9, 30, 30, 30]], is_wide_shown=False))[0]
    assert hidden[:3].tolist() == [True, False, True]


def test_a_wider_area_across_bcus_does_not_give_a_cell_away() -> None:
    table = make_table([[3, 40, 9, 30, 30, 30]])
    # Cell 0 would follow from the area (0, 1, 3) less boroughs 1 and 3, unless something more is withheld
    hidden = find_withheld(make_table([[3, 40, 9, 30, 30, 30]]))
    assert hidden[0, 0]
    assert not is_exposed(table, hidden)


def test_a_small_bcu_is_withheld_with_another_and_what_gives_that_away() -> None:
    table = make_table([[2, 0, 0, 30, 6, 30]])
    hidden = find_withheld(table)
    assert hidden[0, 0]
    assert hidden[0, 6]
    assert not is_exposed(table, hidden)


def test_groups_that_add_up_to_a_public_total_protect_each_other() -> None:
    table = make_table([[3, 40, 20, 30, 30, 30], [50, 50, 50, 50, 50, 50]], totals_known=True)
    hidden = find_withheld(table)
    assert hidden[:, 0].all()
    assert not is_exposed(table, hidden)


def test_parts_of_one_figure_are_withheld_together() -> None:
    hidden = find_withheld(make_table([[40, 40, 40, 40, 40, 40], [2, 60, 70, 60, 60, 60]], tied=True))
    assert (hidden[0] == hidden[1]).all()
    assert hidden[0, 0]


def test_groups_that_name_nobody_are_not_small() -> None:
    table = make_table([[3, 40, 9, 30, 30, 30]])
    calm = Table(table.counts, CELLS, SIBLINGS, np.array([False]), EVERYWHERE)
    assert not find_withheld(calm).any()


def test_a_group_that_names_nobody_is_never_withheld_for_others() -> None:
    # The total is public and the last group told by the known share, so two groups must be withheld
    table = make_table([[3, 40, 20, 30, 30, 30], [50] * 6, [6] * 6], totals_known=True)
    calm = Table(table.counts, CELLS, SIBLINGS, np.array([True, True, False]), EVERYWHERE, totals_known=True)
    hidden = find_withheld(calm)
    assert hidden[:2, 0].all()
    assert not hidden[2].any()
    assert not is_exposed(table, hidden)


def test_a_large_count_can_be_withheld_as_if_it_were_small() -> None:
    table = make_table([[38, 40, 20, 30, 30, 30]])
    besides = np.zeros((1, len(CELLS)), dtype=bool)
    besides[0, 0] = True
    marked = Table(table.counts, CELLS, SIBLINGS, table.sensitive, EVERYWHERE, besides=besides)
    hidden = find_withheld(marked)
    assert hidden[0, 0]
    # Alone it would be the BCU less the other two
    assert hidden[0, 1:3].any()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 12), min_size=6, max_size=6), min_size=1, max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_no_small_count_is_shown_or_follows_from_what_is_shown(
    boroughs: list[list[int]], totals_known: bool, tied: bool
) -> None:
    table = make_table(boroughs, totals_known=totals_known and len(boroughs) > 1, tied=tied)
    hidden = find_withheld(table)
    small = (table.counts > 0) & (table.counts < 5)
    assert hidden[small].all()
    if not hidden.all():
        assert not is_exposed(table, hidden)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [2, 1, 0, 5, 4, 3]])
def test_the_pattern_is_the_same_each_time(order: list[int]) -> None:
    counts = [[3, 40, 9, 30, 4, 30][place] for place in order]
    assert (find_withheld(make_table([counts])) == find_withheld(make_table([counts]))).all()
