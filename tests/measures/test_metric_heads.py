"""Every measure's head: what it must say, and the words that it may not use (methods.md, section 10)."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sql.measure import FOLDER, Measure, group_codes, load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import cover, search

REFERENCE = Path(__file__).parents[2] / "etl" / "reference"
MEASURES = load_measures()

# issue 2, part 5, with the dimensions of groups that each must have
SPINE = {
    "stop_search_rate": {"object", "legislation", "age", "gender", "ethnicity"},
    "stop_search_section_60_rate": set(),
    "stop_search_positive_outcome_share": {"ethnicity", "object", "object_ethnicity"},
    "stop_search_arrest_share": set(),
    "stop_search_linked_outcome_share": set(),
    "stop_search_clothing_removal_share": set(),
    "stop_search_under_18_share": set(),
    "stop_search_ethnicity_unknown_share": set(),
    "stop_search_rate_ratio": {"ethnicity"},
    "crime_rate": {"category"},
    "antisocial_behaviour_rate": set(),
}

AVOIDED = (
    r"find rates?",
    r"hit rates?",
    r"hot ?spots?",
    r"excess(ive)?",
    r"BA?ME",
    r"incidents?",
    r"good",
    r"bad",
    r"worse|worst|better|best",
    r"red|amber|green",
    r"because of|due to|causes?|caused by|leads? to",
    r"times (as|more) likely",
)

EITHER = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


def vocabulary() -> dict[str, Any]:
    return tomllib.loads((REFERENCE / "vocabulary.toml").read_text(encoding="utf-8"))


def a_word_of_each_class(field: str) -> list[str]:
    return [*(entry["words"][0] for entry in vocabulary()[field].values() if entry["words"]), ""]


def texts(measure: Measure) -> list[str]:
    """All that people may read of a measure."""
    return [
        *(
            measure.title,
            measure.definition,
            measure.unit,
            measure.numerator,
            measure.denominator,
            measure.interval,
        ),
        *measure.caveats,
        *(basis.label for basis in measure.bases),
        *(group.label for group in measure.groups),
    ]


def test_every_metric_of_the_spine_is_there_with_its_groups() -> None:
    assert {metric: {group.dimension for group in MEASURES[metric].groups} for metric in SPINE} == SPINE


@EITHER
def test_nothing_is_left_empty(measure: Measure) -> None:
    assert all(text.strip() == text != "" for text in texts(measure))
    assert measure.caveats
    assert measure.bases
    assert measure.method_version >= 1
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", measure.since)


@EITHER
def test_sentences_are_sentences(measure: Measure) -> None:
    for text in (measure.definition, *measure.caveats):
        assert text[0].isupper()
        assert text.endswith(".")
    assert not measure.title.endswith(".")


@EITHER
@pytest.mark.parametrize("word", AVOIDED)
def test_words_to_avoid_are_avoided(measure: Measure, word: str) -> None:
    found = [text for text in texts(measure) if re.search(rf"\b({word})\b", text, re.IGNORECASE)]
    assert not found


@EITHER
def test_bases_are_told_apart(measure: Measure) -> None:
    assert len(set(measure.basis_codes)) == len(measure.bases)
    assert len({basis.label for basis in measure.bases}) == len(measure.bases)


@EITHER
def test_what_a_head_names_exists(measure: Measure) -> None:
    known = vocabulary()
    sources = tomllib.loads((REFERENCE / "sources.toml").read_text(encoding="utf-8"))
    assert measure.source in sources
    if measure.words:
        assert set(measure.needs) <= set(known[measure.words])
    for group in measure.groups:
        classes = {*known[group.field], "unknown"}
        assert set(group.classes) <= classes
        assert group.reference is None or group.reference in classes
        assert group.within is None or group.within in known
        assert set(group.bases) <= set(measure.basis_codes)
        assert set(group.populations) <= set(measure.basis_codes)


@EITHER
def test_rates_have_residents_and_shares_do_not_need_them(measure: Measure) -> None:
    if measure.statistic == "rate":
        assert measure.population == "residents"
        assert "residents" in measure.denominator
        assert "1,000 residents" in measure.unit
    if measure.statistic == "ratio":
        # the reference group has its own residents, on every basis
        for group in measure.groups:
            assert group.reference
            assert set(group.populations) == set(measure.basis_codes)


@EITHER
def test_what_methods_say_of_children_is_small(measure: Measure) -> None:
    is_strip_search = measure.source == "thorough_search"
    assert measure.small is (is_strip_search or measure.metric == "stop_search_under_18_share")
    assert [group.dimension for group in measure.groups if group.small] == (
        ["age"] if measure.metric == "stop_search_rate" else []
    )


@EITHER
def test_the_officers_record_goes_with_the_officers_denominators(measure: Measure) -> None:
    for group in measure.groups:
        for basis, population in group.populations.items():
            # of uses of force officers record a Mixed group too
            officers = "ethnicity_perceived" if measure.source == "use_of_force" else "ethnicity_officer"
            assert population == (officers if basis.startswith("officer_defined") else "ethnicity")


def test_the_ratio_says_what_it_does_not_show() -> None:
    sentence = (
        "This does not show why, and neither proves nor rules out unlawful discrimination "
        "(Equality Act 2010)."
    )
    assert sentence in MEASURES["stop_search_rate_ratio"].caveats


def test_the_officers_record_is_the_headline() -> None:
    bases = MEASURES["stop_search_rate_ratio"].basis_codes
    assert bases[:3] == ("officer_defined", "self_defined_filled", "self_defined")
    assert bases[3:] == tuple(f"{basis}_without_section_60" for basis in bases[:3])


def test_every_file_of_the_folder_is_a_measure() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(MEASURES)


async def test_a_measures_rows_are_of_the_series_that_its_head_declares(bench: Workbench) -> None:
    async with bench.pool.acquire() as conn:
        rows = await conn.fetch("select field, array_agg(class) as c from vocabulary_class group by field")
    classes = {row["field"]: tuple(row["c"]) for row in rows}
    # pairs of object and ethnicity have a row only where there was a search
    pairs = [
        search(**{"Object of search": sought, "Officer-defined ethnicity": seen})
        for sought in a_word_of_each_class("object")
        for seen in a_word_of_each_class("ethnicity_officer")
    ]
    async with bench.holding([cover("stop_search"), cover("street")], pairs) as measure:
        for metric in SPINE:
            declared = {
                (basis, code)
                for basis in MEASURES[metric].basis_codes
                for code in group_codes(MEASURES[metric], basis, classes)
            }
            assert {(key[1], key[0]) for key in await measure(metric)} == declared, metric
