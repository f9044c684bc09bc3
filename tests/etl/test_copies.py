"""Which vintage of a month counts: the latest, whatever the order in which the files came."""

from datetime import date
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.copies import check_change, find_other_form, name_months, plan, why_unchanged
from etl.errors import Refused
from etl.prepared import Month, Prepared

JANUARY = date(2024, 1, 1)
YEAR = [date(2024, month, 1) for month in range(1, 13)]


def prepare(months: list[date], vintage: date, events: int = 10, **given: Any) -> Prepared:
    held = tuple(Month(month, events, events, 0, 0) for month in months)
    return Prepared("00", vintage=vintage, months=held, table="facts", facts=pl.DataFrame(), **given)


def copy(month: date, vintage: date, **given: Any) -> Any:
    """A copy of a month as the database tells of it."""
    return {
        "resource_id": 1,
        "file": "held.csv",
        "vintage": vintage,
        "rows_loaded": 10,
        "content": None,
        "month": month,
        "events": 10,
        "words": None,
        "is_current": True,
        "is_same": False,
        "superseding_file": None,
        "superseding_vintage": None,
        **given,
    }


SPANS = st.tuples(st.integers(0, 11), st.integers(1, 12)).map(lambda span: YEAR[span[0] :][: span[1]])


@given(st.lists(SPANS, min_size=1, max_size=4))
def test_the_latest_vintage_that_covers_a_month_counts(spans: list[list[date]]) -> None:
    files = [(months, date(2025, 1 + number, 1)) for number, months in enumerate(spans)]
    latest = {month: vintage for months, vintage in files for month in months}
    for order in permutations(files):
        current: dict[date, date] = {}
        for months, vintage in order:
            copies = [copy(month, held) for month, held in current.items()]
            try:
                decided = plan(prepare(months, vintage), copies, force=False)
            except Refused as refusal:
                assert "is older than" in str(refusal)  # noqa: PT017
                assert all(current[month] > vintage for month in months)
                continue
            current |= dict.fromkeys(decided.taken(prepare(months, vintage)), vintage)
        assert current == latest


def test_equal_vintages_that_differ_are_refused_only_for_months_that_both_hold() -> None:
    held = [copy(JANUARY, YEAR[5])]
    with pytest.raises(Refused, match="which is newer cannot be told"):
        plan(prepare(YEAR[:2], YEAR[5]), held, force=False)
    assert plan(prepare(YEAR[1:3], YEAR[5]), held, force=False).overtaken == ()


def test_force_brings_back_an_older_vintage() -> None:
    held = [copy(month, YEAR[11]) for month in YEAR[:4]]
    decided = plan(prepare(YEAR[:2], YEAR[5]), held, force=True)
    assert [one["month"] for one in decided.overtaken] == YEAR[:2]
    assert decided.held == {}


def test_what_was_superseded_stands_in_nobodys_way() -> None:
    held = [copy(JANUARY, YEAR[11], is_current=False, superseding_file="b.csv")]
    assert plan(prepare([JANUARY], YEAR[5]), held, force=False).overtaken == ()


@pytest.mark.parametrize(("events", "is_refused"), [(9, False), (11, False), (12, True), (8, True)])
def test_a_change_of_more_than_a_tenth(events: int, is_refused: bool) -> None:
    held = [copy(month, YEAR[5]) for month in YEAR[:4]]
    new = prepare(YEAR[2:8], YEAR[9], events, most_change=0.1)
    if is_refused:
        with pytest.raises(
            Refused, match=f"For 2024-03 to 2024-04 this file has {2 * events} rows .* 20, which"
        ):
            check_change(new, held)
    else:
        check_change(new, held)


def test_the_change_is_that_of_the_sum_not_of_a_month() -> None:
    held = [copy(YEAR[0], YEAR[5], events=5), copy(YEAR[1], YEAR[5], events=15)]
    check_change(prepare(YEAR[:2], YEAR[9], 10, most_change=0.1), held)


def test_a_source_that_is_rewritten_may_change() -> None:
    check_change(prepare(YEAR, YEAR[9], 1000), [copy(JANUARY, YEAR[5])])


def test_the_same_bytes() -> None:
    same = [copy(month, YEAR[5], is_same=True) for month in YEAR[:2]]
    gone = [
        copy(month, YEAR[5], is_same=True, is_current=False, superseding_file="b.csv") for month in YEAR[:2]
    ]
    loaded = "The same file is loaded already."
    assert why_unchanged([], force=False) == ""
    assert why_unchanged(same, force=False) == why_unchanged(same, force=True) == loaded
    # a month of two is superseded: nothing to do, but for --force
    assert why_unchanged([same[0], gone[1]], force=False) == loaded
    assert why_unchanged([same[0], gone[1]], force=True) == ""
    assert "superseded by a later one (b.csv)" in why_unchanged(gone, force=False)
    assert why_unchanged(gone, force=True) == ""
    # its publisher went back to it, before or after the later copy came
    overtaken = [{**one, "superseding_vintage": date(2024, 7, 1)} for one in gone]
    assert why_unchanged(overtaken, force=False, vintage=date(2024, 7, 2)) == ""
    assert "superseded" in why_unchanged(overtaken, force=False, vintage=date(2024, 7, 1))
    # it was brought back
    assert why_unchanged([*gone, *same], force=True) == loaded


def test_other_bytes_with_the_same_figures() -> None:
    new = prepare(YEAR[:2], YEAR[5], content="abc")
    assert find_other_form(new, [copy(JANUARY, YEAR[5], content="abc")]) == (
        "The same figures are loaded already, from held.csv."
    )
    assert find_other_form(new, [copy(JANUARY, YEAR[4], content="abc")]) == ""
    assert find_other_form(new, [copy(JANUARY, YEAR[5], content="abd")]) == ""
    assert find_other_form(prepare([JANUARY], YEAR[5]), [copy(JANUARY, YEAR[5])]) == ""


def test_months_in_words() -> None:
    assert name_months([YEAR[3], YEAR[0], YEAR[1]]) == "2024-01 to 2024-02, 2024-04"
