"""The Met's borough-level crime: wide files read line by line and month by month, and our burglaries beside its own."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from etl.errors import Refused
from etl.read import Table
from etl.sources.control_total import CONTROL_TOTAL, is_header, read
from etl.status import read_status, render_status
from tests.etl.conftest import Base
from tests.etl.rows import month_of_crimes, put, street_csv
from tests.etl.test_use_of_force import CODES
from tests.etl.workbooks import write_workbook
from tests.oracle.control_total import read_offences

Line = tuple[str, ...]
HEADER = ("MajorText", "MinorText", "BoroughName", "202304", "202305", "202306")
SHOPLIFTING = ("THEFT", "SHOPLIFTING")
HOMES = ("BURGLARY", "RES BURGLARY OF A HOME")
LINES: tuple[Line, ...] = (
    (*SHOPLIFTING, "Hackney", "11", "12", "13"),
    (*HOMES, "Hackney", "1", "0", "3"),
    (*HOMES, "Kingston upon Thames", "4", "5", "6"),
    (*HOMES, "London Heathrow and London City Airports", "1", "0", "0"),
    (*HOMES, "Unknown", "7", "8", "9"),
)
JUNE = date(2023, 6, 1)


def make(lines: Sequence[Line] = LINES, header: Line = HEADER) -> bytes:
    """A file as published: invented counts."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *lines])
    return text.getvalue().encode()


def counts(data: bytes) -> dict[tuple[str, str, int], int]:
    """Month, offence and borough -> the sum of its counts."""
    words = {code: word for word, code in CODES["control_offence"].items()}
    table = read(data)
    tidied = CONTROL_TOTAL.tidy(table.frame, CODES)
    found: dict[tuple[str, str, int], int] = {}
    for row in tidied.rows.iter_rows(named=True):
        key = f"{row['month']:%Y-%m}", words[row["offence"]], row["borough"]
        found[key] = found.get(key, 0) + row["offences"]
    return found


def reasons(table: Table) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in table.rejects]


def test_headers() -> None:
    assert is_header(HEADER)
    assert is_header(("MajorText", "MinorText", "LookUp_BoroughName", "202306"))
    assert not is_header(("MajorText", "MinorText", "BoroughName"))
    assert not is_header(("MajorText", "BoroughName", "202306"))


def test_a_line_becomes_a_row_a_month() -> None:
    found = counts(make())
    assert len(found) == 4 * 3
    assert found["2023-05", "THEFT: SHOPLIFTING", 12] == 12
    assert found["2023-05", "BURGLARY: RES BURGLARY OF A HOME", 12] == 0
    assert found["2023-06", "BURGLARY: RES BURGLARY OF A HOME", 21] == 6
    # the airports' command and the unknown borough are no borough
    assert found["2023-04", "BURGLARY: RES BURGLARY OF A HOME", 0] == 1 + 7


def test_the_other_name_of_the_borough_and_a_workbook_say_the_same() -> None:
    other = make(header=("MajorText", "MinorText", "LookUp_BoroughName", *HEADER[3:]))
    assert counts(other) == counts(make()) == counts(write_workbook([make().decode()]))


def test_what_stands_twice_is_rejected_and_two_ways_to_have_no_borough_are_not() -> None:
    table = read(
        make([*LINES, (*HOMES, "Hackney", "2", "2", "2"), (*HOMES, "Kingston Upon Thames", "1", "1", "1")])
    )
    assert reasons(table) == [
        (line, "the same offence and borough stand on a line before") for line in (7, 8) for _ in range(3)
    ]
    assert table.frame.height == 15


@pytest.mark.parametrize("cell", ["", "n/a", "-1", "1.5", "1,200", "12345678"])
def test_a_count_that_is_no_whole_number_is_rejected_and_its_neighbours_are_not(cell: str) -> None:
    table = read(make([*LINES, (*HOMES, "Brent", "1", cell, "3")]))
    assert reasons(table) == [(7, "the count of 202305 is not a whole number")]
    assert table.rejects[0].text == f"BURGLARY,RES BURGLARY OF A HOME,Brent,1,{cell},3"
    assert table.rows_read == 18


def test_a_blank_offence_is_rejected() -> None:
    assert {reason for _, reason in reasons(read(make([("", "", "Brent", "1", "2", "3")])))} == {
        "the offence is blank"
    }


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ((*HEADER[:3], "202304", "202305", "202305"), "The month 202305 stands twice"),
        (
            (*HEADER[:3], "202304", "202305", "202313"),
            "The column '202313' is named like a month and is none",
        ),
    ],
)
def test_strange_months_are_refused(header: Line, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(make(header=header))


def test_a_month_without_any_offence_is_refused() -> None:
    table = read(make([(*HOMES, "Hackney", "1", "0", "3"), (*SHOPLIFTING, "Brent", "2", "0", "1")]))
    with pytest.raises(Refused, match=r"The column of 2023-05 holds no offence"):
        CONTROL_TOTAL.check(table, CONTROL_TOTAL.tidy(table.frame, CODES))


async def test_a_file_loads_with_its_rows_counted_and_a_later_one_takes_its_months(base: Base) -> None:
    report = (
        await base.load(put(base.folder, "a.csv", make([*LINES, (*HOMES, "Brent", "1", "2", "3")])))
    ).files[0]
    assert (report.status, report.rows_read, report.rows_loaded) == ("loaded", 18, 18)
    assert report.rows_placed == 12
    assert await base.conn.fetchval("select sum(offences) from control_total where month = $1", JUNE) == 34
    later = ("MajorText", "MinorText", "BoroughName", "202306", "202307")
    lines = [(*row[:3], "100", "200") for row in LINES[:3]]
    await base.load(put(base.folder, "b.csv", make(lines, later)))
    months = await base.conn.fetch(
        "select month, sum(offences)::int as n from control_total group by 1 order by 1"
    )
    assert [(f"{row['month']:%Y-%m}", row["n"]) for row in months] == [
        *(("2023-04", 25), ("2023-05", 27)),
        *(("2023-06", 300), ("2023-07", 600)),
    ]


async def test_a_borough_that_is_not_known_is_told(base: Base) -> None:
    lines = [*LINES, (*HOMES, "Gotham", "1", "2", "3")]
    report = (await base.load(put(base.folder, "a.csv", make(lines)))).files[0]
    assert report.message == "Boroughs not known, counted in none: 'Gotham'."


async def test_the_status_calls_them_counts_and_not_events(base: Base) -> None:
    await base.load(put(base.folder, "a.csv", make()))
    lines = render_status(await read_status(base.conn)).splitlines()
    assert (
        "control_total, Metropolitan Police: 3 months from 2023-04 to 2023-06; 15 counts by borough, month and offence,"
        " 60.0% placed in a borough."
    ) in lines


async def test_burglaries_of_june_2023_are_1_05_of_the_mets_own(base: Base, shared_data: Path) -> None:
    """methods.md, section 7: the 32 boroughs 4,557 of ours, 1.05; by borough 0.97 to 1.14."""
    mps = sorted((shared_data / "mps").glob("MPS Borough Level Crime*.csv"))
    assert len(mps) == 2
    burglary = shared_data / "police" / "met-burglary-only" / "2023-06.zip"
    await base.load(shared_data / "geo" / "london_boroughs_gla_datastore.gpkg")
    report = await base.load(burglary, *mps, only=("burglary",))
    assert {file.status for file in report.files} == {"loaded"}
    assert sum(file.rows_rejected for file in report.files) == 0
    rows = await base.conn.fetch(
        """select o.borough, o.numerator, o.base
             from observation o join series s using (series_id)
            where s.metric = 'control_total_ratio' and s.group_code = 'category:burglary'
              and o.last_release is null and o.borough > 0"""
    )
    assert [row["borough"] for row in sorted(rows)] == list(range(2, 34))
    # the Met's counts, straight from its file
    published = read_offences(next(path for path in mps if "Historical" in path.name), JUNE, "BURGLARY")
    boroughs = sorted(
        name for name in published if name not in ("Unknown", "London Heathrow and London City Airports")
    )
    assert {row["borough"]: row["base"] for row in rows} == {
        n: published[name] for n, name in enumerate(boroughs, 2)
    }
    assert sum(row["numerator"] for row in rows) == 4557
    assert 4557 / sum(row["base"] for row in rows) == pytest.approx(1.05, abs=0.01)
    shares = [row["numerator"] / row["base"] for row in rows]
    assert (min(shares), max(shares)) == pytest.approx((0.97, 1.14), abs=0.01)
    # no other category, and no total, follows from files of burglary only
    others = "metric = 'control_total_ratio' and group_code <> 'category:burglary'"
    assert await base.count("observation join series using (series_id)", others) == 0


@pytest.mark.parametrize("first", ["theirs", "ours"])
async def test_the_order_of_loading_does_not_matter(base: Base, first: str) -> None:
    ours = put(base.folder, "2023-06-metropolitan-street.csv", street_csv(month_of_crimes("2023-06")))
    theirs = put(base.folder, "theirs.csv", make())
    for path in (theirs, ours) if first == "theirs" else (ours, theirs):
        await base.load(path)
    burglaries = "metric = 'control_total_ratio' and group_code = 'category:burglary' and borough = 12"
    row = await base.conn.fetchrow(
        f"select numerator, base from observation join series using (series_id) where {burglaries} and last_release is null"
    )
    assert row is not None
    assert row["base"] == 3
    assert row["numerator"] == (await base.values("crime_rate", "2023-06", "category:burglary"))[12, 1]


async def test_both_real_files_hold_every_month_once(base: Base, shared_data: Path) -> None:
    mps = sorted((shared_data / "mps").glob("MPS Borough Level Crime*.csv"))
    report = await base.load(*mps)
    assert sum(file.rows_loaded for file in report.files) == 1092 * 168 + 1026 * 24
    assert {file.message for file in report.files} == {""}
    months = await base.conn.fetchrow(
        "select count(distinct month)::int, min(month), max(month) from control_total"
    )
    assert tuple(months) == (192, date(2010, 4, 1), date(2026, 3, 1))
