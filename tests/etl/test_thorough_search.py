"""Thorough searches: what their files may look like, and which files are refused."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.recognise import recognise, recognise_names
from etl.reference import load_words
from etl.sources.source import TidyTable
from etl.sources.thorough_search import THOROUGH_SEARCH
from etl.vocabulary import Codes
from tests.etl.rows import STOP_HEADER, STREET_HEADER
from tests.etl.thorough_files import (
    FIRST,
    INDEXED,
    LATER,
    SECOND,
    Row,
    make_search,
    make_searches,
    write_searches,
)

JANUARY, FEBRUARY = date(2021, 1, 1), date(2021, 2, 1)
COPIES = "lie on top of each other"


@pytest.fixture(scope="module")
def codes() -> Codes:
    """Every known word with a code."""
    known: Codes = {}
    for word in load_words():
        known.setdefault(word.field, {})[word.word] = len(known.get(word.field, {}))
    return known


def tidy(codes: Codes, rows: list[Row], header: list[str] = SECOND) -> TidyTable:
    return THOROUGH_SEARCH.tidy(THOROUGH_SEARCH.read(write_searches(rows, header)).frame, codes)


def check(codes: Codes, data: bytes) -> None:
    table = THOROUGH_SEARCH.read(data)
    THOROUGH_SEARCH.check(table, THOROUGH_SEARCH.tidy(table.frame, codes))


def words(tidied: TidyTable, column: str, field: str, codes: Codes) -> list[str]:
    named = {code: word for word, code in codes[field].items()}
    return [named[code] for code in tidied.rows[column]]


@pytest.mark.parametrize("header", [FIRST, SECOND, LATER, INDEXED])
def test_a_file_is_known_by_what_its_columns_mean(header: list[str]) -> None:
    assert recognise(write_searches([make_search()], header)) is THOROUGH_SEARCH
    assert recognise_names([name.upper() for name in header]) is THOROUGH_SEARCH


@pytest.mark.parametrize("header", [STOP_HEADER, STREET_HEADER, SECOND[:-1], ["a", "b"], []])
def test_other_files_are_not_taken_for_it(header: list[str]) -> None:
    assert recognise_names(header) is not THOROUGH_SEARCH


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(data: bytes) -> None:
    assert recognise(data) is None


@pytest.mark.parametrize("header", [FIRST, SECOND, LATER, INDEXED])
def test_every_shape_gives_the_same_rows(codes: Codes, header: list[str]) -> None:
    rows = [
        make_search(borough="City of Westminster", age="Under 18", adult="Y", outcome="Yes"),
        make_search(date="2021-04-01", borough="CO18 (Heathrow Airport)", sex="Female", adult=" "),
        make_search(date="2021-04-30", borough="Non MET police force", ethnicity="#N/A", adult="N"),
    ]
    found = tidy(codes, rows, header)
    assert found.rows["borough"].to_list() == [33, 0, -1]
    assert found.rows["occurred_on"].to_list() == [date(2021, 3, 10), date(2021, 4, 1), date(2021, 4, 30)]
    assert found.rows["month"].to_list() == [date(2021, 3, 1), date(2021, 4, 1), date(2021, 4, 1)]
    assert found.rows["positive"].to_list() == [True, False, False]
    assert found.rows["adult"].to_list() == [True, None, False]
    assert words(found, "age", "thorough_age", codes) == ["Under 18", "18 or older", "18 or older"]
    assert words(found, "ethnicity_officer", "ethnicity_officer", codes) == ["White", "White", "#N/A"]
    assert (found.rejects.height, found.unseen, found.unknown_boroughs) == (0, {}, [])


def test_a_word_that_nobody_has_seen_is_reported_and_a_borough_too(codes: Codes) -> None:
    found = tidy(codes, [make_search(ethnicity="Green", borough="Gotham")])
    assert found.unseen == {"ethnicity_officer": ["Green"]}
    assert found.unknown_boroughs == ["Gotham"]
    assert found.rows["borough"].to_list() == [0]


def test_a_row_that_cannot_be_read_is_rejected_with_its_line(codes: Codes) -> None:
    rows = [
        make_search(),
        make_search(date="yesterday"),
        make_search(outcome="Perhaps"),
        make_search(date=""),
    ]
    found = tidy(codes, rows)
    assert found.rejects.rows() == [
        (3, "the date is not a date such as 2022-08-14"),
        (4, "the field that says whether the outcome was positive is neither yes nor no"),
        (5, "the date is not a date such as 2022-08-14"),
    ]
    assert found.rows["line"].to_list() == [2]


def test_a_month_that_answers_nothing_is_said_so(codes: Codes) -> None:
    rows = [
        make_search(),
        make_search(date="2021-04-01", age="", outcome=""),
        make_search(date="2021-04-02", age=""),
    ]
    assert tidy(codes, rows).unusable_fields == {
        date(2021, 4, 1): {"thorough_age": "the field is blank in every row of the month"}
    }


def test_a_whole_file_may_be_loaded(codes: Codes) -> None:
    check(codes, write_searches(make_searches(JANUARY, 59)))
    check(codes, write_searches(make_searches(JANUARY, 59), INDEXED))


def test_an_index_that_repeats_is_refused(codes: Codes) -> None:
    rows = [row | {"index": str(n % 20)} for n, row in enumerate(make_searches(JANUARY, 59))]
    with pytest.raises(Refused, match=f"'col_0' has 20 values for 59 rows.*{COPIES}"):
        check(codes, write_searches(rows, INDEXED))


def test_rows_doubled_with_a_blank_and_a_filled_column_are_refused(codes: Codes) -> None:
    blank = make_searches(JANUARY, 59)
    filled = [row | {"adult": "N"} for row in blank[:30]]
    with pytest.raises(Refused, match=f"30 rows stand twice.*'appropriate_adult_present' blank.*{COPIES}"):
        check(codes, write_searches([*blank, *filled], LATER))


def test_coarse_rows_are_alike_by_chance(codes: Codes) -> None:
    # children searched on one day in one borough, one of them with an adult: 7 pairs in the file to 2024-01
    blank = make_searches(JANUARY, 59, age="Under 18")
    filled = [row | {"adult": "Y"} for row in blank[:7]]
    check(codes, write_searches([*blank, *filled]))


def test_equal_rows_are_two_searches(codes: Codes) -> None:
    rows = make_searches(JANUARY, 59)
    assert tidy(codes, [*rows, *rows]).rows.height == 118
    check(codes, write_searches([*rows, *rows]))


def test_copies_without_an_index_are_refused(codes: Codes) -> None:
    rows = make_searches(JANUARY, 365)
    with pytest.raises(Refused, match=f"365 of 730 rows are different.*{COPIES.removeprefix('lie ')}"):
        check(codes, write_searches([*rows, *rows]))


def test_a_single_month_is_refused(codes: Codes) -> None:
    with pytest.raises(Refused, match=r"single month 2021-02.*whole files of many months"):
        check(codes, write_searches(make_searches(FEBRUARY, 28)))


@pytest.mark.parametrize(
    ("name", "rows", "young", "unplaced"),
    [("2019-01 to 2022-08", 13_582, 905, 8), ("2019-01 to 2024-01", 15_353, 1_024, 13)],
)
def test_the_whole_files(
    shared_data: Path, codes: Codes, name: str, rows: int, young: int, unplaced: int
) -> None:
    data = (shared_data / "mps" / f"thorough-searches {name}.csv").read_bytes()
    check(codes, data)
    found = THOROUGH_SEARCH.tidy(THOROUGH_SEARCH.read(data).frame, codes)
    assert (found.rows.height, found.rejects.height, found.unseen) == (rows, 0, {})
    ages = words(found, "age", "thorough_age", codes)
    assert ages.count("Under 18") == young
    in_2021 = found.rows["month"].dt.year() == 2021
    assert pl.Series(ages).filter(in_2021).to_list().count("Under 18") == 268
    assert (found.rows["borough"] == 0).sum() == unplaced
    assert found.unusable_fields == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("2022-04 to 2025-05", "782 rows stand twice"),
        ("2023-07 to 2026-02", "'col_0' has 1,855 values for 9,958 rows"),
    ],
)
def test_the_stacked_files_are_refused(shared_data: Path, codes: Codes, name: str, reason: str) -> None:
    data = (shared_data / "mps" / "stacked" / f"thorough-searches {name}.csv").read_bytes()
    with pytest.raises(Refused, match=f"{reason}.*{COPIES}"):
        check(codes, data)


def test_the_stacked_file_is_refused_without_its_index_too(shared_data: Path, codes: Codes) -> None:
    path = shared_data / "mps" / "stacked" / "thorough-searches 2023-07 to 2026-02.csv"
    data = pl.read_csv(path, infer_schema=False).drop("col_0").write_csv().encode()
    with pytest.raises(Refused, match=r"Only 2,324 of 9,958 rows are different"):
        check(codes, data)
