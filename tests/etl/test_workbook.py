"""Workbooks: rows as text, and what is no workbook."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.names import name_columns
from etl.read import Table, read_any_csv
from etl.workbook import is_workbook, read_names, read_workbook
from tests.etl.workbooks import write_workbook

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def test_the_first_sheet_with_rows_as_text() -> None:
    data = write_workbook(["", "Notes\n", "Borough,Month,Count\nHackney,2024-02,007\n,,\nBrent,,1.50\n"])
    frame = read_workbook(data)
    assert is_workbook(data)
    assert frame.columns == ["line", "Borough", "Month", "Count"]
    assert frame.rows() == [(2, "Hackney", "2024-02", "007"), (4, "Brent", None, "1.50")]
    assert read_names(data) == ["Borough", "Month", "Count"]


def test_lines_of_explanation_before_the_header_are_left_out() -> None:
    data = write_workbook(["Use of force\n\nBorough,Count\nHackney,3\n"])
    assert read_workbook(data).rows() == [(4, "Hackney", "3")]


def test_blank_rows_at_the_top_count_as_lines() -> None:
    data = write_workbook(["\n\nBorough,Count\nHackney,3\n"])
    assert read_workbook(data).rows() == [(4, "Hackney", "3")]


def test_names_are_made_to_name_one_column_each() -> None:
    assert name_columns([" a ", "", "a", "a", "line", "a_2"]) == [
        "a",
        "column_2",
        "a_2",
        "a_3",
        "line_",
        "a_2_2",
    ]
    frame = read_workbook(write_workbook(["a,a,,b\n1,2,3,4\n"]))
    assert frame.columns == ["line", "a", "a_2", "column_3", "b"]


@given(st.lists(st.sampled_from(["a", "a_2", "", "line", " a"]), max_size=8))
def test_every_column_has_a_name_of_its_own(header: list[str]) -> None:
    names = name_columns(header)
    assert len({*names, "line"}) == len(header) + 1


@pytest.mark.parametrize(
    "data", [OLD, write_workbook(["a,b\n1,2\n"])[:400], b"PK\x03\x04", b"", b"a,b\n1,2\n"]
)
def test_what_cannot_be_opened_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match=r"password|broken or cut short"):
        read_workbook(data)


def test_a_workbook_without_rows_is_refused() -> None:
    with pytest.raises(Refused, match="no sheet with a header and rows"):
        read_workbook(write_workbook(["", "a,b\n"]))


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("crimes.csv", "a,b\n1,2\n")
    with pytest.raises(Refused, match="a zip and no workbook"):
        read_workbook(stream.getvalue())


def test_a_workbook_that_would_burst_is_not_opened() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2_000_000))
    with pytest.raises(Refused, match=r"which no real one does\. It was not opened"):
        read_workbook(stream.getvalue())


@pytest.mark.parametrize("cell", ["XFD9", "AAA1", "PA2", "C400001", "A1048576"])
def test_one_cell_far_out_does_not_fill_the_memory(cell: str) -> None:
    data = write_workbook(["Borough,Count\nHackney,3\n"], {"A2": cell})
    with pytest.raises(Refused, match="far to the right of or below any table"):
        read_workbook(data)


def test_a_wide_table_is_read() -> None:
    data = write_workbook(["Borough,Count\nHackney,3\n"], {"A2": "JJ20"})
    assert read_workbook(data).width == 271


@given(st.integers(0, 900), st.integers(1, 255))
def test_one_wrong_byte_does_no_harm(at: int, flip: int) -> None:
    data = bytearray(write_workbook(["Borough,Count\nHackney,3\n"]))
    data[at % len(data)] ^= flip
    with suppress(Refused):
        assert read_workbook(bytes(data)).height


def rows(table: Table) -> list[tuple[object, ...]]:
    return list(table.frame.rows())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_of_any_header_separator_and_encoding(separator: str, newline: str, encoding: str) -> None:
    lines = [["Borough", "Is it £5?"], ["Hackney", "l’été"], ["", f'"a{separator} b"'], ["Brent", ""]]
    text = newline.join(separator.join(line) for line in lines) + newline
    table = read_any_csv(text.encode(encoding))
    assert table.frame.columns == ["line", "Borough", "Is it £5?"]
    assert rows(table) == [(2, "Hackney", "l’été"), (3, None, f"a{separator} b"), (4, "Brent", None)]
    assert table.rejects == ()


def test_a_separator_in_a_quoted_name_does_not_count() -> None:
    table = read_any_csv(b'"a,b,c,d";e\n1;2\n')
    assert rows(table) == [(2, "1", "2")]
    assert table.frame.columns == ["line", "a,b,c,d", "e"]


def test_a_line_with_too_many_fields_is_a_reject() -> None:
    table = read_any_csv(b"a;b\n1;2\n1;2;3\n\n4;5\n")
    assert rows(table) == [(2, "1", "2"), (5, "4", "5")]
    assert [(reject.line, reject.reason) for reject in table.rejects] == [
        (3, "3 fields where 2 were expected")
    ]


def test_text_in_none_of_the_encodings_is_refused() -> None:
    with pytest.raises(Refused, match="neither utf-8-sig"):
        read_any_csv("a,b\nété,2\n".encode("cp1252"), encodings=("utf-8-sig",))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (OLD, "old Excel workbook"),
        (b"<html>", "web page"),
        (b"", "empty"),
        (b"a\n1\n", "no header of a table"),
        (b"\na,b\n", "no header of a table"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_any_csv(data)
