"""What stands beside a figure, against the plainest way to find it."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from api.figures.beside import join_windows, leave_out, match_frames, shift_back
from api.figures.change import match_months
from api.figures.coverage import Receipt
from api.figures.membership import Member, cell_of, resolve_memberships
from api.figures.rollup import Frame
from api.figures.windows import Window

MET, CITY = 1, 2
HOME = {1: CITY} | dict.fromkeys(range(2, 34), MET)
ALWAYS = (date(2000, 1, 1), date.max)
WINDOW = Window(2023 * 12, 2023 * 12 + 11)


def members(boroughs: set[int], force: int | None = None) -> list[Member]:
    """Members for all time."""
    return [Member(borough, force, *ALWAYS) for borough in sorted(boroughs)]


@given(
    areas=st.lists(st.sets(st.integers(-1, 33), max_size=6), min_size=1, max_size=4),
    force=st.sampled_from([None, MET, CITY]),
)
def test_the_rest_is_the_whole_without_the_area(areas: list[set[int]], force: int | None) -> None:
    whole = set(range(2, 34))
    given_areas = [members(area, force) for area in areas]
    found = leave_out(resolve_memberships([*given_areas, members(whole)], (WINDOW,), HOME))
    for row, area in enumerate(areas):
        place = found.of[row, 0]
        # residents: of the boroughs where the area's own force is at home
        at_home = {borough for borough in area if borough > 0 and force in (None, HOME[borough])}
        left = whole - at_home
        assert set(np.flatnonzero(found.boroughs[place]).tolist()) == left
        counted = {
            (borough, one)
            for borough in left
            for one in (MET, CITY)
            if not (borough in area and force in (None, one))
        }
        expected = np.zeros(found.cells.shape[1])
        expected[[cell_of(*cell) for cell in counted]] = 1
        assert (found.cells[place] == expected).all()
        assert not found.is_empty[place]
        assert found.forces[place].tolist() == [True, False]


def test_of_the_whole_nothing_is_left() -> None:
    found = leave_out(
        resolve_memberships([members(set(range(34))), members(set(range(2, 34)))], (WINDOW,), HOME)
    )
    assert found.is_empty[found.of[0, 0]]
    assert not found.forces.any()
    assert found.held == ()


@settings(max_examples=60)
@given(
    first=st.integers(0, 30),
    length=st.integers(1, 12),
    received=st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_months_match_whatever_the_windows(first: int, length: int, received: list[bool]) -> None:
    start = 2020 * 12
    windows = (
        Window(start + 12 + first, start + 11 + first + length),
        Window(start + 14 + first, start + 13 + first + length),
    )
    member = resolve_memberships([members({12})], (*shift_back(windows), *windows), HOME)
    blank = np.zeros((2, 60))
    receipt = Receipt(np.array([received, [False] * 60]), blank, blank)
    both = Frame(start, start + 59, (*shift_back(windows), *windows), member, (receipt,), np.array([0]))
    now, before = match_frames(both, windows)
    months = {start + place for place, there in enumerate(received) if there}
    for column, window in enumerate(windows):
        matched = match_months(window, months, months)
        assert now.months_received[0, 0, column] == len(matched.now)
        assert before.months_received[0, 0, column] == len(matched.before)
        assert now.windows[column] == window
        assert before.windows[column] == Window(window.first - 12, window.last - 12)
        assert join_windows(both, windows).windows[column] == Window(window.first - 12, window.last)
