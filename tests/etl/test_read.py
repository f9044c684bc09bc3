"""Reading a CSV: every cell as published, every line a row or a reject, and no file that is none."""

import csv
import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.read import Table, read_any_csv, read_csv
from tests.etl.rows import (
    STOP_HEADER,
    STREET_HEADER,
    make_crime,
    make_stop,
    month_of_crimes,
    stops_csv,
    street_csv,
)

NEWLINES = st.sampled_from(["\n", "\r\n"])
BOMS = st.sampled_from([b"", b"\xef\xbb\xbf"])
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
AWKWARD = st.one_of(
    TEXT,
    st.text("\",\r\n '\\;\t", max_size=4),
    st.sampled_from(["", '"', '""', ",", "a,b", 'a"b', "\n", "\r", "é", "£1,2", "NA", "null", "#", "\ufeff"]),
)
COLUMNS = ("first", "second", "third")


def write(rows: list[list[str]], newline: str = "\n", *, quote_all: bool = False) -> bytes:
    """RFC 4180, quotes only where they are needed, or everywhere."""
    lines = [",".join(quote(cell, always=quote_all) for cell in row) for row in [list(COLUMNS), *rows]]
    return "".join(line + newline for line in lines).encode()


def quote(cell: str, *, always: bool) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if always or any(mark in cell for mark in ',"\r\n') else cell


def cells(table: Table) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in table.frame.select(COLUMNS).iter_rows()]


def read(data: bytes) -> Table:
    return read_csv(data, COLUMNS)


# What is read is what was written.


@given(st.lists(st.lists(AWKWARD, min_size=3, max_size=3), max_size=8), NEWLINES, BOMS, st.booleans())
@example([["a,b", 'say "so"', "1"]], "\n", b"", False)
@example([["", "", ""], ['""', '","', ""]], "\r\n", b"\xef\xbb\xbf", True)
def test_every_cell_comes_back_as_it_was_written(
    rows: list[list[str]], newline: str, bom: bytes, quote_all: bool
) -> None:
    table = read(bom + write(rows, newline, quote_all=quote_all))
    assert cells(table) == rows
    assert table.rejects == ()
    assert table.rows_read == len(rows)


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=8), NEWLINES)
def test_a_blank_cell_is_null_whether_quoted_or_not(rows: list[list[str]], newline: str) -> None:
    plain, quoted = read(write(rows, newline)), read(write(rows, newline, quote_all=True))
    assert plain.frame.equals(quoted.frame)
    assert all(cell != "" for row in plain.frame.iter_rows() for cell in row)


@given(
    st.lists(st.lists(st.text("ab,\"'é ", max_size=4), min_size=1, max_size=5), min_size=1, max_size=12),
    NEWLINES,
)
def test_a_row_of_another_length_is_a_reject_with_its_line(rows: list[list[str]], newline: str) -> None:
    rows = [row if row != [""] else ["x"] for row in rows]  # a line with nothing on it is no row
    table = read(write(rows, newline))
    lines = list(enumerate(rows, start=2))
    assert list(table.frame["line"]) == [line for line, row in lines if len(row) == 3]
    assert [reject.line for reject in table.rejects] == [line for line, row in lines if len(row) != 3]
    assert table.rows_read == len(rows) == table.frame.height + len(table.rejects)


@given(
    st.text('a,"\r\n', max_size=40).map(lambda text: text + "\n"),
)
def test_whatever_the_text_rows_are_those_of_a_plain_csv_reader_or_the_file_is_refused(text: str) -> None:
    """The fast way and the slow way read the same."""
    data = (",".join(COLUMNS) + "\n" + text).encode()
    try:
        expected = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))[1:]
    except csv.Error:
        with pytest.raises(Refused, match="quotation marks"):
            read(data)
        return
    table = read(data)
    assert cells(table) == [row for row in expected if len(row) == 3]
    assert len(table.rejects) == len([row for row in expected if row and len(row) != 3])


@pytest.mark.parametrize("chunk", [1, 7, 64])
@given(st.lists(st.lists(AWKWARD, min_size=3, max_size=3), min_size=1, max_size=8), NEWLINES)
def test_a_large_file_is_read_in_parts_to_the_same(chunk: int, rows: list[list[str]], newline: str) -> None:
    data = write(rows, newline)
    whole = read_any_csv(data, separator=",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.read.CHUNK", chunk)
        patch.setattr("etl.read.ROWS", 2)
        parts = read_any_csv(data, separator=",")
        chosen = read_any_csv(data, separator=",", keep=lambda name: name != "second")
    assert parts.frame.equals(whole.frame)
    assert chosen.frame.equals(whole.frame.drop("second"))
    assert cells(whole) == rows


def test_the_text_is_put_into_utf_8_in_parts() -> None:
    text = "first,second,third\n" + "é–£,’,ü\n" * 30
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.read.CHUNK", 3)
        for encoding in ("utf-8", "utf-8-sig", "cp1252"):
            table = read_any_csv(text.encode(encoding))
            assert table.frame.columns == ["line", *COLUMNS]
            assert cells(table) == [["é–£", "’", "ü"]] * 30
        with pytest.raises(Refused, match="neither utf-8-sig nor cp1252"):
            read_any_csv(text.encode() + b"\x81,1,2\n")


def test_lines_are_counted_as_an_editor_counts_them_even_where_a_cell_spans_two() -> None:
    table = read(b'first,second,third\n1,"a\nb",3\n4,5\n7,8,9\n')
    assert list(table.frame["line"]) == [2, 5]
    assert [(reject.line, reject.reason, reject.text) for reject in table.rejects] == [
        (4, "2 fields where 3 were expected", "4,5")
    ]


def test_a_cell_that_spans_lines_never_shifts_the_lines_after_it() -> None:
    # each line alone has the right number of commas
    table = read_csv(b'first,second\n"a,x\nb","c,y"\nd,e\n', ("first", "second"))
    assert table.frame.rows() == [(2, "a,x\nb", "c,y"), (4, "d", "e")]


def test_quoted_commas_are_no_separators() -> None:
    data = street_csv([make_crime(1, Location="On or near High Road, Ickenham")])
    assert b'"On or near High Road, Ickenham"' in data
    assert list(read_csv(data, STREET_HEADER).frame["Location"]) == ["On or near High Road, Ickenham"]


def test_blank_lines_are_neither_rows_nor_rejects() -> None:
    table = read(b"first,second,third\n1,2,3\n\n4,5,6\r\n\r\n\n")
    assert list(table.frame["line"]) == [2, 4]
    assert table.rows_read == 2


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_end_of_the_lines_does_not_matter(newline: str) -> None:
    data = b"first,second,third\n1,2,3\n4,5,6\n".replace(b"\n", newline.encode())
    assert cells(read(data)) == [["1", "2", "3"], ["4", "5", "6"]]


def test_line_ends_may_be_mixed() -> None:
    assert len(read(b"first,second,third\r\n1,2,3\r4,5,6\n7,8,9").frame) == 3


def test_spaces_around_a_column_name_are_no_other_name() -> None:
    assert cells(read(b"first, second,third \n1,2,3\n")) == [["1", "2", "3"]]


def test_a_header_alone_has_no_rows() -> None:
    assert read(b"first,second,third\n").rows_read == 0
    assert read(b"first,second,third").rows_read == 0


# What is no such file.


def xlsx() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


GOOD = stops_csv([make_stop()])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html>\n<html><title>Sign in</title></html>", "web page"),
        (b"\xef\xbb\xbf\r\n  <html>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old Excel workbook"),
        (xlsx(), "zip or a modern Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.decode().encode("utf-16-le"), "zero bytes"),
        (GOOD.decode().encode("utf-16-be"), "zero bytes"),
        (GOOD + b"\0\0\0\0", "zero bytes"),
    ],
)
def test_what_is_no_csv_is_refused_by_what_it_is(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read_csv(data, STOP_HEADER)


def test_another_encoding_is_refused_with_the_line_where_it_shows() -> None:
    rows = [*(make_crime(n) for n in range(3)), make_crime(4, Location="On or near Café Walk")]
    data = street_csv(rows).decode().encode("cp1252")
    with pytest.raises(Refused, match="not UTF-8") as refusal:
        read_csv(data, STREET_HEADER)
    assert refusal.value.line == 5


def test_another_encoding_in_the_header_is_refused() -> None:
    with pytest.raises(Refused, match="not UTF-8"):
        read("first,sécond,third\n1,2,3\n".encode("cp1252"))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("first,secnd,third", "'second' is missing; 'secnd' was found"),
        ("first,third", "'second' is missing"),
        ("first,second,third,fourth", "'fourth' is not a column"),
        ("second,first,third", "another order than published: second, first, third"),
        ("first,second,third,third", "stands twice"),
        ("first;second;third", "'first' is missing; 'first;second;third' was found"),
        ("First,second,third", "'first' is missing; 'First' was found"),
        ("", "empty"),
        ("\n\nfirst,second,third", "'first' is missing"),
        ('"first,second,third', "'first' is missing"),
        ("x" * 200_000, "no header"),
    ],
)
def test_a_header_that_differs_is_refused_by_the_column(header: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read((header + "\n" + ("1,2,3\n" if header else "")).encode())


@pytest.mark.parametrize("column", STOP_HEADER)
def test_each_column_of_a_stop_file_is_needed(column: str) -> None:
    with pytest.raises(Refused, match=f"'{column}' is missing"):
        read_csv(GOOD.replace(column.encode(), b"Renamed", 1), STOP_HEADER)


@pytest.mark.parametrize(
    "tail", ['4,"5', '4,"5,6\n7,8,9\n', '4,5,"6', '4,"a" b,6\n'], ids=["cut", "swallowed", "last", "after"]
)
def test_quotation_marks_that_do_not_pair_up_refuse_the_file_and_name_the_line(tail: str) -> None:
    with pytest.raises(Refused, match="do not pair up") as refusal:
        read(f"first,second,third\n1,2,3\n{tail}".encode())
    assert refusal.value.line == 3


def test_a_file_that_stops_in_the_middle_of_a_line_is_refused() -> None:
    data = street_csv(month_of_crimes("2024-02"))
    for cut in (data[:-60], data[: len(data) // 2].rsplit(b",", 3)[0]):
        with pytest.raises(Refused, match="cut short"):
            read_csv(cut, STREET_HEADER)


def test_a_file_without_a_last_line_end_is_whole() -> None:
    assert read(b"first,second,third\n1,2,3\n4,5,6").rows_read == 2
    assert read(b"first,second,third\n1,2,3\n4,5,").rows_read == 2


def test_a_short_row_that_ends_its_line_is_a_reject_even_in_the_last_place() -> None:
    assert [reject.line for reject in read(b"first,second,third\n1,2,3\n4,5\n").rejects] == [3]
