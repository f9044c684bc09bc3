"""Files of many months are found by their header, whatever their name."""

from datetime import date
from pathlib import Path

import pytest

from etl.candidate import read_bytes
from etl.find import find
from tests.etl.conftest import Base
from tests.etl.returns.files import ra_2021, ra_2023, rs, rsx, section_251, write_book
from tests.etl.rows import name_file, put, street_csv, zip_files
from tests.etl.thorough_files import FIRST, LATER, make_searches, write_searches
from tests.etl.workbooks import write_workbook

SEARCHES = write_searches(make_searches(date(2021, 1, 1), 60), FIRST)


@pytest.mark.parametrize("name", ["a.csv", "STRIP SEARCH (final).CSV", "b.txt"])
def test_a_table_is_known_by_its_header(tmp_path: Path, name: str) -> None:
    found = find([put(tmp_path, name, SEARCHES)])
    (candidate,) = found.candidates
    assert (candidate.kind, candidate.source, candidate.file) == ("table", "thorough_search", name)
    # when it was published, its rows will tell
    assert candidate.vintage is None
    assert read_bytes(candidate) == SEARCHES


@pytest.mark.parametrize(
    "encode", [lambda text: text.encode("utf-8-sig"), lambda text: text.encode("cp1252")]
)
def test_encodings_and_line_ends_do_not_matter(tmp_path: Path, encode: object) -> None:
    assert callable(encode)
    text = write_searches(make_searches(date(2021, 1, 1), 60, area="Señor"), LATER).decode()
    for newline in ("\r\n", "\r"):
        path = put(tmp_path, "a.csv", encode(text.replace("\n", newline)))
        assert [candidate.source for candidate in find([path]).candidates] == ["thorough_search"]


def test_what_a_workbook_is_of_is_known_when_it_is_read(tmp_path: Path) -> None:
    (candidate,) = find([put(tmp_path, "a.xlsx", write_workbook([SEARCHES.decode()]))]).candidates
    assert (candidate.kind, candidate.source) == ("table", None)


def test_the_vintage_that_was_said_is_kept(tmp_path: Path) -> None:
    (candidate,) = find([put(tmp_path, "a.csv", SEARCHES)], date(2024, 7, 8)).candidates
    assert candidate.vintage == date(2024, 7, 8)


def test_tables_come_after_the_police_files(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", SEARCHES)
    put(tmp_path, "z/" + name_file("2024-02", "street"), street_csv([]))
    assert [candidate.kind for candidate in find([tmp_path]).candidates] == ["police", "table"]


def test_tables_in_a_zip(tmp_path: Path) -> None:
    files = {"a/a.csv": SEARCHES, "a/b.csv": b"x,y\n1,2\n", "__MACOSX/a/._a.csv": b"\0\5\26", "c.xlsx": b"?"}
    found = find([put(tmp_path, "2024-02.zip", zip_files(files))])
    # the month in the archive's name says nothing of a table's vintage
    assert [(c.member, c.source, c.vintage) for c in found.candidates] == [
        ("a/a.csv", "thorough_search", None),
        ("c.xlsx", None, None),
    ]
    assert found.refusals == []


def test_a_zip_without_tables_or_police_files_is_refused(tmp_path: Path) -> None:
    found = find([put(tmp_path, "a.zip", zip_files({"b.csv": b"x,y\n1,2\n"}))])
    assert "no table of the Met or of MOPAC" in str(found.refusals[0][1])


def test_text_that_is_no_table_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    path = put(tmp_path, "notes.txt", b"Dear all,\n")
    assert find([tmp_path]).not_data == 1
    assert "recognised by the names in their first line" in str(find([path]).refusals[0][1])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(50), "an old Excel workbook"),
        (write_workbook(["a,b\n1,2\n"]), "a modern Excel workbook"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"", "empty"),
    ],
)
def test_what_is_named_csv_and_is_none_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    put(tmp_path, "a.csv", data)
    assert reason in str(find([tmp_path]).refusals[0][1])


@pytest.mark.parametrize("form", ["xls", "xlsx", "ods"])
def test_workbooks_of_every_form_are_found(tmp_path: Path, form: str) -> None:
    (candidate,) = find([put(tmp_path, f"RS 2012-13.{form}", rs(2012, form))]).candidates
    assert (candidate.kind, candidate.source, candidate.vintage) == ("table", None, None)


@pytest.mark.parametrize("data", [ra_2021(), ra_2023(), rsx(), section_251(2011)])
def test_returns_are_known_by_a_header_below_titles(tmp_path: Path, data: bytes) -> None:
    found = find([put(tmp_path, "data.csv", data)])
    assert [(one.kind, one.source) for one in found.candidates] == [("table", None)]
    assert not found.refusals


@pytest.mark.parametrize("name", ["GDP_Deflators_June_2026.xlsx", "gdp-deflators.ods"])
def test_a_workbook_of_deflators_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    (candidate,) = find([put(tmp_path, name, b"PK\x03\x04")]).candidates
    assert candidate.kind == "deflator"


async def test_an_old_workbook_of_nothing_known_is_refused_with_a_sentence(base: Base) -> None:
    for form in ("xls", "ods"):
        path = put(base.folder, f"a.{form}", write_book({"a": [["Stop date", "Officer"], ["1", "2"]]}, form))
        (done,) = (await base.load(path)).files
        assert done.status == "refused"
        assert "holds no table that is known here" in done.message
