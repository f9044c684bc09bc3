"""Windows: which months they cover, and what from and to bound."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.figures.windows import (
    KINDS,
    WindowKind,
    describe_months,
    first_day,
    last_day,
    list_windows,
    number_of,
    parse_month,
    text_of,
)


@pytest.mark.parametrize(
    ("kind", "first", "last", "expected"),
    [
        ("whole", "2023-09", "2024-08", ["2023-09 2024-08"]),
        ("month", "2023-12", "2024-01", ["2023-12 2023-12", "2024-01 2024-01"]),
        ("rolling_12", "2024-01", "2024-02", ["2023-02 2024-01", "2023-03 2024-02"]),
        ("financial_year", "2023-03", "2024-03", ["2022-04 2023-03", "2023-04 2024-03"]),
        ("financial_year", "2023-04", "2024-02", []),
        ("calendar_year", "2022-12", "2023-12", ["2022-01 2022-12", "2023-01 2023-12"]),
        ("calendar_year", "2023-01", "2023-11", []),
    ],
)
def test_from_and_to_bound_the_last_months(
    kind: WindowKind, first: str, last: str, expected: list[str]
) -> None:
    windows = list_windows(kind, parse_month(first), parse_month(last))
    assert [f"{text_of(window.first)} {text_of(window.last)}" for window in windows] == expected


def test_the_end_before_the_beginning_is_an_error() -> None:
    with pytest.raises(ValueError, match="2023-08 is before 2023-09"):
        list_windows("whole", parse_month("2023-09"), parse_month("2023-08"))


@given(st.sampled_from(KINDS), st.integers(24_000, 24_400), st.integers(0, 60))
def test_windows_end_within_the_bounds_and_have_their_length(kind: WindowKind, first: int, more: int) -> None:
    for window in list_windows(kind, first, first + more):
        assert first <= window.last <= first + more
        assert window.months == {"month": 1, "whole": more + 1}.get(kind, 12)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_a_month_is_a_number_and_back(day: date) -> None:
    number = number_of(day)
    assert first_day(number) <= day <= last_day(number)
    assert parse_month(text_of(number)) == number
    assert (last_day(number) - first_day(number)).days >= 27


@pytest.mark.parametrize(
    "text", ["2023-13", "2023-9", "202309", "2023-00", "0023-01", "2023-09-01", "", "²023-09"]
)
def test_other_texts_are_not_months(text: str) -> None:
    with pytest.raises(ValueError, match="write the year and the month"):
        parse_month(text)


def test_months_in_words() -> None:
    numbers = [parse_month(text) for text in ("2022-11", "2022-12", "2023-01", "2023-03")]
    assert describe_months(numbers) == "2022-11 to 2023-01, 2023-03"
