"""Drawn tables: a few searches or crimes in, the rows of a measure out."""

from typing import Any

import pytest

from tests.measures.conftest import Workbench
from tests.measures.facts import ALL_CATEGORIES, DECEMBER, JANUARY, NOVEMBER, cover, crime, search
from tests.oracle.measures import Observations

HACKNEY, CITY, NOWHERE, OUTSIDE = 12, 1, 0, -1
MET, CITY_POLICE = 1, 2
SECTION_60 = "Criminal Justice and Public Order Act 1994 (section 60)"


def pick(
    found: Observations, borough: int, *, force: int = MET, basis: str | None = None
) -> dict[str, tuple[Any, ...]]:
    """group -> (numerator, reference, unknown, base) of one cell in December."""
    return {
        key[0]: value
        for key, value in found.items()
        if key[2:] == (force, borough, DECEMBER) and (basis is None or key[1] == basis)
    }


async def test_a_month_received_is_dense_with_real_zeros_for_the_forces_own_cells(bench: Workbench) -> None:
    async with bench.holding([cover("stop_search")], [search()]) as measure:
        found = await measure("stop_search_arrest_share")
    assert {key[3] for key in found} == {*range(2, 34), NOWHERE, OUTSIDE}
    assert {value for key, value in found.items() if key[3] != HACKNEY} == {(0, None, 0, 0)}
    assert pick(found, HACKNEY) == {"total": (0, None, 0, 1)}


async def test_another_forces_searches_stand_only_where_it_made_some(bench: Workbench) -> None:
    given = [search(borough=CITY), search(borough=CITY), search(force=CITY_POLICE, borough=HACKNEY)]
    async with bench.holding([cover("stop_search"), cover("stop_search", CITY_POLICE)], given) as measure:
        found = await measure("stop_search_section_60_rate")
    # the Met's two in the City stand beside the City police's own zero, and the other way round in Hackney
    assert pick(found, CITY) == {"total": (0, None, 0, 2)}
    assert pick(found, CITY, force=CITY_POLICE) == {"total": (0, None, 0, 0)}
    assert pick(found, HACKNEY, force=CITY_POLICE) == {"total": (0, None, 0, 1)}
    assert {key[3] for key in found if key[2] == CITY_POLICE} == {CITY, HACKNEY, NOWHERE, OUTSIDE}


@pytest.mark.parametrize(
    "metric", ["stop_search_rate", "stop_search_rate_ratio", "stop_search_positive_outcome_share"]
)
async def test_a_partial_or_missing_month_has_no_row_though_events_are_stored(
    bench: Workbench, metric: str
) -> None:
    given = [search(month=NOVEMBER), search(month=DECEMBER), search(month=JANUARY)]
    coverage = [cover("stop_search", month=NOVEMBER), cover("stop_search", month=DECEMBER, status="partial")]
    async with bench.holding(coverage, given) as measure:
        found = await measure(metric, NOVEMBER, JANUARY)
    assert {key[4] for key in found} == {NOVEMBER}


async def test_what_a_former_release_knew_is_not_current(bench: Workbench) -> None:
    async with bench.holding([cover("stop_search", first_release=1, last_release=1)], [search()]) as measure:
        assert await measure("stop_search_rate") == {}


async def test_vehicle_searches_have_no_person(bench: Workbench) -> None:
    given = [
        search(),
        search(Type="Person and Vehicle search"),
        search(Type="Vehicle search"),
        search(Type="Klingon"),
    ]
    async with bench.holding([cover("stop_search")], given) as measure:
        assert pick(await measure("stop_search_rate"), HACKNEY)["total"] == (2, None, 0, 2)


async def test_identical_rows_are_two_people(bench: Workbench) -> None:
    async with bench.holding([cover("stop_search")], [search(), search()]) as measure:
        assert pick(await measure("stop_search_rate"), HACKNEY)["total"] == (2, None, 0, 2)


async def test_under_10_other_and_blank_are_unknown(bench: Workbench) -> None:
    given = [
        search(**{"Age range": "10-17", "Gender": "Female"}),
        search(**{"Age range": "under 10", "Gender": "Other"}),
        search(**{"Age range": "", "Gender": ""}),
        search(**{"Age range": "over 34", "Gender": "Klingon"}),
    ]
    async with bench.holding([cover("stop_search")], given) as measure:
        under_18 = pick(await measure("stop_search_under_18_share"), HACKNEY)
        rate = pick(await measure("stop_search_rate"), HACKNEY)
    assert under_18 == {"total": (1, None, 2, 2)}
    assert {group: row[0] for group, row in rate.items() if group.startswith("age:")} == {
        "age:10_17": 1,
        "age:18_24": 0,
        "age:25_34": 0,
        "age:over_34": 1,
        "age:unknown": 2,
    }
    assert {group: row for group, row in rate.items() if group.startswith("gender:")} == {
        "gender:female": (1, None, 3, 4),
        "gender:male": (0, None, 3, 4),
        "gender:unknown": (3, None, 3, 4),
    }


async def test_a_month_of_blank_ages_has_no_ages_and_all_the_rest(bench: Workbench) -> None:
    # Met 2018-02
    given = [search(**{"Age range": ""})]
    async with bench.holding([cover("stop_search", unusable=("age",))], given) as measure:
        assert await measure("stop_search_under_18_share") == {}
        rate = pick(await measure("stop_search_rate"), HACKNEY)
    assert rate["total"] == (1, None, 0, 1)
    assert rate["gender:male"] == (1, None, 0, 1)
    assert not [group for group in rate if group.startswith("age:")]


@pytest.mark.parametrize(
    ("metric", "field"),
    [
        ("stop_search_linked_outcome_share", "linked"),
        ("stop_search_clothing_removal_share", "clothing_removed"),
    ],
)
async def test_a_field_that_the_file_cannot_answer_is_missing_not_zero(
    bench: Workbench, metric: str, field: str
) -> None:
    coverage = [cover("stop_search", unusable=(field,)), cover("stop_search", month=JANUARY)]
    async with bench.holding(coverage, [search(), search(month=JANUARY)]) as measure:
        assert {key[4] for key in await measure(metric, NOVEMBER, JANUARY)} == {JANUARY}


async def test_linked_counts_positive_outcomes_among_answers(bench: Workbench) -> None:
    linked = "Outcome linked to object of search"
    given = [
        search(**{linked: "True", "Outcome": "Arrest"}),
        search(**{linked: "True", "Outcome": "A no further action disposal"}),
        search(**{linked: "False", "Outcome": "Arrest"}),
        search(**{linked: "", "Outcome": "Arrest"}),
    ]
    async with bench.holding([cover("stop_search")], given) as measure:
        assert pick(await measure("stop_search_linked_outcome_share"), HACKNEY) == {"total": (1, None, 1, 3)}


async def test_both_vocabularies_of_outcomes_say_the_same(bench: Workbench) -> None:
    given = [
        search(Outcome=word)
        for word in (
            *("Suspect arrested", "Arrest"),
            *("Nothing found - no further action", "A no further action disposal"),
            *("Local resolution", "Community resolution"),
            *("", "Klingon"),
        )
    ]
    async with bench.holding([cover("stop_search")], given) as measure:
        assert pick(await measure("stop_search_arrest_share"), HACKNEY) == {"total": (2, None, 2, 6)}
        assert pick(await measure("stop_search_positive_outcome_share"), HACKNEY)["total"] == (4, None, 2, 6)


# officer's record, person's answer
ETHNICITIES = [
    ("Black", "Black or Black British - African (B2)"),
    ("Black", "Black/African/Caribbean/Black British - African"),
    ("Black", "Other ethnic group - Not stated"),
    ("Black", "Mixed - White and Black Caribbean (M1)"),
    ("White", "White - White British (W1)"),
    ("White", "Not Stated (NS)"),
    ("Other", "Chinese or other ethnic group - Chinese (O1)"),
    ("Other", "Asian/Asian British - Chinese"),
    ("", "Other ethnic group - Arab"),
    ("", "White - Cornish"),
]
# basis, then group: numerator, White, unknown, all
RATIOS = """
officer_defined      black 4 2 2 10
officer_defined      asian 0 2 2 10
officer_defined      other 2 2 2 10
self_defined_filled  black 3 2 1 10
self_defined_filled  asian 1 2 1 10
self_defined_filled  other 2 2 1 10
self_defined_filled  mixed 1 2 1 10
self_defined         black 2 1 3 10
self_defined         asian 1 1 3 10
self_defined         other 2 1 3 10
self_defined         mixed 1 1 3 10
"""


async def test_the_three_bases_in_both_vocabularies_of_ethnicity(bench: Workbench) -> None:
    given = [
        search(**{"Officer-defined ethnicity": seen, "Self-defined ethnicity": said})
        for seen, said in ETHNICITIES
    ]
    async with bench.holding([cover("stop_search")], given) as measure:
        found = await measure("stop_search_rate_ratio")
        unknown = await measure("stop_search_ethnicity_unknown_share")
    for basis in ("officer_defined", "self_defined_filled", "self_defined"):
        table = [line.split() for line in RATIOS.split("\n") if line.split()[:1] == [basis]]
        expected = {f"ethnicity:{group}": tuple(map(int, counts)) for _, group, *counts in table}
        assert pick(found, HACKNEY, basis=basis) == expected
        assert pick(found, HACKNEY, basis=f"{basis}_without_section_60") == expected
        assert pick(unknown, HACKNEY, basis=basis) == {"total": (int(table[0][4]), None, 0, 10)}


async def test_section_60_is_left_out_of_the_second_ratio_only(bench: Workbench) -> None:
    given = [
        search(Legislation=word)
        for word in (SECTION_60, "Misuse of Drugs Act 1971 (section 23)", "", "Klingon")
    ]
    async with bench.holding([cover("stop_search")], given) as measure:
        ratios = await measure("stop_search_rate_ratio")
        rate = await measure("stop_search_section_60_rate")
    assert pick(ratios, HACKNEY, basis="officer_defined")["ethnicity:black"] == (0, 4, 0, 4)
    assert pick(ratios, HACKNEY, basis="officer_defined_without_section_60")["ethnicity:black"] == (
        0,
        3,
        0,
        3,
    )
    assert pick(rate, HACKNEY) == {"total": (1, None, 2, 4)}


async def test_burglary_only_makes_no_other_category_zero(bench: Workbench) -> None:
    coverage = [cover("street", words=("burglary",))]
    async with bench.holding(coverage, crimes=[crime()]) as measure:
        found = await measure("crime_rate")
        assert await measure("antisocial_behaviour_rate") == {}
    assert {key[0] for key in found} == {"category:burglary"}
    assert pick(found, HACKNEY) == {"category:burglary": (1, None, None, None)}
    assert pick(found, 2) == {"category:burglary": (0, None, None, None)}


async def test_the_total_needs_every_crime_category_and_leaves_anti_social_behaviour_out(
    bench: Workbench,
) -> None:
    given = [crime(), crime(**{"Crime type": "Anti-social behaviour"}), crime(**{"Crime type": "Klingon"})]
    without_robbery = tuple(word for word in ALL_CATEGORIES if word != "robbery")
    coverage = [cover("street"), cover("street", month=JANUARY, words=without_robbery)]
    async with bench.holding(coverage, crimes=[*given, crime(month=JANUARY)]) as measure:
        found = await measure("crime_rate", DECEMBER, JANUARY)
        behaviour = await measure("antisocial_behaviour_rate")
    assert pick(found, HACKNEY)["total"] == (1, None, None, None)
    assert {key[0] for key in found if key[4] == JANUARY} == {
        f"category:{word}" for word in without_robbery if word != "anti_social_behaviour"
    }
    assert pick(behaviour, HACKNEY) == {"total": (1, None, None, None)}


async def test_a_force_that_recorded_only_anti_social_behaviour_elsewhere_adds_no_crime_rows_there(
    bench: Workbench,
) -> None:
    given = [crime(force=CITY_POLICE, **{"Crime type": "Anti-social behaviour"})]
    async with bench.holding([cover("street", CITY_POLICE)], crimes=given) as measure:
        found = await measure("crime_rate")
    assert {key[3] for key in found} == {CITY, NOWHERE, OUTSIDE}
