"""Oddities of real police files, repeats, fields and words: rebuilt rows, and the real files."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.etl.conftest import Base
from tests.etl.police_files import load_real, load_stops, load_street, only, read_rows, searches
from tests.etl.rows import (
    HACKNEY,
    make_crime,
    make_id,
    make_outcome,
    month_of_crimes,
    month_of_stops,
    name_file,
    outcomes_csv,
    put,
    street_csv,
)

# Repeats.


async def test_equal_rows_are_all_kept(base: Base) -> None:
    """No row has an id: equal rows can be two people searched together."""
    rows = month_of_stops("2022-08", 300)
    report = await load_stops(base, [*rows, *rows[:50], *rows[:10]], "2022-08")
    assert report.rows_loaded == 360
    assert (await searches(base, "2022-08"))[HACKNEY, 1] == 360


async def test_equal_rows_of_a_real_file_are_all_kept(base: Base, police: Path) -> None:
    archive = police / "whole" / "2022-10.zip"
    rows = read_rows(archive, "metropolitan-stop-and-search.csv")
    repeats = len(rows) - len({tuple(row.values()) for row in rows})
    assert repeats > 200
    reports = await load_real(base, archive)
    assert reports["stop_search"].rows_loaded == await base.count("stop_search") == len(rows)


async def test_antisocial_behaviour_has_no_id(base: Base) -> None:
    await load_street(base, month_of_crimes("2024-02", 4))
    assert await base.count("crime", "crime_id is null and is_repeated is null") == 4
    assert (await base.values("antisocial_behaviour_rate", "2024-02"))[HACKNEY, 1] == 4
    assert (await base.values("crime_rate", "2024-02"))[HACKNEY, 1] == 13 * 4


async def test_an_id_that_repeats_with_another_outcome_is_kept_twice(base: Base) -> None:
    twice = [make_crime(7, Last_outcome_category=word) for word in ("Under investigation", "Suspect charged")]
    await load_street(base, [*month_of_crimes("2024-02"), *twice])
    assert await base.count("crime", f"crime_id = '{make_id(7)[:32]}' and is_repeated") == 2
    assert await base.count("crime", "is_repeated") == 2


async def test_the_ids_that_repeat_in_real_2023_06_are_kept(base: Base, police: Path) -> None:
    archive = police / "met-burglary-only" / "2023-06.zip"
    ids = Counter(row["Crime ID"] for row in read_rows(archive, "street.csv"))
    await base.load(archive, only=("burglary",))
    kept = await base.conn.fetch("select crime_id, count(*) from crime group by 1 having count(*) > 1")
    assert {row["crime_id"].hex: row["count"] for row in kept} == {
        crime_id[:32]: count for crime_id, count in ids.items() if count > 1
    }


async def test_an_outcomes_file_may_give_most_rows_twice_or_more(base: Base) -> None:
    rows = [make_outcome(n) for n in range(150)]
    path = put(base.folder, name_file("2024-02", "outcomes"), outcomes_csv([*rows, *rows, *rows[:20]]))
    report = only(await base.load(path))
    assert (report.status, report.rows_loaded) == ("loaded", 320)


@pytest.mark.parametrize("month", ["2024-03", "2024-04", "2024-05"])
async def test_the_real_outcome_files_that_repeat_their_rows_load(
    base: Base, police: Path, month: str
) -> None:
    archive = police / "met-burglary-only" / f"{month}.zip"
    rows = read_rows(archive, "outcomes.csv")
    assert len({tuple(row.values()) for row in rows}) < 0.8 * len(rows)
    reports = {file.source: file for file in (await base.load(archive, only=("burglary",))).files}
    assert (reports["outcomes"].status, reports["outcomes"].rows_loaded) == ("loaded", len(rows))


# Fields and words.


async def test_a_linked_field_blank_in_every_row_cannot_be_used(base: Base) -> None:
    await load_stops(base, month_of_stops("2024-01", Outcome="Arrest"), "2024-01")
    coverage = await base.coverage("stop_search", "2024-01")
    assert coverage is not None
    assert set(json.loads(coverage["unusable_fields"])) == {"linked", "clothing_removed"}
    assert await base.values("stop_search_linked_outcome_share", "2024-01") == {}
    assert await base.values("stop_search_clothing_removal_share", "2024-01") == {}
    assert (await base.values("stop_search_arrest_share", "2024-01"))[HACKNEY, 1] == 60


@pytest.mark.parametrize(
    ("column", "field", "gone", "stay"),
    [
        ("Gender", "gender", ["stop_search_rate gender:male"], ["stop_search_rate age:18_24"]),
        ("Object_of_search", "object", ["stop_search_rate object:drugs"], ["stop_search_rate gender:male"]),
        ("Legislation", "legislation", ["stop_search_section_60_rate total"], ["stop_search_rate total"]),
        (
            "Outcome",
            "search_outcome",
            ["stop_search_arrest_share total", "stop_search_positive_outcome_share total"],
            ["stop_search_rate total"],
        ),
    ],
)
async def test_a_field_blank_in_every_row_has_no_figures(
    base: Base, column: str, field: str, gone: list[str], stay: list[str]
) -> None:
    blank: dict[str, Any] = {column: ""}
    await load_stops(base, month_of_stops("2024-02", **blank))
    coverage = await base.coverage("stop_search", "2024-02")
    assert coverage is not None
    assert json.loads(coverage["unusable_fields"])[field] == "the field is blank in every row of the file"
    for series in gone:
        assert await base.values(series.split()[0], "2024-02", series.split()[1]) == {}, series
    for series in stay:
        metric, group = series.split()
        values = await base.values(metric, "2024-02", group)
        assert values[HACKNEY, 1] == 60, series


async def test_an_ethnicity_blank_in_every_row_has_no_figures_and_is_unknown(base: Base) -> None:
    await load_stops(base, month_of_stops("2024-02", Self_defined_ethnicity=""))
    for metric in ("stop_search_rate", "stop_search_positive_outcome_share"):
        assert (await base.values(metric, "2024-02", "ethnicity:white", basis="officer_defined"))[
            HACKNEY, 1
        ] >= 0
        for basis in ("self_defined", "self_defined_filled"):
            assert await base.values(metric, "2024-02", "ethnicity:white", basis=basis) == {}
    ratio = "stop_search_rate_ratio"
    assert await base.values(ratio, "2024-02", "ethnicity:black", basis="officer_defined") != {}
    assert await base.values(ratio, "2024-02", "ethnicity:black", basis="self_defined") == {}
    unknown = await base.values("stop_search_ethnicity_unknown_share", "2024-02", basis="self_defined")
    assert unknown[HACKNEY, 1] == 60


async def test_a_linked_field_false_in_every_row_cannot_be_used(base: Base) -> None:
    fields: dict[str, Any] = {
        "Outcome_linked_to_object_of_search": "False",
        "Removal_of_more_than_just_outer_clothing": "False",
    }
    await load_stops(base, month_of_stops("2024-02", 300, Outcome="Arrest", **fields))
    assert await base.values("stop_search_linked_outcome_share", "2024-02") == {}
    # clothing removal is rare, and False in every row may be so
    assert (await base.values("stop_search_clothing_removal_share", "2024-02"))[HACKNEY, 1] == 0


async def test_a_linked_field_that_says_both_is_used(base: Base) -> None:
    rows = [
        *month_of_stops("2024-02", 200, Outcome="Arrest", Outcome_linked_to_object_of_search="False"),
        *month_of_stops("2024-02", 30, Outcome="Arrest", Outcome_linked_to_object_of_search="True"),
        *month_of_stops("2024-02", 10, Outcome_linked_to_object_of_search="True"),
    ]
    await load_stops(base, rows)
    assert (await base.values("stop_search_linked_outcome_share", "2024-02"))[HACKNEY, 1] == 30


@pytest.mark.parametrize("month", ["2024-01", "2024-02"])
async def test_the_real_linked_field_is_missing_before_and_after_it_was_filled(
    base: Base, police: Path, month: str
) -> None:
    await load_real(base, police / "whole" / f"{month}.zip")
    assert await base.values("stop_search_linked_outcome_share", month) == {}
    removal = await base.values("stop_search_clothing_removal_share", month)
    assert (removal == {}) is (month == "2024-01")


async def test_gender_other_and_age_under_10_count_as_unknown(base: Base) -> None:
    rows = [
        *month_of_stops("2024-03", 50),
        *month_of_stops("2024-03", 9, Gender="Other"),
        *month_of_stops("2024-03", 4, Age_range="under 10"),
    ]
    report = await load_stops(base, rows, "2024-03")
    assert report.message == ""
    assert (await searches(base, "2024-03", "gender:unknown"))[HACKNEY, 1] == 9
    assert (await searches(base, "2024-03", "age:unknown"))[HACKNEY, 1] == 4
    assert (await searches(base, "2024-03", "age:10_17"))[HACKNEY, 1] == 0
    assert (await base.values("stop_search_under_18_share", "2024-03"))[HACKNEY, 1] == 0


OLD_WORDS = {
    "White - White British (W1)": "white",
    "White - Any other White ethnic background (W9)": "white",
    "Mixed - White and Black Caribbean (M1)": "mixed",
    "Asian or Asian British - Indian (A1)": "asian",
    "Black or Black British - African (B2)": "black",
    "Chinese or other ethnic group - Chinese (O1)": "other",
    "Chinese or other ethnic group - Any other ethnic group (O9)": "other",
    "Not Stated (NS)": "unknown",
    "": "unknown",
}
NEW_WORDS = {
    "White - English/Welsh/Scottish/Northern Irish/British": "white",
    "White - Gypsy or Irish Traveller": "white",
    "Mixed/Multiple ethnic groups - White and Asian": "mixed",
    "Asian/Asian British - Chinese": "asian",
    "Black/African/Caribbean/Black British - African": "black",
    "Other ethnic group - Arab": "other",
    "Other ethnic group - Not stated": "unknown",
    "": "unknown",
}


@pytest.mark.parametrize(("month", "words"), [("2017-03", OLD_WORDS), ("2017-04", NEW_WORDS)])
async def test_both_vocabularies_of_ethnicity_give_the_same_groups(
    base: Base, month: str, words: dict[str, str]
) -> None:
    rows = [row for word in words for row in month_of_stops(month, 20, Self_defined_ethnicity=word)]
    report = await load_stops(base, rows, month)
    assert report.message == ""
    expected = Counter(words.values())
    for group in ("white", "mixed", "asian", "black", "other", "unknown"):
        values = await searches(base, month, f"ethnicity:{group}", "self_defined")
        assert values[HACKNEY, 1] == 20 * expected[group], group


@pytest.mark.parametrize("month", ["2017-03", "2017-04"])
async def test_every_real_word_on_both_sides_of_2017_04_is_known(
    base: Base, police: Path, month: str
) -> None:
    reports = await load_real(base, police / "awkward" / f"{month}.zip")
    assert {file.message for file in reports.values()} == {""}
    assert await base.count("vocabulary", "is_unseen") == 0
    by_letter = Counter(
        "unknown" if not word or "(NS)" in word or "Not stated" in word else word[:5]
        for word in (
            row["Self-defined ethnicity"]
            for row in read_rows(police / "awkward" / f"{month}.zip", "metropolitan-stop-and-search.csv")
            if row["Type"] != "Vehicle search"
        )
    )
    groups = {
        group: sum(
            count
            for (_, force), count in (
                await searches(base, month, f"ethnicity:{group}", "self_defined")
            ).items()
            if force == 1
        )
        for group in ("white", "black", "unknown")
    }
    assert groups == {
        "white": by_letter["White"],
        "black": by_letter["Black"],
        "unknown": by_letter["unknown"],
    }


@pytest.mark.parametrize(
    ("month", "arrest", "nothing"),
    [
        ("2017-12", "Suspect arrested", "Nothing found - no further action"),
        ("2018-01", "Arrest", "A no further action disposal"),
    ],
)
async def test_both_vocabularies_of_outcomes_give_the_same_classes(
    base: Base, month: str, arrest: str, nothing: str
) -> None:
    rows = [
        *month_of_stops(month, 40, Outcome=arrest),
        *month_of_stops(month, 50, Outcome=nothing),
        *month_of_stops(month, 10, Outcome=""),
    ]
    report = await load_stops(base, rows, month)
    assert report.message == ""
    assert (await base.values("stop_search_arrest_share", month))[HACKNEY, 1] == 40
    assert (await base.values("stop_search_positive_outcome_share", month))[HACKNEY, 1] == 40
    bases = await base.conn.fetch(
        "select o.base, o.unknown_numerator from observation o join series s using (series_id)"
        " where s.metric = 'stop_search_arrest_share' and s.group_code = 'total' and o.borough = 12"
    )
    assert [tuple(row) for row in bases] == [(90, 10)]


# The shape of the file.


async def test_lf_and_crlf_give_the_same_result(base: Base) -> None:
    rows = [*month_of_crimes("2024-02"), make_crime(1, Location="On or near High Road, Ickenham")]
    figures = []
    for newline in ("\n", "\r\n"):
        await base.conn.execute(
            "truncate resource_scope, resource, crime, crime_tally, observation, coverage, release cascade"
        )
        path = put(base.folder, name_file("2024-02", "street"), street_csv(rows, newline))
        report = only(await base.load(path))
        assert (report.rows_read, report.rows_loaded) == (43, 43)
        facts = await base.conn.fetch(
            "select crime_id, category, last_outcome, location, longitude, borough, place from crime"
        )
        figures.append((sorted(map(str, facts)), await base.current()))
    assert figures[0] == figures[1]
    assert figures[0][1]


async def test_quoted_commas_belong_to_the_place(base: Base) -> None:
    await load_street(
        base, [*month_of_crimes("2024-02"), make_crime(1, Location="On or near High Road, Ickenham")]
    )
    assert await base.count("crime", "location = 'On or near High Road, Ickenham'") == 1
