"""Payment files of every form as a grid of text, and what is no payment file."""

import gzip
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from etl.errors import NotRecognised, Refused
from etl.payments.grid import Grid, read_grid, read_head
from tests.etl.payments.books import PAYMENTS, Cell, Sheets, write_ods, write_xls, write_xlsx

ROWS = [
    ["Payment Date", "Supplier Name", "Amount (£)"],
    ["21/07/2026", "Larkspur Paving, Ltd", "£1,450.00"],
    ["22/07/2026", 'The "Oakfern" Trust', "(25.60)"],
]
TEXT = """Payment Date,Supplier Name,Amount (£)
21/07/2026,"Larkspur Paving, Ltd","£1,450.00"
22/07/2026,"The ""Oakfern"" Trust",(25.60)
"""


def read(data: bytes, name: str = "july-2026.csv") -> Grid:
    return read_grid(data, name)


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("cp1252", b"", "cp1252"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "utf-32-le"),
    ],
)
def test_text_of_any_encoding(encoding: str, mark: bytes, found: str) -> None:
    grid = read(mark + TEXT.encode(encoding))
    assert grid.rows == ROWS
    assert (grid.lines, grid.form, grid.encoding) == ([1, 2, 3], "csv", found)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        # Excel for Mac: bare CR, the apostrophe 0xD5, the hard space 0xCA (Lambeth 2011-11)
        ("Supplier,Total\rChildren’s Nest,5.00\rOakfern\xa0Trust,6.00\r", "mac_roman"),
        ("Supplier,Total\rCafé Larkspur,5.00\r", "mac_roman"),
        ("Supplier,Total\r\nChildren’s Nest – Café,5.00\r\n", "cp1252"),
        ("Supplier,Total\r\nBjörk’s,€5\r\nOakfern\xa0Trust,£6\r\n", "cp1252"),
        # MS-DOS: £ is 0x9C, which cp1252 would show as œ (Bexley, Havering)
        ("Supplier,Amount (£)\r\nLarkspur,£5.00\r\n", "cp850"),
        ("Supplier,Amount\r\nCafé Larkspur,5.00\r\n", "cp850"),
    ],
)
def test_an_encoding_of_one_byte_is_told_by_what_stands_beside_a_letter(text: str, encoding: str) -> None:
    grid = read(text.encode(encoding))
    assert grid.encoding == encoding
    assert [",".join(row) for row in grid.rows] == text.split()[:0] + text.replace("\r\n", "\r").strip(
        "\r"
    ).split("\r")


def test_a_pound_of_cp1252_in_a_file_of_utf_8() -> None:
    """Newham: the text says UTF-8, the £ is 0xA3."""
    data = b"\xef\xbb\xbfSupplier,Amount\nCaf\xc3\xa9 Larkspur,\xa36.00\n"
    grid = read(data)
    assert grid.rows[1] == ["Café Larkspur", "£6.00"]
    assert grid.encoding == "utf-8, in part cp1252"


def test_a_pound_of_cp1252_in_every_row_and_few_letters_of_utf_8() -> None:
    rows = b"".join(b"Larkspur,\xa3%d.00\n" % at for at in range(1, 30))
    grid = read("Supplier,Amount\nCafé’s Larkspur,".encode() + b"\xa36.00\n" + rows)
    assert grid.rows[1] == ["Café’s Larkspur", "£6.00"]


def test_lines_that_end_in_several_ways_and_quoted_lines() -> None:
    """Lambeth 2011-11 has CR, and CRLF at its end; names hold line ends."""
    grid = read(b'Supplier,Total\rLarkspur,5\r\nOakfern,6\n"Two\nLines",7\r\rLast,8')
    assert grid.rows == [
        ["Supplier", "Total"],
        ["Larkspur", "5"],
        ["Oakfern", "6"],
        ["Two\nLines", "7"],
        ["Last", "8"],
    ]
    assert grid.lines == [1, 2, 3, 4, 7]


@pytest.mark.parametrize(("separator", "form"), [(",", "csv"), (";", "ssv"), ("\t", "tsv"), ("|", "psv")])
def test_the_separator_is_found(separator: str, form: str) -> None:
    lines = [
        ["Date", "Supplier", "Amount"],
        ["1/7/2026", "A, B; C", "1,450.00"],
        ["2/7/2026", "D, E", "0,56"],
    ]
    text = "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    grid = read(f"Report of July 2026\n{text}\n".encode())
    assert grid.form == form
    assert grid.rows[1:] == lines


def test_a_line_that_tells_excel_the_separator_is_no_row() -> None:
    grid = read(b"sep=;\nA;B,C\n1;2\n")
    assert (grid.rows, grid.lines) == ([["A", "B,C"], ["1", "2"]], [2, 3])


def test_a_quotation_mark_left_open_does_not_swallow_rows() -> None:
    lines = [
        "Supplier,Amount,Ref",
        '"Larkspur,5.00,1',
        *(f"Oakfern,6.00,{n}" for n in range(9)),
        '12" Pipes,7.00,2',
    ]
    grid = read("\n".join(lines).encode())
    assert len(grid.rows) == len(lines)
    assert grid.rows[1] == ['"Larkspur', "5.00", "1"]
    assert grid.rows[-1] == ['12" Pipes', "7.00", "2"]
    assert grid.lines == list(range(1, 13))


CELL = st.text(st.sampled_from('aé£,;|\t"\n\r ’Z9.-'), max_size=6)
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=8)
)


@given(
    TABLE,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_any_table_is_read_back(table: list[list[str]], separator: str, end: str, encoding: str) -> None:
    """With its separator told in the first line; a header makes it certain without (the test above)."""
    text = "".join(separator.join('"' + cell.replace('"', '""') + '"' for cell in row) + end for row in table)
    expected = [row for row in table if any(cell.strip() for cell in row)]
    data = f"sep={separator}{end}{text}".encode(encoding)
    if not expected:
        with pytest.raises(Refused, match="empty"):
            read(data)
    else:
        assert read(data).rows == expected


@given(TABLE, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_table_under_a_header_is_read_back(table: list[list[str]], separator: str, end: str) -> None:
    header = [f"Column {place}" for place in range(len(table[0]))]
    plain = [[cell.translate({ord(c): None for c in ',;|\t\n\r"'}) + "x" for cell in row] for row in table]
    text = "".join(separator.join(row) + end for row in [header, *plain])
    data = text.encode("cp1252")
    # é££ are the bytes of one letter in UTF-8, and no reader can tell
    assume(text.isascii() or not _is_utf8(data))
    assert read(data).rows == [header, *plain]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("write", "form", "days"),
    [
        (write_xlsx, "xlsx", " 00:00:00"),
        (write_xls, "xls", " 00:00:00"),
        (write_ods, "ods", ""),
    ],
)
def test_workbooks_old_and_new(write: object, form: str, days: str) -> None:
    assert callable(write)
    grid = read(write({"_options": [["threshold", 500.0]], "July": [[], [None], *PAYMENTS]}), "spend.csv")
    assert grid.rows == [
        ["Payment Date", "Vendor Name", "Net Amount", "Transaction Code"],
        [f"2026-07-21{days}", "Larkspur Paving Ltd", "1450.5", "5100001"],
        [f"2026-07-22{days}", "Oakfern Trust", "-25.6", "5100002"],
    ]
    assert (grid.form, grid.sheet, grid.lines, grid.left_out) == (form, "July", [3, 4, 5], ("_options",))


def test_sheets_under_one_header_are_one_table_and_hidden_ones_are_left_out() -> None:
    sheets: Sheets = {"April": PAYMENTS, "May": PAYMENTS[:2], "Pivot": [["Total", 7.0]], "Old": PAYMENTS * 3}
    grid = read(write_xlsx(sheets, hidden=["Old"]))
    assert grid.sheet == "April, May"
    assert len(grid.rows) == 5
    assert grid.lines == [1, 2, 3, 4, 5]
    assert grid.left_out == ("Pivot", "Old")


def test_numbers_of_a_workbook_are_as_short_as_they_were_typed() -> None:
    rows: list[list[Cell]] = [
        ["Supplier", "Amount", "Ref"],
        ["Larkspur", 0.1 + 0.2, 5.0],
        ["Oakfern", 1234567.89, 40511.0],
    ]
    assert read(write_xls({"S": rows})).rows[1:] == [
        ["Larkspur", "0.3", "5"],
        ["Oakfern", "1234567.89", "40511"],
    ]


def zip_of(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


LOGIN = b"""
<!DOCTYPE html><html><head><title>403 - Access denied | An Authority</title></head>
<body><form id="user-login"><input type="password"></form></body></html>"""
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LOGIN, r"a web page called '403 - Access denied \| An Authority' that asks to log in"),
        (b"<table><tr><td>1</td></tr></table>", "is a web page, not data"),
        (b"<?xml version='1.0'?><spend/>", "is XML"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (gzip.compress(b"a,b\n1,2\n"), "packed with gzip"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n,,,\r\n,,\r\n", "is empty"),
        (b" , \r\n\xa0,\r\n".decode("cp1252").encode(), "is empty"),
        (write_xlsx({"S": [[]]}), "is empty"),
        (ENCRYPTED, "protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "broken or cut short"),
        (write_xlsx({"S": PAYMENTS})[:900], "broken or cut short"),
        (zip_of(spend__csv=b"a,b\n1,2\n"), "is a zip and no workbook"),
        (zip_of(content__xml=bytes(3_000_000)), "which no real one does"),
        (write_ods({"S": PAYMENTS}, repeat=1_000_000), "repeats a filled cell"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(data)
    assert read_head(data[:4096], "x.csv").rows == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text and no workbook"), (b'[{"a": 1}]', "is JSON")],
)
def test_what_is_of_no_kind_is_not_recognised(data: bytes, reason: str) -> None:
    with pytest.raises(NotRecognised, match=reason):
        read(data)


BODY = "".join(f"Adults,{n},2026-07-21,Larkspur,10.00\n" for n in range(30))


@pytest.mark.parametrize("end", ["Adults,31,202", "Adults,31,2026-07-21,Lark\n"])
def test_a_file_cut_short_is_refused(end: str) -> None:
    with pytest.raises(Refused, match="stops in the middle of a line") as refusal:
        read(f"Department,No,Date,Supplier,Amount\n{BODY}{end}".encode())
    assert refusal.value.line == 32


@pytest.mark.parametrize(
    "end", ["Grand Total,300.00", "* net of VAT", "Total,,,300.00\n", "Adults,31,2026-07-21,Larkspur,10"]
)
def test_a_short_last_row_that_is_a_total_or_a_note_is_kept(end: str) -> None:
    assert len(read(f"Department,No,Date,Supplier,Amount\n{BODY}{end}".encode()).rows) == 32


def test_the_first_bytes_are_enough_to_know_a_file_by() -> None:
    data = TEXT.encode("utf-16")
    assert read_head(data[:130], "x.csv").rows == ROWS[:1]
    assert read_head(data[:131], "x.csv").rows == ROWS[:1]
    assert read_head(TEXT.encode()[:20], "x.csv").rows == [["Payment Date", "Supplie"]]
    assert read_head("Café".encode()[:-1], "x.csv").rows == [["Caf"]]
    assert read_grid(TEXT.encode(), "x.csv", most_rows=2).rows == ROWS[:2]
    assert read_grid(write_xlsx({"S": PAYMENTS}), "x.xlsx", most_rows=2).lines == [1, 2]


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    read_head(data, "x.csv")
    with suppress(Refused):
        assert read(data).rows


@given(st.integers(0, 6000), st.integers(1, 255), st.sampled_from([write_xlsx, write_xls, write_ods]))
def test_one_wrong_byte_in_a_workbook_does_no_harm(at: int, flip: int, write: object) -> None:
    assert callable(write)
    data = bytearray(write({"S": PAYMENTS}))
    data[at % len(data)] ^= flip
    with suppress(Refused):
        assert read(bytes(data)).rows


def test_every_published_file_is_read_or_refused_for_a_right_reason(shared_data: Path) -> None:
    refused: dict[str, str] = {}
    rows: dict[str, int] = {}
    for path in sorted((shared_data / "council" / "payments").rglob("*.*")):
        try:
            rows[path.name] = len(read_grid(path.read_bytes(), path.name).rows)
        except Refused as refusal:
            refused[path.name] = refusal.sentence
    assert {name: sentence.split(":")[0] for name, sentence in refused.items()} == {
        "2022-P03.csv": "The file is a web page called '403 - Access denied | Greater London Authority', not data",
        "newcastle_2017-04.csv": "The file stops in the middle of a line",
        "sheffield_2012-10.csv": "The file stops in the middle of a line",
    }
    assert len(rows) == 29
    assert (rows["2011-11-payments.csv"], rows["PCard_1617.csv"], rows["tfl_2021-P10.csv"]) == (
        1017,
        4583,
        8674,
    )
