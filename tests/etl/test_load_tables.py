"""Files of many months in the database: the latest vintage that covers a month counts, whatever the order of loading."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl.load import LoadReport
from etl.publish import publish
from etl.reference import seed
from etl.report import FileReport
from etl.sample_marks import SAMPLE_WORDS
from geo.areas import CITY, load_boroughs
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import month_of_stops, name_file, put, stops_csv, zip_files
from tests.etl.thorough_files import (
    FIRST,
    LATER,
    SECOND,
    Row,
    make_search,
    make_searches,
    write_searches,
)
from tests.etl.workbooks import write_workbook

COUNT = "strip_search_under_18_count"
JANUARY, MARCH = date(2021, 1, 1), date(2021, 3, 1)


def searches(first: date, days: int, **changes: str) -> list[Row]:
    return make_searches(first, days, age="Under 18", **changes)


def early(base: Base) -> Path:
    """January to April, vintage May."""
    return put(base.folder, "early.csv", write_searches(searches(JANUARY, 120), FIRST))


def late(base: Base) -> Path:
    """March to June, vintage July; one search a day, as the early file."""
    return put(base.folder, "late.csv", write_searches(searches(MARCH, 122), SECOND))


def by_name(report: LoadReport) -> dict[str, FileReport]:
    return {file.file: file for file in report.files}


async def under_18(base: Base) -> dict[str, int]:
    """Searches of under-18s by month, everywhere."""
    rows = await base.conn.fetch(
        """select to_char(o.period_start, 'YYYY-MM') as month, sum(o.numerator)::int as searches
             from observation o join series s using (series_id)
            where s.metric = $1 and s.group_code = 'total' and o.last_release is null
         group by 1 order by 1""",
        COUNT,
    )
    return {row["month"]: row["searches"] for row in rows}


async def check_books(base: Base) -> None:
    """Rows read = loaded + rejected; events of a resource's months are its rows; stored rows are those that count."""
    assert await base.count("resource", "rows_read <> rows_loaded + rows_rejected") == 0
    strange = await base.conn.fetchval(
        """select count(*)
             from resource r
            where r.rows_loaded <> (select sum(events) from resource_scope s where s.resource_id = r.resource_id)"""
    )
    assert strange == 0
    stored = await base.conn.fetch(
        "select resource_id, month, count(*)::int as events from thorough_search group by 1, 2 order by 1, 2"
    )
    counting = await base.conn.fetch(
        "select resource_id, month, events from resource_scope where superseded_by is null order by 1, 2"
    )
    assert [tuple(row) for row in stored] == [tuple(row) for row in counting]


async def test_a_table_is_loaded_month_by_month(base: Base) -> None:
    report = only(await base.load(early(base)))
    assert (report.status, report.source, report.message) == ("loaded", "thorough_search", "")
    assert (report.rows_read, report.rows_loaded, report.rows_rejected, report.rows_placed) == (
        120,
        120,
        0,
        120,
    )
    assert (
        await base.count("resource", "vintage = '2021-05-01' and publisher = 'Metropolitan Police Service'")
        == 1
    )
    assert await under_18(base) == {"2021-01": 31, "2021-02": 28, "2021-03": 31, "2021-04": 30}
    # day 9 of March is 68 days after the first of January: 68 % 5 = 3 is Westminster
    assert (await base.values(COUNT, "2021-03"))[33, 1] == 6
    found = await base.coverage("thorough_search", "2021-02")
    assert found is not None
    assert (found["status"], found["events"], found["placed"]) == ("received", 28, 28)
    await check_books(base)


ALL = {"2021-01": 31, "2021-02": 28, "2021-03": 31, "2021-04": 30, "2021-05": 31, "2021-06": 30}


@pytest.mark.parametrize("order", [("early", "late"), ("late", "early"), ("together",)])
async def test_months_that_two_vintages_hold_count_once_in_either_order(
    base: Base, order: tuple[str, ...]
) -> None:
    paths = {"early": early(base), "late": late(base), "together": base.folder}
    reports: dict[str, FileReport] = {}
    for name in order:
        reports |= by_name(await base.load(paths[name]))
    assert {file.status for file in reports.values()} == {"loaded"}
    assert await under_18(base) == ALL
    if order == ("late", "early"):
        assert reports["early.csv"].message == (
            "Its 2021-03 to 2021-04 are not stored: late.csv (vintage 2021-07-01) is newer."
        )
    else:
        assert reports["late.csv"].message == "Replaces 2021-03 to 2021-04 of early.csv (vintage 2021-05-01)."
    assert await base.count("resource_scope", "superseded_by is not null") == 2
    # from which file the observations of each month are does not depend on the order
    kept = await base.conn.fetch(
        "select distinct r.file, month from thorough_search join resource r using (resource_id)"
    )
    assert {(row["file"], row["month"].month) for row in kept} == {
        *(("early.csv", month) for month in (1, 2)),
        *(("late.csv", month) for month in (3, 4, 5, 6)),
    }
    await check_books(base)


async def test_a_vintage_that_holds_nothing_new_is_refused_as_older(base: Base) -> None:
    await base.load(put(base.folder, "whole.csv", write_searches(searches(JANUARY, 181))))
    before = await base.state()
    report = only(await base.load(early(base)))
    assert report.status == "refused"
    assert "This copy (vintage 2021-05-01) is older than the one in the database (whole.csv" in report.message
    assert await base.state() == before
    forced = only(await base.load(early(base), force=True))
    assert forced.message == "Replaces 2021-01 to 2021-04 of whole.csv (vintage 2021-07-01)."
    assert await under_18(base) == ALL
    await check_books(base)


async def test_the_same_file_changes_nothing(base: Base) -> None:
    await base.load(early(base))
    before = await base.state()
    assert only(await base.load(early(base))).message == "The same file is loaded already."
    await base.load(late(base))
    after = await base.state()
    # two of its months are superseded, and the others are there
    assert only(await base.load(early(base))).message == "The same file is loaded already."
    assert await base.state() == after != before


async def test_a_file_of_which_no_month_counts_any_more(base: Base) -> None:
    await base.load(early(base))
    await base.load(put(base.folder, "whole.csv", write_searches(searches(JANUARY, 181))))
    report = only(await base.load(early(base)))
    assert report.status == "unchanged"
    assert report.message == "This copy was superseded by a later one (whole.csv). --force brings it back."


async def test_another_form_of_the_same_figures_changes_nothing(base: Base) -> None:
    rows = searches(JANUARY, 90)
    await base.load(put(base.folder, "one.csv", write_searches(rows, FIRST)))
    for name, data in (
        ("other-order.csv", write_searches(rows[::-1], LATER)),
        ("semicolons.csv", write_searches(rows, FIRST).replace(b",", b";").replace(b"(s;", b"(s,")),
        ("crlf.txt", write_searches(rows, FIRST).replace(b"\n", b"\r\n")),
        ("book.xlsx", write_workbook([write_searches(rows, FIRST).decode()])),
    ):
        before = await base.state()
        report = only(await base.load(put(base.folder, name, data)))
        assert (report.status, report.message) == (
            "unchanged",
            "The same figures are loaded already, from one.csv.",
        ), name
        assert await base.state() == before


async def test_two_files_of_one_vintage_that_differ_need_a_vintage(base: Base) -> None:
    rows = searches(JANUARY, 90)
    await base.load(put(base.folder, "one.csv", write_searches(rows)))
    changed = put(base.folder, "two.csv", write_searches([*rows[:-1], rows[-1] | {"age": "18 or over"}]))
    report = only(await base.load(changed))
    assert report.status == "refused"
    assert "both have the vintage 2021-04-01" in report.message
    assert "--vintage" in report.message
    assert only(await base.load(changed, vintage=date(2021, 6, 1))).status == "loaded"
    assert sum((await under_18(base)).values()) == 89


@pytest.mark.parametrize(
    ("days", "status"), [(91, "loaded"), (99, "loaded"), (100, "refused"), (80, "refused")]
)
async def test_vintages_that_differ_by_more_than_a_tenth_are_refused(
    base: Base, days: int, status: str
) -> None:
    await base.load(put(base.folder, "one.csv", write_searches(searches(JANUARY, 90))))
    more = searches(JANUARY, 90, ethnicity="Black")[: max(days - 90, 0)]
    rows = [*searches(JANUARY, 90)[: min(days, 90)], *more]
    report = only(
        await base.load(put(base.folder, "two.csv", write_searches(rows)), vintage=date(2021, 9, 1))
    )
    assert report.status == status
    if status == "refused":
        assert "For 2021-01 to 2021-03 this file has" in report.message
        assert "one.csv (vintage 2021-04-01) 90, which is more than 10% apart" in report.message


async def test_a_refused_file_leaves_nothing(base: Base) -> None:
    before = await base.state()
    rows = searches(JANUARY, 59)
    stacked = put(
        base.folder, "stacked.csv", write_searches([*rows, *(r | {"adult": "N"} for r in rows)], LATER)
    )
    month = put(base.folder, "month.csv", write_searches(searches(JANUARY, 31)))
    future = put(base.folder, "future.csv", write_searches(searches(date(2098, 1, 1), 90)))
    empty = put(base.folder, "empty.csv", write_searches([]))
    report = await base.load(stacked, month, future, empty)
    assert [file.status for file in report.files] == ["refused"] * 4
    assert await base.state() == before
    messages = {name: file.message for name, file in by_name(report).items()}
    assert "lie on top of each other" in messages["stacked.csv"]
    assert "single month" in messages["month.csv"]
    assert "which lies in the future" in messages["future.csv"]
    assert "a header and no rows" in messages["empty.csv"]


async def test_a_table_that_lacks_a_column_is_refused_by_its_name(base: Base) -> None:
    """It is not called a file of no known kind."""
    tables = {
        "searches": write_searches(searches(JANUARY, 60), [name for name in SECOND if name != "borough"]),
        "book": write_workbook([write_searches(searches(JANUARY, 60), [*FIRST[:4], *FIRST[5:]]).decode()]),
        "crime": b"MajorText,MinorText,Ward,202304\nBURGLARY,HOME,Hackney,1\n",
        "survey": b"Date,Survey,Borough,Measure,Share\n31/12/2014,PAS,Hackney,Trust MPS,0.5\n",
    }
    lacking = {
        "searches": "line 1: This seems to be a file of thorough searches without the column 'borough'; found were 'stop_date',",
        "book": "This seems to be a file of thorough searches without the column 'sex'; found were 'stop_date',",
        "crime": "line 1: This seems to be a file of borough-level crime of the Met without the column 'BoroughName'; found were"
        " 'MajorText', 'MinorText', 'Ward', '202304'. Get the file again as published.",
        "survey": "without the column 'Proportion' or 'MPS'",
    }
    for name, data in tables.items():
        path = put(base.folder, f"{name}.{'xlsx' if name == 'book' else 'csv'}", data)
        report = only(await base.load(path))
        assert report.status == "refused"
        assert lacking[name] in report.message


async def test_rejects_are_kept_with_their_lines(base: Base) -> None:
    rows = searches(JANUARY, 90)
    rows[40] |= {"date": "soon"}
    report = only(await base.load(put(base.folder, "one.csv", write_searches(rows))))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (90, 89, 1)
    kept = await base.conn.fetchrow("select line, reason, row_text from reject")
    assert kept is not None
    assert (kept["line"], kept["reason"]) == (42, "the date is not a date such as 2022-08-14")
    assert kept["row_text"].startswith("soon,Central East,")


async def test_words_and_boroughs_not_seen_before_are_reported(base: Base) -> None:
    rows = searches(JANUARY, 90)
    rows[0] |= {"ethnicity": "Green", "borough": "Gotham"}
    report = only(await base.load(put(base.folder, "one.csv", write_searches(rows))))
    assert report.message == (
        "Boroughs not known, counted in none: 'Gotham'."
        " New words, counted as unknown: 'Green' (ethnicity_officer)"
    )
    assert (report.rows_loaded, report.rows_placed) == (90, 89)
    assert (await base.values(COUNT, "2021-01"))[0, 1] == 1


async def test_a_word_that_changes_its_class_changes_the_figures_of_its_months(base: Base) -> None:
    await base.load(early(base))
    where = "field = 'thorough_age' and word = 'Under 18'"
    await base.conn.execute(f"update vocabulary set class = 'unknown' where {where}")
    await seed(base.conn)
    assert await base.count("stale", f"metric = '{COUNT}'") == 4
    assert await publish(base.conn) is not None
    assert sum((await under_18(base)).values()) == 120


async def test_sample_and_real_are_not_mixed(base: Base) -> None:
    await base.load(early(base))
    marked = put(base.folder, "sample.csv", write_searches(searches(JANUARY, 181, area=SAMPLE_WORDS)))
    report = only(await base.load(marked))
    assert (report.status, "sample data" in report.message) == ("refused", True)
    stop = put(base.folder, name_file("2021-01", "stop-and-search"), stops_csv(month_of_stops("2021-01")))
    assert only(await base.load(stop)).status == "loaded"


async def test_the_sample_gives_way_to_real_tables_where_that_is_asked_for(base: Base) -> None:
    await base.load(put(base.folder, "sample.csv", write_searches(searches(JANUARY, 181, area=SAMPLE_WORDS))))
    assert only(await base.load(early(base))).status == "refused"
    assert only(await base.load(early(base), replace_sample=True)).status == "loaded"
    assert sum((await under_18(base)).values()) == 120


async def test_tables_are_found_in_zips_and_beside_police_files(base: Base) -> None:
    name = name_file("2021-01", "stop-and-search")
    put(
        base.folder,
        "mixed.zip",
        zip_files(
            {
                name: stops_csv(month_of_stops("2021-01")),
                "tables/thorough.csv": write_searches(searches(JANUARY, 90)),
                "notes.csv": b"a,b\n1,2\n",
            }
        ),
    )
    report = await base.load(base.folder)
    assert {file.source: file.status for file in report.files} == {
        "stop_search": "loaded",
        "thorough_search": "loaded",
    }
    assert sum((await under_18(base)).values()) == 90


async def test_a_partial_last_month_is_not_received(base: Base) -> None:
    seen = ("White", "Black", "Asian", "Other")
    rows = [row for word in seen for row in searches(JANUARY, 31 + 10, ethnicity=word)]
    await base.load(put(base.folder, "cut.csv", write_searches(rows)))
    found = {month: await base.coverage("thorough_search", month) for month in ("2021-01", "2021-02")}
    assert [row["status"] if row else None for row in found.values()] == ["received", "partial"]
    assert await under_18(base) == {"2021-01": 124}


async def test_rows_of_months_that_a_file_does_not_cover_are_rejected(base: Base) -> None:
    """Otherwise the 2 of July would be all there is of July, 1930 would be received, and the file dated 2077."""
    full = [row for word in ("White", "Black") for row in searches(MARCH, 122, ethnicity=word)]
    await base.load(put(base.folder, "whole.csv", write_searches([*full, *searches(date(2021, 7, 1), 31)])))
    strays = [
        make_search(date=f"{day} 00:00") for day in ("1930-03-05", "2021-07-01", "2021-07-02", "2077-01-01")
    ]
    later = put(base.folder, "later.csv", write_searches([*full[:-1], *strays]))
    report = only(await base.load(later, vintage=date(2021, 9, 1)))
    assert (report.status, report.rows_read, report.rows_loaded, report.rows_rejected) == (
        "loaded",
        247,
        243,
        4,
    )
    assert report.message == "Replaces 2021-03 to 2021-06 of whole.csv (vintage 2021-08-01)."
    reasons = await base.conn.fetch("select line, reason from reject order by line")
    assert [tuple(row) for row in reasons][:2] == [
        (245, "the file does not cover 1930-03: rows of it are 1, of other months up to 62"),
        (246, "the file does not cover 2021-07: rows of it are 2, of other months up to 62"),
    ]
    assert await base.coverage("thorough_search", "1930-03") is None
    found = await base.coverage("thorough_search", "2021-07")
    assert found is not None
    assert found["events"] == 31
    await check_books(base)


async def test_a_stray_row_does_not_make_a_single_month_a_whole_file(base: Base) -> None:
    rows = [*searches(MARCH, 31), make_search(date="2021-02-28")]
    report = only(await base.load(put(base.folder, "month.csv", write_searches(rows))))
    assert (report.status, "the single month 2021-03" in report.message) == ("refused", True)


async def test_the_vintage_of_a_file_does_not_follow_a_stray_row(base: Base) -> None:
    await base.load(
        put(base.folder, "one.csv", write_searches([*searches(JANUARY, 90), make_search(date="2024-05-09")]))
    )
    assert await base.count("resource", "vintage = '2021-04-01'") == 1


def name_real(shared: Path, name: str) -> Path:
    return shared / "mps" / f"thorough-searches {name}.csv"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_268_searches_of_under_18s_in_2021_whatever_the_order(
    base: Base, shared_data: Path, order: tuple[int, int]
) -> None:
    names = ("2019-01 to 2022-08", "2019-01 to 2024-01")
    for place in order:
        await base.load(name_real(shared_data, names[place]))
        months = await under_18(base)
        assert sum(count for month, count in months.items() if month[:4] == "2021") == 268
    assert await base.count("thorough_search") == 15_353
    # where figures count, they are the 32 boroughs' and those of no borough
    rows: list[Any] = await base.conn.fetch("select distinct borough from thorough_search order by 1")
    assert [row["borough"] for row in rows] == [0, *range(2, 34)]
    await check_books(base)


async def test_the_stacked_files_are_refused_with_and_without_others(base: Base, shared_data: Path) -> None:
    stacked = shared_data / "mps" / "stacked"
    for _ in range(2):
        report = await base.load(stacked)
        assert [file.status for file in report.files] == ["refused", "refused"]
        assert all("on top of each other" in file.message for file in report.files)
        await base.load(name_real(shared_data, "2019-01 to 2024-01"))
    assert await base.count("thorough_search") == 15_353


@pytest.mark.parametrize(("name", "status"), [("Lambth", "refused"), ("Gotham", "loaded")])
async def test_a_borough_under_a_strange_name_is_not_one_without_searches(
    base: Base, name: str, status: str
) -> None:
    boroughs = [area.area_name for area in load_boroughs() if area.borough != CITY]
    if name == "Gotham":
        boroughs.append(name)
    else:
        boroughs[boroughs.index("Lambeth")] = name
    days = make_searches(JANUARY, 59)
    rows = [{**days[number % 59], "borough": boroughs[number % len(boroughs)]} for number in range(590)]
    (file,) = (await base.load(put(base.folder, "all.csv", write_searches(rows)))).files
    assert (file.status, name in file.message) == (status, True)
