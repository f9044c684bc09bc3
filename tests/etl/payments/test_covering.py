"""Which months a file covers, and under which of them each payment stands."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.payments.covering import count_months, find_covered, place_days, place_month

TODAY = date(2026, 11, 22)


def m(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


SO_FAR = {"2025-04": 80, "2025-05": 90, "2025-06": 99, "2025-07": 80, "2025-08": 90, "2025-09": 70}
JULY = (m("2026-07"), m("2026-07"))


@pytest.mark.parametrize(
    ("counts", "named", "is_paid", "expected"),
    [
        # a few rows of other months are strays
        ({"2026-06": 9, "2026-07": 100, "2026-08": 2}, None, True, ["2026-07"]),
        # at the edge of a file that does not name its months, so is all that is less than a third of the fullest month
        ({"2026-06": 6, "2026-07": 34}, None, True, ["2026-07"]),
        ({"2026-05": 20, "2026-06": 33, "2026-07": 100, "2026-08": 30}, None, True, ["2026-07"]),
        ({"2026-06": 34, "2026-07": 100}, None, True, ["2026-06", "2026-07"]),
        # a thin month between whole ones is one, a few rows are none
        ({"2026-04": 90, "2026-05": 20, "2026-06": 9, "2026-07": 100}, None, True, ["2026-04", "2026-05", "2026-07"]),
        # a file that names its month covers no other, though a fifth of its rows is dated before it
        ({"2026-06": 25, "2026-07": 100}, JULY, True, ["2026-07"]),
        # a thin month that is named is covered
        ({"2026-04": 100, "2026-05": 90, "2026-06": 3}, (m("2026-04"), m("2026-06")), True, ["2026-04", "2026-05", "2026-06"]),
        # a year so far, named by its last quarter
        (SO_FAR, (m("2025-07"), m("2025-09")), True, sorted(SO_FAR)),
        # the year before is none of it
        ({"2016-03": 217, "2016-04": 380, "2017-03": 420}, (m("2016-04"), m("2017-03")), True, ["2016-04", "2017-03"]),
        # a name that the dates do not bear out
        ({"2026-03": 100}, (m("2027-03"), m("2027-03")), True, ["2026-03"]),
        # dates of invoices: the file's name decides
        ({"2012-04": 300, "2012-05": 900, "2012-06": 1900}, (m("2012-06"), m("2012-06")), False, ["2012-06"]),
        ({"2012-05": 900}, (m("2012-06"), m("2012-06")), False, ["2012-06"]),
        # no dates at all
        ({}, JULY, True, ["2026-07"]),
    ],
)  # fmt: skip
def test_the_months_that_a_file_covers(
    counts: dict[str, int], named: tuple[date, date] | None, is_paid: bool, expected: list[str]
) -> None:
    found = find_covered({m(month): rows for month, rows in counts.items()}, named, is_paid=is_paid)
    assert found == [m(month) for month in expected]


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2026-01", "2026-03"),
        ("2026-03", "2026-03"),
        ("2026-05", "2026-07"),
        ("2026-04", "2026-03"),
        ("2027-01", "2026-07"),
    ],
)
def test_the_nearest_covered_month(month: str, expected: str) -> None:
    assert place_month(m(month), [m("2026-03"), m("2026-07")]) == m(expected)


def test_days_stand_under_the_months_of_their_file() -> None:
    days = pl.Series(
        [date(2026, 7, 31), date(2026, 6, 30), date(1926, 7, 2), date(2026, 10, 1), date(2026, 10, 2), None]
    )
    months, reasons = place_days(days, [m("2026-07")], TODAY)
    assert months.to_list() == [m("2026-07")] * 4 + [None, m("2026-07")]
    assert reasons.to_list() == [None] * 4 + [
        "its date, 2026-10-02, lies after the months that the file covers", None
    ]  # fmt: skip


def test_a_row_without_a_day_stands_in_no_one_of_several_months() -> None:
    months, reasons = place_days(pl.Series([None, date(2026, 7, 1)]), [m("2026-06"), m("2026-07")], TODAY)
    assert months.to_list() == [None, m("2026-07")]
    assert reasons.to_list() == ["it has no date that can be read, and the file covers several months", None]


@given(st.lists(st.dates(date(2025, 1, 1), TODAY), min_size=1, max_size=60))
def test_every_day_stands_in_a_covered_month_or_has_a_reason(days: list[date]) -> None:
    series = pl.Series(days)
    covered = find_covered(count_months(series, TODAY), None, is_paid=True)
    months, reasons = place_days(series, covered, TODAY)
    for day, month, reason in zip(days, months, reasons, strict=True):
        assert (month is None) is (reason is not None)
        if month is None:
            assert day > max(covered) + timedelta(days=62)
        else:
            assert month in covered
            assert day.replace(day=1) not in covered or month == day.replace(day=1)
