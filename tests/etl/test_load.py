"""Loading on a real database: what is counted, what changes nothing, what becomes of new words."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl.sample_marks import SAMPLE_WORDS
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import (
    BROMLEY,
    HACKNEY,
    POINTS,
    STOP_HEADER,
    make_crime,
    make_outcome,
    make_stop,
    month_of_crimes,
    month_of_stops,
    name_file,
    outcomes_csv,
    put,
    stops_csv,
    street_csv,
    write_csv,
    zip_files,
)

STOPS, STREET = "stop-and-search", "street"


def put_stops(base: Base, rows: list[dict[str, str]], month: str = "2024-02", folder: str = "a") -> Path:
    return put(base.folder / folder, name_file(month, STOPS), stops_csv(rows))


def put_street(base: Base, rows: list[dict[str, str]], month: str = "2024-02", folder: str = "a") -> Path:
    return put(base.folder / folder, name_file(month, STREET), street_csv(rows))


# What is counted.


async def test_rows_read_are_rows_loaded_and_rows_rejected(base: Base) -> None:
    rows = [*month_of_stops("2024-02", 60), make_stop(Date="yesterday"), make_stop(Latitude="north")]
    report = only(await base.load(put_stops(base, rows)))
    assert (report.status, report.source) == ("loaded", "stop_search")
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (62, 60, 2)
    assert report.rows_placed == 60
    assert await base.count("stop_search") == 60
    record = await base.conn.fetchrow("select rows_read, rows_loaded, rows_rejected, publisher from resource")
    assert tuple(record) == (62, 60, 2, "Metropolitan Police Service")


async def test_a_few_bad_rows_are_kept_with_line_reason_and_text(base: Base) -> None:
    rows = [*month_of_stops("2024-02", 60), make_stop(Date="2023-07-01T00:00:00+00:00"), make_stop(Type="")]
    path = put(base.folder, name_file("2024-02", STOPS), stops_csv(rows) + b"too,short\n")
    report = only(await base.load(path))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (63, 60, 3)
    rejects = await base.conn.fetch("select line, reason, row_text from reject order by line")
    assert [(r["line"], r["reason"]) for r in rejects] == [
        (62, "the date lies outside the month of the file"),
        (63, "the type of search is blank"),
        (64, "2 fields where 15 were expected"),
    ]
    assert rejects[0]["row_text"].startswith("Person search,2023-07-01T00:00:00+00:00,False,")
    assert rejects[2]["row_text"] == "too,short"


BAD_STREET_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"Month": "2024-03"}, "the month is not the month of the file"),
    ({"Month": ""}, "the month is blank"),
    ({"Crime_type": ""}, "the crime type is blank"),
    ({"Crime_ID": "abc"}, "the crime's identifier is not 64 hexadecimal digits"),
    ({"Longitude": ""}, "only one of the two coordinates is there"),
    ({"Latitude": "51,5"}, "a coordinate is not a number"),
    ({"Latitude": "NaN"}, "a coordinate is not on the globe"),
    ({"Longitude": "530000"}, "a coordinate is not on the globe"),
]


async def test_each_way_in_which_a_street_row_can_be_bad(base: Base) -> None:
    good = month_of_crimes("2024-02", 12)
    rows = [*good, *(make_crime(900 + n, **change) for n, (change, _) in enumerate(BAD_STREET_ROWS))]
    report = only(await base.load(put_street(base, rows)))
    assert (report.rows_loaded, report.rows_rejected) == (len(good), len(BAD_STREET_ROWS))
    reasons = await base.conn.fetch("select reason from reject order by line")
    assert [row["reason"] for row in reasons] == [reason for _, reason in BAD_STREET_ROWS]


@pytest.mark.parametrize(
    "moment",
    [
        "2024-02-10T14:05:00",
        "2024-02-10T14:05:00Z",
        "2024-02-10T14:05:00+01:00",
        "2024-02-10T14:05:00 and more+00:00",
        "2024-02-10T14:05:60+00:00",
        "2024-02-30T14:05:00+00:00",
        "2024-2-10T14:05:0+00:00",
        "10/02/2024 14:05",
        "",
    ],
)
async def test_a_search_without_a_moment_in_utc_is_a_bad_row(base: Base, moment: str) -> None:
    rows = [*month_of_stops("2024-02", 60), make_stop(Date=moment)]
    report = only(await base.load(put_stops(base, rows)))
    assert (report.status, report.rows_loaded, report.rows_rejected) == ("loaded", 60, 1)


async def test_one_row_in_ten_broken_refuses_the_file_until_it_is_accepted(base: Base) -> None:
    rows = [
        make_stop(Date="?") if n % 10 == 3 else row for n, row in enumerate(month_of_stops("2024-02", 100))
    ]
    path = put_stops(base, rows)
    before = await base.state()
    report = only(await base.load(path))
    assert report.status == "refused"
    assert report.message.startswith(
        "line 5: 10 of 100 rows cannot be used, the first because the date is not"
    )
    assert "--accept-rejects" in report.message
    assert await base.state() == before
    accepted = only(await base.load(path, accept_rejects=True))
    assert (accepted.status, accepted.rows_loaded, accepted.rows_rejected) == ("loaded", 90, 10)
    assert await base.count("reject") == 10


async def test_five_percent_is_still_taken(base: Base) -> None:
    rows = [*month_of_stops("2024-02", 95), *[make_stop(Date="?")] * 5]
    assert only(await base.load(put_stops(base, rows))).status == "loaded"
    rows = [*month_of_stops("2024-03", 94), *[make_stop(Date="?")] * 6]
    assert only(await base.load(put_stops(base, rows, "2024-03"))).status == "refused"


async def test_a_file_of_bad_rows_alone_never_becomes_a_month_of_zeros(base: Base) -> None:
    path = put_stops(base, [make_stop(Date="?")] * 20)
    report = only(await base.load(path, accept_rejects=True))
    assert report.status == "refused"
    assert "None of the 20 rows can be used" in report.message
    assert await base.coverage("stop_search", "2024-02") is None


# Figures.


async def test_figures_are_dense_inside_what_was_received_and_nowhere_else(base: Base) -> None:
    rows = [*month_of_stops("2024-02", 60), *month_of_stops("2024-02", 30, point=POINTS[BROMLEY])]
    await base.load(put_stops(base, rows))
    values = await base.values("stop_search_rate", "2024-02")
    assert values[HACKNEY, 1] == 60
    assert values[BROMLEY, 1] == 30
    # 32 boroughs, no location and outside London: real zeros; none for the City, whose own force said nothing
    assert sum(values.values()) == 90
    assert sorted(values) == [(borough, 1) for borough in [-1, 0, *range(2, 34)]]
    assert await base.values("stop_search_rate", "2024-01") == {}
    assert await base.values("crime_rate", "2024-02") == {}


async def test_loading_again_changes_nothing(base: Base) -> None:
    put_stops(base, month_of_stops("2024-02"))
    put_street(base, month_of_crimes("2024-02"))
    put(base.folder / "a", name_file("2024-02", "outcomes"), outcomes_csv(make_outcome(n) for n in range(20)))
    first = await base.load(base.folder)
    assert [file.status for file in first.files] == ["loaded"] * 3
    assert first.release is not None
    before = await base.state()
    second = await base.load(base.folder)
    assert [file.status for file in second.files] == ["unchanged"] * 3
    assert {file.message for file in second.files} == {"The same file is loaded already."}
    assert second.release is None
    assert await base.state() == before


@pytest.mark.parametrize("options", [{"vintage": True}, {"force": True}, {"accept_rejects": True}])
async def test_loading_again_with_any_option_changes_nothing(base: Base, options: dict[str, bool]) -> None:
    chosen: dict[str, Any] = {
        key: date(2025, 1, 1) if key == "vintage" else value for key, value in options.items()
    }
    path = put_stops(base, month_of_stops("2024-02"))
    await base.load(path)
    before = await base.state()
    report = await base.load(path, **chosen)
    assert only(report).status == "unchanged"
    assert await base.state() == before


async def test_the_same_bytes_in_a_zip_change_nothing(base: Base) -> None:
    path = put_stops(base, month_of_stops("2024-02"))
    await base.load(path)
    before = await base.state()
    archive = put(base.folder, "2024-02.zip", zip_files({f"2024-02/{path.name}": path.read_bytes()}))
    assert only(await base.load(archive)).status == "unchanged"
    assert await base.state() == before


async def test_the_same_bytes_under_another_months_name_are_another_file(base: Base) -> None:
    await base.load(put_stops(base, month_of_stops("2024-02")))
    report = only(await base.load(put_stops(base, month_of_stops("2024-02"), "2024-03")))
    assert report.status == "refused"
    assert "the date lies outside the month of the file" in report.message


async def test_a_refused_file_does_not_keep_the_others_back(base: Base) -> None:
    put_stops(base, month_of_stops("2024-01"), "2024-01")
    put(base.folder / "a", name_file("2024-02", STOPS), b"<html>")
    put_stops(base, month_of_stops("2024-03"), "2024-03")
    report = await base.load(base.folder)
    assert [file.status for file in report.files] == ["loaded", "refused", "loaded"]
    assert report.refused == 1
    assert await base.values("stop_search_rate", "2024-02") == {}
    assert (await base.values("stop_search_rate", "2024-03"))[HACKNEY, 1] == 60


# Words.


async def test_a_word_not_seen_before_is_learned_reported_and_counted_as_unknown(base: Base) -> None:
    rows = [
        *month_of_stops("2024-02", 50),
        *month_of_stops("2024-02", 10, Gender="Non-binary", Object_of_search="Lockpicks"),
    ]
    report = only(await base.load(put_stops(base, rows)))
    assert report.status == "loaded"
    assert report.message == "New words, counted as unknown: 'Non-binary' (gender); 'Lockpicks' (object)"
    learned = await base.conn.fetch(
        "select field, word, class from vocabulary where is_unseen order by field"
    )
    assert [tuple(row) for row in learned] == [
        ("gender", "Non-binary", "unknown"),
        ("object", "Lockpicks", "unknown"),
    ]
    assert (await base.values("stop_search_rate", "2024-02", "gender:unknown"))[HACKNEY, 1] == 10
    assert (await base.values("stop_search_rate", "2024-02", "gender:male"))[HACKNEY, 1] == 50
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 60


@pytest.mark.parametrize("why", ["rejects", "vintage", "sample", "shifted"])
async def test_nothing_is_learned_from_a_file_that_is_refused(base: Base, why: str) -> None:
    await base.load(put_stops(base, month_of_stops("2024-02", 60)), vintage=date(2024, 4, 1))
    rows = month_of_stops("2024-02", 60, Gender="Non-binary")
    if why == "rejects":
        rows[:10] = month_of_stops("2024-02", 10, Type="")
    if why == "sample":
        rows = [{**row, "Policing operation": SAMPLE_WORDS} for row in rows]
    if why == "shifted":
        rows = [{**row, "Gender": f"Word {number}"} for number, row in enumerate(rows)]
    before = await base.conn.fetch("select * from vocabulary order by field, code")
    path = put(base.folder / "second", name_file("2024-02", STOPS), stops_csv(rows))
    refused = only(await base.load(path, vintage=date(2024, 3 if why == "vintage" else 5, 1)))
    assert refused.status == "refused"
    words = {
        "rejects": "10 of 60 rows cannot be used",
        "vintage": "is older than the one in the database",
        "sample": "This is sample data",
        "shifted": "60 words of gender were never seen before: the columns may have shifted.",
    }
    assert words[why] in refused.message
    assert await base.conn.fetch("select * from vocabulary order by field, code") == before


async def test_a_word_of_a_refused_file_is_learned_from_the_next(base: Base) -> None:
    await base.load(put_stops(base, month_of_stops("2024-02", 60)), vintage=date(2024, 4, 1))
    for month in ("2024-02", "2024-03"):
        rows = month_of_stops(month, 50, Gender="Non-binary")
        put(base.folder / "next", name_file(month, STOPS), stops_csv(rows))
    report = await base.load(base.folder / "next", vintage=date(2024, 3, 1))
    assert [file.status for file in report.files] == ["refused", "loaded"]
    assert await base.count("vocabulary", "is_unseen") == 1
    assert (await base.values("stop_search_rate", "2024-03", "gender:unknown"))[HACKNEY, 1] == 50


async def test_a_word_that_many_files_bring_is_learned_once(base: Base) -> None:
    for month in ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05"):
        put_stops(base, month_of_stops(month, Gender="Non-binary"), month)
    report = await base.load(base.folder)
    assert [file.status for file in report.files] == ["loaded"] * 5
    assert await base.count("vocabulary", "word = 'Non-binary'") == 1
    for month in ("2024-01", "2024-05"):
        assert (await base.values("stop_search_rate", month, "gender:unknown"))[HACKNEY, 1] == 60


async def test_a_new_category_of_crime_is_kept_in_no_figure(base: Base) -> None:
    rows = [*month_of_crimes("2024-02"), make_crime(1, "Cattle rustling")]
    report = only(await base.load(put_street(base, rows)))
    assert "'Cattle rustling' (category)" in report.message
    assert await base.count("crime") == 14 * 3 + 1
    assert (await base.values("crime_rate", "2024-02"))[HACKNEY, 1] == 13 * 3


async def test_text_of_any_kind_is_kept_as_it_is(base: Base) -> None:
    places = [
        'On or near "The Oval", N1',
        "On or near\nMare Street",
        "\\.",
        "=1+1",
        "Åth \u202e 🚓",
        " ",
        "NULL",
    ]
    rows = [*month_of_crimes("2024-02"), *(make_crime(n, Location=place) for n, place in enumerate(places))]
    report = only(await base.load(put_street(base, rows)))
    assert report.status == "loaded"
    kept = await base.conn.fetch("select location from crime where location <> 'On or near Mare Street'")
    assert sorted(row["location"] for row in kept) == sorted(places)


async def test_a_header_of_the_right_columns_in_another_order_is_refused(base: Base) -> None:
    order = [STOP_HEADER[1], STOP_HEADER[0], *STOP_HEADER[2:]]
    path = put(base.folder, name_file("2024-02", STOPS), write_csv(order, [make_stop()]))
    assert "another order than published" in only(await base.load(path)).message
