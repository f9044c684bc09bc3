"""Disclosure control: what is withheld, and that nothing withheld can be worked out of what is shown."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from api.figures.disclosure import Table, find_withheld, lay_places
from api.figures.families import FAMILIES, SEARCHES_BY_AGE, STRIP_SEARCHES, Family, Group, Origin, find_family
from sql.measure import group_codes, load_measures
from tests.oracle.intruder import Intruder, Sum

# Boroughs 0 to 5; BCU of 0, 1, 2; BCU of 3, 4, 5; inner (0, 1, 3) and outer (2, 4, 5), which cut across; all.
CELLS = np.array(
    [
        *np.eye(6),
        [1, 1, 1, 0, 0, 0],
        [0, 0, 0, 1, 1, 1],
        [1, 1, 0, 1, 0, 0],
        [0, 0, 1, 0, 1, 1],
        [1, 1, 1, 1, 1, 1],
    ],
    dtype=float,
)
BCU, INNER, OUTER, ALL = 6, 8, 9, 10
COST = np.array([*[1.0] * 10, 100.0])
UNITS = np.array([place in (6, 7) for place in range(len(CELLS))])
ALONE = Family(
    name="of one kind",
    total=Group("total", Origin("m", "total")),
    divisions=(),
    sums={},
    remainders={},
    shows={},
    unknown={},
)
DIVIDED = Family(
    name="of three kinds",
    total=Group("total", is_sensitive=False),
    divisions=(tuple(Group(name, Origin("m", name)) for name in "abc"),),
    sums={"b and c": ("b", "c")},
    remainders={},
    shows={},
    unknown={},
)


few = st.lists(st.integers(0, 9), min_size=6, max_size=6)


def lay_table(counts: NDArray[np.int64], *, shown: Sequence[int] = range(len(CELLS))) -> Table:
    """A table of groups × boroughs."""
    is_shown = np.isin(np.arange(len(CELLS)), shown)
    places, place_of = lay_places(CELLS * is_shown[:, None], COST, UNITS)
    by_place = np.zeros((len(counts), places.holds.shape[1]), dtype=np.int64)
    np.add.at(by_place.T, place_of[place_of >= 0], counts.T[place_of >= 0])
    watched = np.broadcast_to(is_shown, (len(counts), len(CELLS))).copy()
    # A total that is public protects nobody and is not protected.
    watched[0] &= len(counts) == 1
    return Table(by_place, places, is_shown, watched)


def of_one_kind(counts: list[int], shown: Sequence[int] = range(len(CELLS))) -> Table:
    return lay_table(np.array([counts]), shown=shown)


def of_three_kinds(counts: list[list[int]]) -> Table:
    a, b, c = np.array(counts)
    return lay_table(np.stack([a + b + c, a, b, c, b + c]))


def find_given_away(table: Table, hidden: NDArray[np.bool_], relations: list[dict[int, int]]) -> list[Sum]:
    """The counts of 1 to 4 that follow from what is not hidden, by looking for other worlds."""
    groups, places = table.counts.shape
    intruder = Intruder({(g, p): int(table.counts[g, p]) for g in range(groups) for p in range(places)})

    def figure(group: int, area: int) -> Sum:
        return {(group, place): 1 for place in range(places) if table.places.holds[area, place]}

    for group in range(groups):
        for area in np.flatnonzero(table.shown).tolist():
            if not hidden[group, area]:
                intruder.learn(figure(group, area))
    for relation in relations:
        for place in range(places):
            intruder.learn({(group, place): weight for group, weight in relation.items()}, 0)
    small = (table.figures > 0) & (table.figures < 5) & table.watched
    return intruder.find_given_away([figure(group, area) for group, area in np.argwhere(small).tolist()])


def test_nothing_small_nothing_withheld() -> None:
    assert not find_withheld(ALONE, [of_one_kind([5, 0, 12, 40, 7, 9])]).any()


def test_a_small_count_goes_with_the_next_smallest_of_its_bcu() -> None:
    hidden = find_withheld(ALONE, [of_one_kind([3, 9, 40, 30, 30, 30])])[0]
    assert np.flatnonzero(hidden).tolist() == [0, 1]
    # The totals of the BCU and of inner London stand: they give only the sum of the two


def test_a_zero_protects_nothing() -> None:
    hidden = find_withheld(ALONE, [of_one_kind([3, 0, 9, 30, 30, 30], shown=range(8))])[0]
    assert np.flatnonzero(hidden).tolist() == [0, 2]


def test_a_wider_area_across_bcus_does_not_give_a_cell_away() -> None:
    # The only other borough of the BCU that has any lies in outer London, and so does not protect borough 0 alone
    table = of_one_kind([3, 0, 9, 30, 30, 30])
    hidden = find_withheld(ALONE, [table])
    assert hidden[0, 0]
    assert not find_given_away(table, hidden, [])


def test_two_counts_of_1_whose_sum_is_public_protect_nothing() -> None:
    table = of_one_kind([1, 1, 40, 30, 30, 30])
    hidden = find_withheld(ALONE, [table])[0]
    # 1 + 1 = 2 leaves no other way without a zero, which would be shown: so more is withheld
    assert np.flatnonzero(hidden).tolist() != [0, 1]
    assert hidden[[0, 1]].all()


def test_a_larger_area_is_withheld_where_no_borough_can_help() -> None:
    table = of_one_kind([2, 0, 0, 30, 6, 30])
    hidden = find_withheld(ALONE, [table])
    assert hidden[0, [0, BCU]].all()
    assert not find_given_away(table, hidden, [])


def test_the_whole_is_the_last_to_be_withheld() -> None:
    assert not find_withheld(ALONE, [of_one_kind([2, 0, 0, 30, 6, 30])])[0, ALL]


def test_groups_that_add_up_to_a_public_total_protect_each_other() -> None:
    table = of_three_kinds([[3, 40, 20, 30, 30, 30], [50] * 6, [60] * 6])
    hidden = find_withheld(DIVIDED, [table])
    assert hidden[1:4, 0].sum() == 2
    assert not hidden[0].any()
    assert not find_given_away(table, hidden, [{0: 1, 1: -1, 2: -1, 3: -1}, {4: 1, 2: -1, 3: -1}])


def test_those_who_are_not_counted_may_be_few_too() -> None:
    # b and c together are 3 in borough 0, so that a and the total would give them away
    table = of_three_kinds([[40] * 6, [0, 30, 30, 30, 30, 30], [3, 30, 30, 30, 30, 30]])
    hidden = find_withheld(DIVIDED, [table])
    assert hidden[4, 0]
    assert hidden[1, 0]


def test_what_one_release_hides_all_releases_hide() -> None:
    before, after = of_one_kind([3, 9, 40, 30, 30, 30]), of_one_kind([7, 9, 40, 4, 30, 12])
    hidden = find_withheld(ALONE, [before, after])
    assert hidden[0, [0, 3]].all()
    for table in (before, after):
        assert not find_given_away(table, hidden, [])


@settings(deadline=None, max_examples=40)
@given(few, few)
def test_a_later_release_only_adds_to_what_is_withheld(before: list[int], after: list[int]) -> None:
    # Whoever kept the answers of before would else subtract them from those of now
    tables = [of_one_kind(before), of_one_kind(after)]
    assert (find_withheld(ALONE, tables) >= find_withheld(ALONE, tables[:1])).all()


def test_a_count_can_be_protected_whatever_it_is() -> None:
    plain = of_one_kind([38, 40, 20, 30, 30, 30])
    besides = np.zeros((1, len(CELLS)), dtype=bool)
    besides[0, 0] = True
    marked = Table(plain.counts, plain.places, plain.shown, plain.watched, besides)
    assert np.flatnonzero(find_withheld(ALONE, [marked])[0]).tolist() == [0, 1]


def test_areas_without_figures_need_no_protection() -> None:
    assert not find_withheld(ALONE, [of_one_kind([3, 9, 40, 30, 30, 30], shown=range(3, 6))]).any()


@settings(deadline=None, max_examples=40)
@given(few)
def test_no_count_alone_is_shown_or_follows_from_what_is_shown(boroughs: list[int]) -> None:
    table = of_one_kind(boroughs)
    hidden = find_withheld(ALONE, [table])
    small = (table.figures > 0) & (table.figures < 5)
    assert hidden[small].all()
    assert not find_given_away(table, hidden, [])


@settings(deadline=None, max_examples=40)
@given(st.lists(few, min_size=3, max_size=3))
def test_no_count_of_a_group_is_shown_or_follows_from_what_is_shown(boroughs: list[list[int]]) -> None:
    table = of_three_kinds(boroughs)
    hidden = find_withheld(DIVIDED, [table])
    small = (table.figures > 0) & (table.figures < 5)
    small[0] = False
    assert hidden[small].all()
    assert not find_given_away(table, hidden, [{0: 1, 1: -1, 2: -1, 3: -1}, {4: 1, 2: -1, 3: -1}])


@pytest.mark.parametrize("seed", range(3))
def test_the_pattern_is_the_same_each_time_and_is_found_quickly(seed: int) -> None:
    counts = np.random.default_rng(seed).poisson(4, (3, 6)).tolist()
    first, second = (find_withheld(DIVIDED, [of_three_kinds(counts)]) for _ in range(2))
    assert (first == second).all()


class TestFamilies:
    """Every figure about few people belongs to a family that knows what it shows."""

    def test_every_small_figure_has_a_family(self) -> None:
        classes = {
            "age": ("10_17", "18_24", "25_34", "over_34", "unknown"),
            "ethnicity_officer": ("white", "asian", "black", "other", "unknown"),
        }
        for measure in load_measures().values():
            for grouping in measure.groups:
                if measure.small or grouping.small:
                    for code in group_codes(measure, measure.basis_codes[0], _Filled(classes)):
                        if code.startswith(grouping.dimension):
                            assert find_family(measure.metric, code), f"{measure.metric} {code}"
            if measure.small and measure.statistic != "ratio":
                assert find_family(measure.metric, "total"), measure.metric

    @pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
    def test_what_a_figure_shows_is_a_group_of_its_family(self, family: Family) -> None:
        names = [group.name for group in family.groups]
        assert len(set(names)) == len(names)
        for shown in (*family.shows.values(), family.unknown.values(), family.pair or ()):
            assert set(shown) <= set(names)

    def test_children_and_the_rest_are_withheld_together(self) -> None:
        assert STRIP_SEARCHES.shows["strip_search_under_18_count", "total"] == ("under 18", "not under 18")
        assert SEARCHES_BY_AGE.shows["stop_search_under_18_share", "total"] == ("age:10_17", "adults")

    def test_what_no_family_knows_has_none(self) -> None:
        assert find_family("strip_search_rate", "height:tall") is None


class _Filled(dict[str, tuple[str, ...]]):
    """Classes of fields that do not matter here."""

    def __missing__(self, field: str) -> tuple[str, ...]:
        return ()
