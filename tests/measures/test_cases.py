"""Case handling: what became of the crimes of a month, at the same age of their cases."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sql.measure import load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import ALL_CATEGORIES, cover, crime
from tests.measures.test_measures import tell
from tests.oracle import words
from tests.oracle.cases import AGES, ORDER, OUTCOMES, SHARES, later, observe
from tests.oracle.measures import Observations

MET, CITY_POLICE = 1, 2
HACKNEY, CITY, CAMDEN, NOWHERE, OUTSIDE = 12, 1, 7, 0, -1
MARCH = date(2023, 3, 1)
COHORTS = (MARCH, date(2023, 4, 1), date(2023, 5, 1))
METRICS = (*SHARES, "closed_same_month_share", "outcome_share")
NO_SUSPECT, CHARGE = "Investigation complete; no suspect identified", "Suspect charged"
RESOLUTION, CAUTION = "Local resolution", "Offender given a caution"
DROPPED = "Formal action is not in the public interest"


def make_id(number: int) -> str:
    """The identifier of a crime, as it is stored."""
    return str(uuid.UUID(int=number))


def case(number: int = 1, **given: Any) -> dict[str, Any]:
    """A burglary in Hackney in March that the street file calls under investigation."""
    return crime(
        **{
            "month": MARCH,
            "Crime ID": make_id(number),
            "Last outcome category": "Under investigation",
            **given,
        }
    )


def outcome(word: str, age: int = 0, number: int = 1, **given: Any) -> dict[str, Any]:
    """An outcome of a case so many months after March."""
    return {
        "force": MET, "month": later(MARCH, age), "Crime ID": make_id(number), "Outcome type": word, **given,
    }  # fmt: skip


def files(ages: int = 12, force: int = MET, **street: Any) -> list[dict[str, Any]]:
    """March's street file, and the outcomes files of March and of so many months after."""
    followed = [cover("outcomes", force, later(MARCH, age)) for age in range(ages + 1)]
    return [cover("street", force, MARCH, **street), *followed]


async def ask(
    bench: Workbench,
    crimes: list[dict[str, Any]],
    outcomes: list[dict[str, Any]],
    coverage: list[dict[str, Any]] | None = None,
) -> dict[str, Observations]:
    """The observations of every metric of case handling."""
    async with bench.holding(coverage or files(), (), crimes, outcomes) as measure:
        return {metric: await measure(metric, MARCH, COHORTS[-1]) for metric in METRICS}


def classes_at(found: dict[str, Observations], borough: int = HACKNEY) -> dict[str, str]:
    """basis -> the classes of the cases of a borough, in order, as often as they are there."""
    out: dict[str, str] = {}
    for basis in (*AGES, "as_published"):
        counts = {
            class_: found["outcome_share"].get((f"outcome:{class_}", basis, MET, borough, MARCH), (0,))[0]
            for class_ in ORDER
        }
        out[basis] = " ".join(class_ for class_ in ORDER for _ in range(counts[class_] or 0))
    return out


#: outcomes as (age, word) -> the class at each age
HISTORIES = [
    ([], "open open open open"),
    ([(0, NO_SUSPECT)], "no_suspect no_suspect no_suspect no_suspect"),
    ([(2, NO_SUSPECT)], "open no_suspect no_suspect no_suspect"),
    ([(1, CHARGE)], "charged charged charged charged"),
    ([(12, CHARGE)], "open open open charged"),
    ([(13, CHARGE)], "open open open open"),
    # the latest month counts …
    (
        [(1, NO_SUSPECT), (3, CAUTION)],
        "no_suspect formal_out_of_court formal_out_of_court formal_out_of_court",
    ),
    (
        [(1, CAUTION), (5, DROPPED)],
        "formal_out_of_court formal_out_of_court not_proceeded_with not_proceeded_with",
    ),
    # … but a charge is never overwritten by a later administrative word
    ([(0, CHARGE), (4, NO_SUSPECT)], "charged charged charged charged"),
    ([(2, CHARGE), (6, "Court result unavailable"), (7, NO_SUSPECT)], "open charged charged charged"),
    # of several in one month the first in the order counts, whichever stands first in the file
    ([(3, NO_SUSPECT), (3, RESOLUTION)], "open informal informal informal"),
    ([(3, RESOLUTION), (3, NO_SUSPECT), (3, RESOLUTION)], "open informal informal informal"),
    ([(1, "Klingon")], "unknown unknown unknown unknown"),
    ([(1, NO_SUSPECT), (2, "Under investigation")], "no_suspect open open open"),
]


@pytest.mark.parametrize(("history", "expected"), HISTORIES)
async def test_the_class_of_a_case_at_each_age(
    bench: Workbench, history: list[tuple[int, str]], expected: str
) -> None:
    found = await ask(bench, [case()], [outcome(word, age) for age, word in history])
    assert classes_at(found) == dict(zip(AGES, expected.split(), strict=True)) | {"as_published": "open"}


@pytest.mark.parametrize("word", ["Status update unavailable", ""])
async def test_without_an_outcome_a_case_of_which_the_street_file_says_nothing_is_unknown(
    bench: Workbench, word: str
) -> None:
    given = [case(1, **{"Last outcome category": word}), case(2, **{"Last outcome category": word})]
    found = await ask(bench, given, [outcome(CHARGE, 3, 2)])
    assert classes_at(found) == {
        "age_1": "unknown unknown",
        "age_3": "charged unknown",
        "age_6": "charged unknown",
        "age_12": "charged unknown",
        "as_published": "unknown unknown",
    }


async def test_the_last_outcome_in_the_street_file_is_a_basis_of_its_own(bench: Workbench) -> None:
    given = [
        case(1, **{"Last outcome category": "Offender fined"}),
        case(2, **{"Last outcome category": NO_SUSPECT}),
    ]
    found = await ask(bench, given, [], [cover("street", MET, MARCH)])
    assert classes_at(found)["as_published"] == "charged no_suspect"
    assert {key[1] for key in found["charged_share"]} == {"as_published"}
    assert found["charged_share"]["total", "as_published", MET, HACKNEY, MARCH] == (1, None, 0, 2)


async def test_an_identifier_counts_once_in_the_place_that_the_rule_says(bench: Workbench) -> None:
    # Met 2023-06 repeats 299 identifiers, most with different outcomes
    given = [
        case(1, borough=NOWHERE, **{"Last outcome category": NO_SUSPECT}),
        case(1, borough=HACKNEY),
        case(1, borough=HACKNEY, **{"Crime type": "Robbery"}),
        case(1, borough=CAMDEN, **{"Crime type": "Robbery"}),
        case(2, borough=OUTSIDE),
        case(2, borough=NOWHERE),
        crime(month=MARCH),
    ]
    found = (await ask(bench, given, []))["open_share"]
    at_three = {(key[0], key[3]): value for key, value in found.items() if key[1] == "age_3"}
    assert at_three == {
        ("total", HACKNEY): (1, None, 0, 1),
        ("category:burglary", HACKNEY): (1, None, 0, 1),
        ("total", OUTSIDE): (1, None, 0, 1),
        ("category:burglary", OUTSIDE): (1, None, 0, 1),
    }


async def test_an_outcome_of_another_force_or_crime_or_before_the_crime_is_none_of_it(
    bench: Workbench,
) -> None:
    given = [
        outcome(CHARGE, 1, 2),
        outcome(CHARGE, 1, force=CITY_POLICE),
        outcome(CHARGE, -1),
    ]
    assert set(classes_at(await ask(bench, [case()], given)).values()) == {"open"}


async def test_closed_in_the_same_month(bench: Workbench) -> None:
    given = [case(number) for number in range(1, 5)]
    outcomes = [outcome(NO_SUSPECT, 0, 1), outcome(NO_SUSPECT, 1, 2), outcome(CHARGE, 0, 3)]
    found = (await ask(bench, given, outcomes, files(0)))["closed_same_month_share"]
    assert found["total", "age_0", MET, HACKNEY, MARCH] == (1, None, 0, 4)


@pytest.mark.parametrize(
    ("received", "bases"),
    [
        ((), set()),
        ((0,), {"age_0"}),
        ((0, 1, 2, 3), {"age_0", "age_1", "age_3"}),
        ((0, 1, 2, 4, 5, 6), {"age_0", "age_1"}),
        ((1, 2, 3), set()),
        (tuple(range(12)), {"age_0", "age_1", "age_3", "age_6"}),
        (tuple(range(13)), {"age_0", *AGES}),
    ],
)
async def test_an_age_needs_the_outcomes_of_every_month_up_to_it(
    bench: Workbench, received: tuple[int, ...], bases: set[str]
) -> None:
    coverage = [cover("street", MET, MARCH), *(cover("outcomes", MET, later(MARCH, age)) for age in received)]
    coverage += [cover("outcomes", MET, later(MARCH, 3), status="partial")] if 3 not in received else []
    found = await ask(bench, [case()], [], coverage)
    there = {key[1] for observations in found.values() for key in observations}
    assert there - {"as_published"} == bases


async def test_burglary_alone_gives_no_total(bench: Workbench) -> None:
    found = await ask(bench, [case()], [], files(words=("burglary",)))
    assert {key[0] for key in found["charged_share"]} == {"category:burglary"}
    assert found["outcome_share"] == {}


async def test_outcomes_add_up_to_all_cases(bench: Workbench) -> None:
    given = [case(number) for number in range(1, 30)]
    outcomes = [outcome(word, number % 5, number) for number, word in enumerate(OUTCOMES, start=1)]
    shares = (await ask(bench, given, outcomes))["outcome_share"]
    for basis in (*AGES, "as_published"):
        parts = [shares[f"outcome:{class_}", basis, MET, HACKNEY, MARCH] for class_ in ORDER]
        assert sum(part[0] for part in parts) == 29 == shares["total", basis, MET, HACKNEY, MARCH][0]
        assert {part[3] for part in parts} == {29}


def test_every_age_says_how_far_the_outcomes_must_reach() -> None:
    for metric in METRICS:
        measure = load_measures()[metric]
        ahead = {basis.basis: basis.ahead for basis in measure.bases}
        assert ahead == (
            {"age_0": 0} if metric == "closed_same_month_share" else {**AGES, "as_published": None}
        )
        assert (measure.source, measure.follows, measure.kind) == ("street", "outcomes", "cohort")


IDS = st.integers(0, 12).map(lambda number: make_id(number) if number else "")
CRIMES = st.fixed_dictionaries(
    {
        "force": st.sampled_from((MET, CITY_POLICE)),
        "month": st.sampled_from(COHORTS),
        "borough": st.sampled_from((CITY, 2, HACKNEY, 33, NOWHERE, OUTSIDE)),
        "Crime ID": IDS,
        "Crime type": st.sampled_from(
            ("Burglary", "Robbery", "Drugs", words.ANTI_SOCIAL, "Violent crime", "")
        ),
        "Last outcome category": st.sampled_from((*OUTCOMES, "Status update unavailable", "", "Klingon")),
    }
)
FOLLOWED = tuple(later(MARCH, age) for age in range(-1, 15))
OUTCOME_ROWS = st.fixed_dictionaries(
    {
        "force": st.sampled_from((MET, MET, CITY_POLICE)),
        "month": st.sampled_from(FOLLOWED),
        "Crime ID": IDS.filter(bool),
        "Outcome type": st.sampled_from((*OUTCOMES, "Status update unavailable", "Klingon")),
    }
)


@st.composite
def coverages(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[dict[str, Any]]:
    """Street files whole, of a few categories, partial or missing; outcomes files with a gap here and there."""
    rows = []
    for force in (MET, CITY_POLICE):
        for month in COHORTS:
            held = draw(
                st.sampled_from((ALL_CATEGORIES, ALL_CATEGORIES, ("burglary",), ("drugs", "robbery")))
            )
            status = draw(st.sampled_from(("received", "received", "received", "partial")))
            rows.append(cover("street", force, month, words=held, status=status))
        gaps = draw(st.sets(st.sampled_from(FOLLOWED), max_size=2))
        short = draw(st.sets(st.sampled_from(FOLLOWED), max_size=1))
        for month in FOLLOWED:
            status = "partial" if month in gaps else "received"
            unusable = ("older_cases",) if month in short else ()
            rows.append(cover("outcomes", force, month, status=status, unusable=unusable))
    return rows


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(
    coverage=coverages(),
    crimes=st.lists(CRIMES, min_size=10, max_size=50),
    outcomes=st.lists(OUTCOME_ROWS, min_size=10, max_size=50),
)
async def test_every_measure_of_case_handling_equals_its_oracle(
    bench: Workbench,
    coverage: list[dict[str, Any]],
    crimes: list[dict[str, Any]],
    outcomes: list[dict[str, Any]],
) -> None:
    found = await ask(bench, crimes, outcomes, coverage)
    for metric, expected in observe(crimes, outcomes, coverage).items():
        assert tell(found[metric], expected) == "", metric
