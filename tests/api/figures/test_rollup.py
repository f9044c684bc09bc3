"""Roll-ups against a slow and obvious way of adding up."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from api.figures.coverage import Receipt
from api.figures.membership import CELLS, Member, cell_of, resolve_memberships
from api.figures.rollup import QUANTITIES, Frame, add_person_time, add_up, build_cube, find_carried_forward
from api.figures.windows import Window, first_day, parse_month

FIRST = parse_month("2023-01")
MONTHS = 6
ALWAYS = date(1965, 4, 1), date.max
HOMES = {1: 2} | dict.fromkeys(range(2, 34), 1)
STARTS = [(first_day(FIRST + n) - first_day(FIRST)).days for n in range(MONTHS)]

AREAS = {
    "city": [Member(1, None, *ALWAYS)],
    "hackney": [Member(12, None, *ALWAYS)],
    "pair": [Member(12, None, *ALWAYS), Member(30, None, *ALWAYS)],
    "met": [Member(b, None, *ALWAYS) for b in range(2, 34)] + [Member(0, 1, *ALWAYS)],
    "force": [Member(b, 1, *ALWAYS) for b in range(-1, 34)],
    "london": [Member(b, None, *ALWAYS) for b in range(1, 34)]
    + [Member(0, 1, *ALWAYS), Member(0, 2, *ALWAYS)],
}

cells = st.tuples(
    st.integers(0, 1), st.integers(0, MONTHS - 1), st.integers(-1, 33), st.integers(1, 2), st.integers(0, 500)
)
receipts = st.lists(st.booleans(), min_size=2 * MONTHS, max_size=2 * MONTHS)
spans = st.tuples(st.integers(0, MONTHS - 1), st.integers(0, MONTHS - 1)).map(sorted)


def make_frame(received: list[bool], windows: list[tuple[int, int]], series: int = 2) -> Frame:
    there = np.array(received).reshape(2, MONTHS)
    spans = tuple(Window(FIRST + a, FIRST + b) for a, b in windows)
    receipt = Receipt(there, np.where(there, 100.0, 0.0), np.where(there, 9.0, 0.0))
    return Frame(
        FIRST,
        FIRST + MONTHS - 1,
        spans,
        resolve_memberships(list(AREAS.values()), spans, HOMES),
        (receipt,),
        np.zeros(series, dtype=np.int64),
    )


@settings(deadline=None)
@given(
    st.lists(cells, max_size=40, unique_by=lambda c: c[:4]), receipts, st.lists(spans, min_size=1, max_size=3)
)
def test_sums_are_those_of_plain_loops(
    found: list[tuple[int, ...]], received: list[bool], windows: list[tuple[int, int]]
) -> None:
    rows = np.array([(s + 7, STARTS[m], b, f, n, 0, 0, 2 * n, 0) for s, m, b, f, n in found], dtype=np.int64)
    frame = make_frame(received, windows)
    sums = add_up(build_cube(rows.reshape(-1, 9), [7, 8], STARTS), frame)
    there = np.array(received).reshape(2, MONTHS)
    needed = {"city": [2], "hackney": [1], "pair": [1], "met": [1], "force": [1], "london": [1, 2]}
    for place, (name, members) in enumerate(AREAS.items()):
        pairs = {(m.borough, f) for m in members for f in (1, 2) if m.force in (None, f)}
        for column, (start, end) in enumerate(windows):
            months = [m for m in range(start, end + 1) if all(there[f - 1, m] for f in needed[name])]
            assert sums.received[0, place, column] == len(months)
            for series in (0, 1):
                counted = [
                    (b, f, n) for s, m, b, f, n in found if s == series and m in months and (b, f) in pairs
                ]
                assert sums.numerator[series, place, column] == sum(n for _, _, n in counted)
                assert sums.base[series, place, column] == 2 * sum(n for _, _, n in counted)
                assert sums.unplaced[series, place, column] == sum(n for b, _, n in counted if b == 0)
                if months:
                    # A force's own area has the events of no other.
                    own = name == "force"
                    other = sum(n for b, f, n in counted if HOMES.get(b, f) != f and not own)
                    assert sums.other_forces[series, place, column] == other


def test_a_wider_area_is_the_sum_of_its_parts() -> None:
    rows = [(7, start, b, 1, b, 0, 0, 0, 0) for start in STARTS for b in range(-1, 34)]
    frame = make_frame([True] * 2 * MONTHS, [(0, 5)], series=1)
    sums = add_up(build_cube(np.array(rows), [7], STARTS), frame)
    by_area = dict(zip(AREAS, sums.numerator[0, :, 0].tolist(), strict=True))
    assert by_area["pair"] == 6 * (12 + 30)
    assert by_area["london"] == 6 * sum(range(1, 34))
    assert by_area["met"] == by_area["london"] - by_area["city"]


def test_person_time_is_a_twelfth_for_each_month_received() -> None:
    received = [True, True, False, True, True, True] + [False] * MONTHS
    persons = np.full((1, 34, MONTHS), np.nan)
    persons[0, 12], persons[0, 30] = 240_001, 120_000
    years = add_person_time(persons, np.array([0]), make_frame(received, [(0, 5), (2, 2)], series=1))
    by_area = dict(zip(AREAS, years[0].tolist(), strict=True))
    assert by_area["hackney"][0] == 5 * 240_001 / 12
    assert by_area["pair"][0] == 5 * 360_001 / 12
    assert np.isnan(by_area["hackney"][1])
    # The Met area lacks the residents of 30 boroughs
    assert np.isnan(by_area["met"][0])


def test_a_month_carried_forward_marks_only_the_windows_that_count_it() -> None:
    received = [True] * 5 + [False] + [False] * MONTHS
    carried = np.array([[False, False, False, False, True, True]])
    found = find_carried_forward(carried, make_frame(received, [(0, 3), (3, 5), (5, 5)], series=1))
    hackney = list(AREAS).index("hackney")
    assert found[0, hackney].tolist() == [False, True, False]


def test_the_placed_share_is_that_of_the_home_forces_files() -> None:
    sums = add_up(
        np.zeros((QUANTITIES, 1, CELLS, MONTHS)),
        make_frame([True] * MONTHS + [False] * MONTHS, [(0, 5)], series=1),
    )
    share = dict(zip(AREAS, sums.placed_share[0, :, 0].tolist(), strict=True))
    assert share["hackney"] == 0.91
    assert np.isnan(share["city"])


def test_membership_is_that_of_the_windows_end() -> None:
    members = [
        Member(12, None, date(1965, 4, 1), date(2023, 2, 28)),
        Member(30, None, date(2023, 3, 1), date.max),
    ]
    windows = [Window(FIRST, FIRST + 1), Window(FIRST, FIRST + 2)]
    found = resolve_memberships([members], windows, HOMES)
    before, after = found.of[0]
    assert found.cells[before, cell_of(12, 1)] == 1
    assert found.cells[after].nonzero()[0].tolist() == [cell_of(30, 1), cell_of(30, 2)]
    assert found.began[after] == parse_month("2023-03")
    assert found.is_empty.tolist() == [False, False]
