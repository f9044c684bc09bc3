"""Status by precedence, flags, and how many months are enough."""

import numpy as np
import pytest

from api.figures.coverage import Coverage, Need, describe_gaps, explain_gap, read_receipt
from api.figures.exposure import read_exposures
from api.figures.reasons import explain
from api.figures.status import Fact, Setting, choose_status, is_enough, list_flags
from api.figures.windows import Window, parse_month

FIRST = parse_month("2023-09")
SETTING = Setting("rate", Need("stop_search"), (1,), Window(FIRST, FIRST + 11), 11, (), FIRST, 2019)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (Fact.UNKNOWN_GROUP | Fact.NONE_RECEIVED | Fact.REVISED, "not_applicable"),
        (Fact.NONE_RECEIVED | Fact.SUPPRESSED, "missing"),
        (Fact.FEW_RECEIVED | Fact.SUPPRESSED, "incomplete"),
        (Fact.UNPLACED | Fact.FEW_EVENTS, "incomplete"),
        (Fact.SUPPRESSED | Fact.FEW_CASES, "suppressed"),
        (Fact.SUPPRESSED | Fact.UNDEFINED, "suppressed"),
        (Fact.UNDEFINED | Fact.MANY_UNKNOWN, "not_applicable"),
        (Fact.FEW_CASES | Fact.CARRIED_FORWARD, "low"),
        (Fact.CARRIED_FORWARD | Fact.REVISED, "provisional"),
        (Fact.REVISED | Fact.SOME_MISSING, "revised"),
        (Fact.SOME_MISSING | Fact.CROSSES_BREAK | Fact.DAYTIME, "ok"),
        (0, "ok"),
    ],
)
def test_one_status_by_precedence(facts: int, status: str) -> None:
    assert choose_status(facts) == status


@pytest.mark.parametrize(
    ("received", "expected", "enough"),
    [
        (12, 12, True),
        (9, 12, True),
        (8, 12, False),
        (1, 1, True),
        (0, 1, False),
        (1, 2, False),
        (18, 24, True),
        (17, 24, False),
    ],
)
def test_three_quarters_of_the_months_are_enough(received: int, expected: int, enough: bool) -> None:
    assert is_enough(np.array([received]), np.array([expected]))[0] == enough


def test_flags_say_everything_that_is_true() -> None:
    facts = Fact.SOME_MISSING | Fact.FEW_EVENTS | Fact.REVISED
    assert list_flags(facts, SETTING) == ("fewer_than_10_events", "revised", "11 of 12 months")


def test_breaks_are_flags_only_where_they_are_crossed() -> None:
    breaks = (("old", FIRST, "flag", ""), ("new", FIRST + 1, "flag", ""), ("later", FIRST + 12, "flag", ""))
    setting = Setting("rate", Need("street"), (1,), Window(FIRST, FIRST + 11), 12, breaks, FIRST, None)
    assert list_flags(Fact.CROSSES_BREAK, setting) == ("break:new",)


@pytest.mark.parametrize("fact", [Fact.NONE_RECEIVED, Fact.NO_AREA, Fact.FORBIDDEN, Fact.UNDEFINED])
def test_breaks_are_no_flags_where_there_is_no_figure(fact: int) -> None:
    breaks = (("new", FIRST + 1, "flag", ""),)
    setting = Setting("rate", Need("street"), (1,), Window(FIRST, FIRST + 11), 12, breaks, FIRST, None)
    assert list_flags(fact | Fact.CROSSES_BREAK, setting) == ()


def test_one_month_was_and_months_that_came_cannot_be_used() -> None:
    setting = Setting("rate", Need("stop_search"), (1,), Window(FIRST, FIRST + 1), 1, (), FIRST, 2019)
    coverage = {("stop_search", 1): {FIRST: month(), FIRST + 1: month("partial")}}
    told = explain(Fact.FEW_RECEIVED, setting, coverage)
    assert told is not None
    assert told.startswith("Only 1 of 2 months was received (")
    coverage = {("stop_search", 1): {FIRST + number: month("partial") for number in range(2)}}
    assert explain(Fact.NONE_RECEIVED, setting, coverage) == (
        "None of these months can be used (the Metropolitan Police Service, 2023-09 to 2023-10: the file is "
        "partial: ends on the 17th)."
    )


@pytest.mark.parametrize(
    "need", [Need("use_of_force"), Need("thorough_search"), Need("street", follows="control_total")]
)
def test_what_the_met_alone_publishes_is_not_awaited_from_the_city(need: Need) -> None:
    city = Setting("rate", need, (2,), Window(FIRST, FIRST + 11), 0, (), FIRST, 2019)
    told = explain(Fact.NONE_RECEIVED, city, {})
    assert told is not None
    assert told.endswith("are of the Met alone, so the City of London has no figure.")
    london = Setting("rate", need, (1, 2), Window(FIRST, FIRST + 11), 0, (), FIRST, 2019)
    assert 'take "Met area (32 boroughs)"' in str(explain(Fact.NONE_RECEIVED, london, {}))


def test_a_break_that_forbids_gives_its_reason() -> None:
    breaks = (("new", FIRST + 1, "forbid", "Crime was divided into new categories."),)
    setting = Setting("rate", Need("street"), (1,), Window(FIRST, FIRST + 11), 12, breaks, FIRST, None)
    assert choose_status(Fact.FORBIDDEN) == "not_applicable"
    assert explain(Fact.FORBIDDEN, setting, {}) == (
        "Figures before and after a break in the series cannot be added. "
        "Crime was divided into new categories."
    )


def test_a_figure_with_nothing_against_it_has_no_reason() -> None:
    assert explain(Fact.REVISED | Fact.CROSSES_BREAK, SETTING, {}) is None


def month(status: str = "received", words: frozenset[str] | None = None, **unusable: str) -> Coverage:
    return Coverage(status, "ends on the 17th", words, unusable, 100, 90, 10, 0)


@pytest.mark.parametrize(
    ("row", "need", "gap"),
    [
        (month(), Need("stop_search"), None),
        (None, Need("stop_search"), "no stop and search file was received"),
        (month("partial"), Need("stop_search"), "the file is partial: ends on the 17th"),
        (month(linked="blank"), Need("stop_search"), None),
        (month(linked="blank"), Need("stop_search", ("linked",)), "the field it needs cannot be used: blank"),
        (
            month(age="blank"),
            Need("stop_search", ("linked", "age")),
            "the field it needs cannot be used: blank",
        ),
        (month(words=frozenset({"burglary"})), Need("street", words=frozenset({"burglary"})), None),
        (
            month(words=frozenset({"burglary"})),
            Need("street", words=frozenset({"burglary", "drugs"})),
            "the street crime file received holds only burglary",
        ),
        (
            month(words=frozenset({"a", "b", "c", "d"})),
            Need("street", words=frozenset({"burglary"})),
            "the street crime file received holds only some of the categories needed",
        ),
    ],
)
def test_why_a_month_does_not_count(row: Coverage | None, need: Need, gap: str | None) -> None:
    assert explain_gap(row, need) == gap


def test_gaps_are_told_by_force_and_reason() -> None:
    coverage = {("stop_search", 1): {FIRST: month(), FIRST + 1: month("partial")}}
    need = Need("stop_search")
    assert describe_gaps(coverage, need, (1,), FIRST, FIRST + 3) == (
        "the Metropolitan Police Service, 2023-10: the file is partial: ends on the 17th; "
        "the Metropolitan Police Service, 2023-11 to 2023-12: no stop and search file was received"
    )
    receipt = read_receipt(coverage, need, FIRST, FIRST + 3)
    assert receipt.received.tolist() == [[True, False, False, False], [False] * 4]
    assert receipt.events[0].tolist() == [100, 0, 0, 0]


def test_populations_by_month_are_of_their_year_carried_forward_never_back() -> None:
    rows = [
        {"population": "residents", "borough": 12, "year": year, "persons": persons, "vintage": "mid"}
        for year, persons in ((2022, 100), (2023, 110))
    ]
    residents = read_exposures(rows)["residents"]
    december = parse_month("2021-12")
    persons = residents.persons_by_month(december, december + 37)[12]
    assert np.isnan(persons[0])
    assert persons[1:].tolist() == [100] * 12 + [110] * 25
    assert residents.is_carried_forward(december, december + 37).tolist() == [False] * 25 + [True] * 13


def test_a_census_stands_for_every_month() -> None:
    rows = [
        {"population": "ethnicity:black", "borough": 12, "year": 2021, "persons": 7, "vintage": "Census 2021"}
    ]
    black = read_exposures(rows)["ethnicity:black"]
    assert black.persons_by_month(FIRST - 200, FIRST)[12].tolist() == [7] * 201
    assert not black.is_carried_forward(FIRST, FIRST + 40).any()


def test_vintages_of_a_population_are_never_mixed() -> None:
    rows = [
        {"population": "residents", "borough": 12, "year": year, "persons": persons, "vintage": vintage}
        for vintage, year, persons in (
            ("new", 2023, 110),
            ("new", 2024, 120),
            ("old", 2020, 90),
            ("old", 2023, 99),
        )
    ]
    residents = read_exposures(rows)["residents"]
    assert residents.vintage == "new"
    assert residents.years.tolist() == [2023, 2024]
