"""Every measure's SQL says what the oracle says, over invented facts in the published words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sql.measure import load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import ALL_CATEGORIES, DECEMBER, JANUARY, NOVEMBER, UNSEEN, cover
from tests.oracle import words
from tests.oracle.measures import MEASURES, Observations

MONTHS = (NOVEMBER, DECEMBER, JANUARY)
FORCES = (1, 2)
# the City, the Met's first and last, one between, no location, outside London
PLACES = (1, 2, 12, 33, 0, -1)


def any_of(*known: str) -> st.SearchStrategy[str]:
    """A known word, the blank, or a word that nobody has seen."""
    return st.sampled_from((*known, "", *UNSEEN))


EVENTS = {
    "force": st.sampled_from(FORCES),
    "month": st.sampled_from(MONTHS),
    "borough": st.sampled_from(PLACES),
}

SEARCHES = st.fixed_dictionaries(
    {
        **EVENTS,
        "Type": st.sampled_from((*words.PERSON_TYPES, "Vehicle search", "Klingon")),
        "Gender": any_of("Male", "Female", "Other"),
        "Age range": any_of("under 10", "10-17", "18-24", "25-34", "over 34"),
        "Self-defined ethnicity": any_of(*words.STATED_WORDS),
        # "Black" is a word here and unseen elsewhere
        "Officer-defined ethnicity": any_of("White", "Black", "Asian", "Other"),
        "Legislation": any_of(*words.LEGISLATION),
        "Object of search": any_of(*words.OBJECTS, "Detailed object of search unavailable"),
        "Outcome": any_of(*words.OUTCOME_WORDS),
        "Outcome linked to object of search": st.sampled_from(("True", "False", "")),
        "Removal of more than just outer clothing": st.sampled_from(("True", "False", "")),
    }
)
CRIMES = st.fixed_dictionaries(
    {**EVENTS, "Crime type": any_of(*words.CRIME_CATEGORIES, words.ANTI_SOCIAL, "Violent crime")}
)
FIELDS = st.sets(
    st.sampled_from(
        (
            *("linked", "clothing_removed", "age", "gender", "legislation", "object", "search_outcome"),
            *("ethnicity_officer", "ethnicity_self"),
        )
    ),
    max_size=4,
)
HELD = st.one_of(
    st.just(ALL_CATEGORIES),
    st.just(("burglary",)),
    st.just(ALL_CATEGORIES[:-1]),
    st.just(("anti_social_behaviour",)),
    st.sets(st.sampled_from(ALL_CATEGORIES), min_size=1).map(lambda held: (*sorted(held), "unknown")),
)


@st.composite
def coverages(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[dict[str, Any]]:
    """For each source, force and month: nothing, a partial or a whole month; at times a former release's."""
    rows = []
    for source in ("stop_search", "street"):
        for force in FORCES:
            for month in MONTHS:
                status = draw(st.sampled_from(("received", "received", "received", "partial", "missing")))
                row = cover(source, force, month, unusable=draw(FIELDS) if source == "stop_search" else ())
                if source == "street":
                    row["words"] = draw(HELD)
                if status != "missing":
                    rows.append({**row, "status": status})
                if draw(st.booleans()):
                    rows.append({**row, "first_release": 1, "last_release": 1})
    return rows


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(
    coverage=coverages(),
    searches=st.lists(SEARCHES, min_size=10, max_size=60),
    crimes=st.lists(CRIMES, min_size=10, max_size=40),
)
async def test_every_measure_equals_its_oracle(
    bench: Workbench,
    coverage: list[dict[str, Any]],
    searches: list[dict[str, Any]],
    crimes: list[dict[str, Any]],
) -> None:
    current = [row for row in coverage if row.get("last_release") is None]
    async with bench.holding(coverage, searches, crimes) as measure:
        for metric, (source, oracle) in MEASURES.items():
            expected = oracle(crimes if source == "street" else searches, current)
            assert tell(await measure(metric, NOVEMBER, JANUARY), expected) == "", metric
            december = {key: value for key, value in expected.items() if key[-1] == DECEMBER}
            assert tell(await measure(metric, DECEMBER, DECEMBER), december) == "", (
                f"{metric}, one month alone"
            )


def tell(found: Observations, expected: Observations) -> str:
    """The first differences in words; empty where there is none."""
    keys = [key for key in sorted({*found, *expected}, key=str) if found.get(key) != expected.get(key)]
    return "; ".join(f"{key}: SQL {found.get(key)}, oracle {expected.get(key)}" for key in keys[:5])


def test_every_measure_has_an_oracle() -> None:
    alone = [measure for measure in load_measures().values() if measure.follows is None]
    spine = [measure for measure in alone if measure.source in ("stop_search", "street")]
    assert {measure.metric for measure in spine if measure.kind == "flow"} == set(MEASURES)


@pytest.mark.parametrize("metric", MEASURES)
async def test_nothing_received_nothing_said(bench: Workbench, metric: str) -> None:
    async with bench.holding([]) as measure:
        assert await measure(metric, NOVEMBER, JANUARY) == {}
