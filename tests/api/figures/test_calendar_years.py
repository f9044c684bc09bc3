"""Calendar years beside financial years: no chain of them may give a small count of a quarter away."""

import numpy as np
from numpy.typing import NDArray

from api.figures.calendar_years import find_withheld_calendar
from api.figures.families import STRIP_SEARCHED_CHILDREN, STRIP_SEARCHES, Family

# April to December, January to March, and the same of the next year
LARGE = {"total": 100, "under 18": 20, "not under 18": 80, "positive": 50, "not positive": 50, "no answer": 0}
BY_ETHNICITY = {"white": 30, "black": 40, "asian": 20, "other": 8, "unknown": 0}


def lay_parts(family: Family = STRIP_SEARCHES, **changed: list[int]) -> NDArray[np.int64]:
    """Parts × groups × one area: the same in each part but for groups that are `changed`."""
    counts = {**LARGE, **{f"ethnicity:{name}": count for name, count in BY_ETHNICITY.items()}}
    counts |= {f"{name} adults": 100 for name in BY_ETHNICITY}
    names = [group.name for group in family.groups]
    listed = [changed.get(name.replace(" ", "_").replace(":", "_"), [counts[name]] * 4) for name in names]
    return np.array(listed).T[:, :, None]


def find_names(family: Family, *versions: NDArray[np.int64], years: tuple[str, ...] = ()) -> set[str]:
    """The names of what is withheld in the first area; `years`: what is withheld in a financial year beside it."""
    names = [group.name for group in family.groups]
    hidden = np.repeat(np.isin(names, years)[:, None], versions[0].shape[2], axis=1)
    withheld = find_withheld_calendar(family, hidden, versions)[:, 0]
    return {name for name, is_hidden in zip(names, withheld, strict=True) if is_hidden}


AGES = {"under 18", "not under 18"}
ALL_ETHNICITIES = {f"ethnicity:{name}" for name in BY_ETHNICITY}


def test_a_year_whose_parts_are_large_is_shown() -> None:
    assert find_names(STRIP_SEARCHES, lay_parts()) == set()


def test_a_small_part_of_the_year_itself_or_beside_it_withholds_the_year() -> None:
    for part in range(4):
        children = [20, 20, 20, 20]
        children[part] = 3
        assert find_names(STRIP_SEARCHES, lay_parts(under_18=children)) == AGES


def test_what_is_withheld_in_a_financial_year_is_withheld_in_the_calendar_years_beside_it() -> None:
    assert find_names(STRIP_SEARCHES, lay_parts(), years=("under 18",)) == AGES


def test_one_group_takes_its_whole_division_with_it() -> None:
    assert find_names(STRIP_SEARCHES, lay_parts(ethnicity_asian=[20, 4, 20, 20])) == ALL_ETHNICITIES


def test_other_and_unknown_protect_each_other() -> None:
    found = find_names(STRIP_SEARCHES, lay_parts(ethnicity_unknown=[0, 1, 0, 0]))
    assert found == {"ethnicity:other", "ethnicity:unknown"}


def test_other_cannot_protect_unknown_where_there_is_nobody_else() -> None:
    parts = lay_parts(ethnicity_unknown=[0, 1, 0, 0], ethnicity_other=[0, 8, 8, 8])
    assert find_names(STRIP_SEARCHES, parts) == ALL_ETHNICITIES


def test_a_small_total_withholds_everything() -> None:
    found = find_names(STRIP_SEARCHES, lay_parts(total=[100, 2, 100, 100]))
    assert found == {group.name for group in STRIP_SEARCHES.groups}


def test_any_release_counts() -> None:
    few = lay_parts(under_18=[20, 2, 20, 20])
    assert (
        find_names(STRIP_SEARCHES, lay_parts(), few) == find_names(STRIP_SEARCHES, few, lay_parts()) == AGES
    )


def test_few_adults_tell_the_children_of_their_ethnicity() -> None:
    parts = lay_parts(STRIP_SEARCHED_CHILDREN, black_adults=[100, 3, 100, 100])
    assert {"ethnicity:black", "black adults"} <= find_names(STRIP_SEARCHED_CHILDREN, parts)


def test_of_two_areas_that_differ_by_few_only_the_first_is_shown() -> None:
    met = lay_parts()
    located = lay_parts(under_18=[20, 18, 20, 20])
    both = np.concatenate([met, located], axis=2)
    withheld = find_withheld_calendar(STRIP_SEARCHES, np.zeros(both.shape[1:], dtype=bool), [both])
    names = [group.name for group in STRIP_SEARCHES.groups]
    assert not withheld[:, 0].any()
    assert {name for name, is_hidden in zip(names, withheld[:, 1], strict=True) if is_hidden} == AGES
