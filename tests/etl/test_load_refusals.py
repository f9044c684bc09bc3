"""What is refused, and what a partial copy of a month says and does not say."""

import json
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from etl.errors import Refused
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import (
    HACKNEY,
    make_crime,
    make_stop,
    month_of_crimes,
    month_of_stops,
    name_file,
    put,
    stops_csv,
    street_csv,
    zip_files,
)

STOPS, STREET = "stop-and-search", "street"


def put_stops(base: Base, rows: list[dict[str, str]], month: str = "2024-02", folder: str = "a") -> Path:
    return put(base.folder / folder, name_file(month, STOPS), stops_csv(rows))


def put_street(base: Base, rows: list[dict[str, str]], month: str = "2024-02", folder: str = "a") -> Path:
    return put(base.folder / folder, name_file(month, STREET), street_csv(rows))


# What is refused, with nothing of it left behind.

RENAMED = stops_csv(month_of_stops("2024-02")).replace(b"Officer-defined ethnicity", b"Ethnicity", 1)
STACKED = stops_csv(month_of_stops("2024-02", 150) * 2)
REFUSED = {
    "renamed column": (
        name_file("2024-02", STOPS),
        RENAMED,
        "'Officer-defined ethnicity' is missing; 'Ethnicity'",
    ),
    "month to come": (name_file("2199-01", STOPS), stops_csv([make_stop()]), "2199-01, lies in the future"),
    "copies on top of each other": (
        name_file("2024-02", STOPS),
        STACKED,
        "Only 150 of 300 rows are different",
    ),
    "header alone": (name_file("2024-02", STOPS), stops_csv([]), "a header and no rows"),
    "another family's columns": (
        name_file("2024-02", STREET),
        stops_csv([make_stop()]),
        "'Crime ID' is missing",
    ),
    "text": (name_file("2024-02", STREET), b"Dear Sir or Madam,\nno data today.\n", "'Crime ID' is missing"),
    "nothing": (name_file("2024-02", STREET), b"", "empty"),
    "a name of its own": ("crimes.csv", street_csv([make_crime(1)]), "none of the kinds"),
    "bomb": (
        "2024-02.zip",
        zip_files({name_file("2024-02", STREET): b"0" * 2_000_000}),
        "It was not unpacked",
    ),
    "zip cut short": ("2024-02.zip", zip_files({name_file("2024-02", STREET): b"x"})[:40], "cut short"),
    "web page": (name_file("2024-02", STOPS), b"<!DOCTYPE html><title>Sign in</title>", "web page"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_refused_file_leaves_nothing_behind(base: Base, case: str) -> None:
    name, data, sentence = REFUSED[case]
    await base.load(put_stops(base, month_of_stops("2023-12"), "2023-12"))
    before = await base.state()
    report = await base.load(put(base.folder, name, data))
    assert only(report).status == "refused"
    assert sentence in only(report).message
    assert report.release is None
    assert await base.state() == before


async def test_genuine_repeats_are_no_stacked_copies(base: Base) -> None:
    """Two people searched together are two equal rows: in 2022-08 the Met has 2,347 of them."""
    rows = month_of_stops("2024-02", 240)
    report = only(await base.load(put_stops(base, [*rows, *rows[:120]])))
    assert (report.status, report.rows_loaded) == ("loaded", 360)
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 360


async def test_files_may_be_prepared_in_other_processes_and_refusals_come_back_from_them(base: Base) -> None:
    put_stops(base, month_of_stops("2024-01", Gender="Non-binary"), "2024-01")
    put(base.folder / "a", name_file("2024-02", STOPS), stops_csv([make_stop(Date="?")] * 9))
    put_stops(base, month_of_stops("2024-03"), "2024-03")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        report = await base.load(base.folder, executor=executor)
    assert [file.status for file in report.files] == ["loaded", "refused", "loaded"]
    assert report.files[1].message.startswith("line 2: 9 of 9 rows cannot be used")
    assert await base.count("stop_search") == 120


# Partial copies.


async def test_a_category_that_is_none_refuses_the_load(base: Base) -> None:
    path = put_street(base, month_of_crimes("2024-02", 30, categories=["Burglary"]))
    with pytest.raises(Refused, match="'burglry', which is no category"):
        await base.load(path, only=("burglry",))
    assert await base.count("resource") == 0


async def test_a_partial_copy_makes_no_other_category_zero(base: Base) -> None:
    rows = month_of_crimes("2024-02", 30, categories=["Burglary"])
    report = only(await base.load(put_street(base, rows), only=("burglary",)))
    assert report.status == "loaded"
    assert (await base.values("crime_rate", "2024-02", "category:burglary"))[HACKNEY, 1] == 30
    assert await base.values("crime_rate", "2024-02", "category:drugs") == {}
    assert await base.values("crime_rate", "2024-02") == {}
    assert await base.values("antisocial_behaviour_rate", "2024-02") == {}
    coverage = await base.coverage("street", "2024-02")
    assert coverage is not None
    assert (coverage["status"], coverage["words"]) == ("received", ["burglary"])
    assert json.loads(await base.conn.fetchval("select only_words from resource")) == ["burglary"]


async def test_a_copy_of_one_category_is_partial_even_where_nobody_says_so(base: Base) -> None:
    await base.load(put_street(base, month_of_crimes("2024-02", 30, categories=["Burglary"])))
    assert (await base.values("crime_rate", "2024-02", "category:burglary"))[HACKNEY, 1] == 30
    assert await base.values("crime_rate", "2024-02", "category:drugs") == {}
    assert await base.values("crime_rate", "2024-02") == {}


async def test_partial_copies_of_different_kinds_stand_beside_each_other(base: Base) -> None:
    for kind in ("Burglary", "Drugs"):
        rows = month_of_crimes("2024-02", 20, categories=[kind])
        report = await base.load(put_street(base, rows, folder=kind), only=(kind.lower(),))
        assert only(report).status == "loaded"
    for group in ("category:burglary", "category:drugs"):
        assert (await base.values("crime_rate", "2024-02", group))[HACKNEY, 1] == 20


async def test_a_copy_that_holds_more_than_was_said_is_refused(base: Base) -> None:
    report = only(await base.load(put_street(base, month_of_crimes("2024-02")), only=("burglary",)))
    assert report.status == "refused"
    assert "13 kinds of event beside those that --only names" in report.message


async def test_only_has_nothing_to_say_about_searches(base: Base) -> None:
    path = put_stops(base, month_of_stops("2024-02"))
    assert only(await base.load(path, only=("burglary",))).status == "loaded"
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 60
    assert await base.conn.fetchval("select words from resource_scope") is None
    later = put_stops(base, month_of_stops("2024-02", 59), folder="b")
    assert only(await base.load(later, only=("burglary",), vintage=date(2199, 1, 1))).status == "loaded"
