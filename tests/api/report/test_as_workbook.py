"""Given a report, expect a workbook that people, screen readers and programs can read: the same figures, none that runs."""

import csv
import io
import re
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from api.render.workbook import (
    Column,
    Cover,
    Note,
    Sheet,
    Shown,
    name_sheets,
    write_workbook,
    write_workbook_to,
)
from api.render.workbook_forms import form_of_statistic, form_of_text, read_text
from api.render.workbook_sheets import count_lines
from api.report.as_workbook import name_table, write_report_workbook
from api.report.model import FigureRow
from api.show import SHORTHAND, show_statistic
from tests.api.report.made import NAME, make_report
from tests.tools import find_tool

HEAD = 4


@pytest.fixture(scope="module")
def content() -> bytes:
    return write_report_workbook(make_report())


@pytest.fixture(scope="module")
def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def read_table(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet's table by its header."""
    rows = list(sheet.iter_rows(min_row=HEAD, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def read_number(text: str) -> float:
    """A number of LibreOffice's CSV, with all its digits: shares as percentages, money with its sign."""
    number = float(text.strip("£%"))
    return round(number / 100, 12) if text.endswith("%") else number


def test_a_cover_with_links_then_notes_then_a_table_a_sheet(book: Any) -> None:
    assert book.sheetnames[:2] == ["Cover", "Notes"]
    assert book.sheetnames[-1] == "All figures"
    words = [row[0] for row in book["Cover"].iter_rows(values_only=True)]
    assert words[0] == make_report().title
    assert not any(word is None for word in words)
    linked = {cell.hyperlink.location for row in book["Cover"] for cell in row if cell.hyperlink is not None}
    assert {f"'{name}'!A1" for name in book.sheetnames[1:]} <= linked
    for name in book.sheetnames[1:]:
        (table,) = book[name].tables.values()
        assert table.ref.startswith(f"A{HEAD}:")
        assert book[name].freeze_panes == f"B{HEAD + 1}"


def test_every_table_of_the_report_has_its_sheet(book: Any) -> None:
    titles = {book[name]["A1"].value for name in book.sheetnames}
    for section in make_report().sections:
        for table in section.tables:
            assert name_table(section, table) in titles


def test_no_cell_is_merged_or_empty_and_names_of_sheets_fit(book: Any) -> None:
    for name in book.sheetnames:
        assert len(name) <= 31
        assert not book[name].merged_cells.ranges
        for row in book[name].iter_rows(min_row=HEAD if name != "Cover" else 1, values_only=True):
            assert all(cell not in (None, "") for cell in row), (name, row)


def test_all_figures_are_the_figures_themselves(book: Any) -> None:
    rows = read_table(book["All figures"])
    assert list(rows[0]) == [field.encode_name for field in msgspec.structs.fields(FigureRow)]
    for row, figure in zip(rows, make_report().figures, strict=True):
        if figure.value is None:
            assert row["value"] == ("[c]" if figure.status == "suppressed" else "[x]")
        else:
            assert (row["value"], row["lower"] if figure.lower else None) == (figure.value, figure.lower)


def test_a_number_stays_a_number_and_is_shown_as_the_report_shows_it(book: Any) -> None:
    sheet = book["Stop and search figures"]
    rate, share = (sheet.cell(HEAD + 1 + place, 2) for place in range(2))
    assert (rate.value, rate.number_format) == (12.37, "#,##0.0")
    assert (share.value, share.number_format) == (0.3665, "0.0%")
    headlines = {row["Figure"]: row["Value"] for row in read_table(book["Headlines"])}
    assert headlines["Searches per 1,000 residents"] == 12.37
    assert headlines["Strip searches per 1,000 residents"] == "[c]"


def test_an_interval_that_is_withheld_or_missing_is_not_called_one_that_does_not_apply() -> None:
    report = make_report()
    withheld = msgspec.structs.replace(report.headlines[0], figure="[c]", interval="")
    money = msgspec.structs.replace(report.headlines[0], figure="£22.42", interval="")
    made = msgspec.structs.replace(report, headlines=(withheld, money))
    book = openpyxl.load_workbook(io.BytesIO(write_report_workbook(made)))
    assert [row["95% interval"] for row in read_table(book["Headlines"])] == ["[c]", "[z]"]


def test_a_table_is_named_with_its_section_once() -> None:
    section = make_report().sections[0]
    table = section.tables[0]
    assert name_table(section, table) == f"Stop and search: {table.title}"
    named = msgspec.structs.replace(table, title="Stop and search: figures")
    assert name_table(section, named) == "Stop and search: figures"


def test_what_stands_small_under_a_cell_has_a_column(book: Any) -> None:
    years = next(book[name] for name in book.sheetnames if "by year" in book[name]["A1"].value)
    assert read_table(years)[1]["Notes"] == "£ per resident: not returned"


def test_notes_explain_the_shorthand_and_what_cannot_be_answered(book: Any) -> None:
    report = make_report()
    rows = read_table(book["Notes"])
    assert {row["Name"]: row["What it says"] for row in rows if row["About"] == "Shorthand"} == SHORTHAND
    said = {row["What it says"] for row in rows}
    assert set(report.notes) <= said
    assert {one.question for one in report.cannot_say} <= {row["Name"] for row in rows}
    assert "A gap is a gap: no file of December 2023 was received." in said


def test_nothing_runs_and_words_that_look_like_html_stay_words(content: bytes, book: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in sheet for sheet in sheets)
    assert "'=cmd()" in [row["flags"] for row in read_table(book["All figures"])]
    assert book["Cover"]["A1"].value.startswith(NAME)


def test_sample_data_is_marked_on_every_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_report_workbook(make_report(is_sample=True))))
    assert book["Cover"]["A2"].value == "Sample data, not real."
    assert all(book[name]["A2"].value.startswith("Sample data, not real.") for name in book.sheetnames[1:])


def test_equal_reports_are_equal_bytes_and_the_date_is_that_of_the_release(content: bytes, book: Any) -> None:
    assert write_report_workbook(make_report()) == content
    assert book.properties.created.replace(tzinfo=UTC) == make_report().release.published_at
    assert book.properties.title == make_report().title


def test_libreoffice_reads_the_same(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").write_bytes(content)
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        find_tool("soffice"),
        profile,
        "--headless",
        "--convert-to",
        options,
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(tmp_path / "report.xlsx")], check=True, capture_output=True, timeout=120)
    text = (tmp_path / "report-All figures.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text.split("\n", HEAD - 1)[HEAD - 1])))
    values = [row["value"] for row in rows]
    assert [read_number(value) for value in values if value[0] != "["] == [
        figure.value for figure in make_report().figures if figure.value is not None
    ]
    assert {value for value in values if value[0] == "["} == {"[x]", "[c]"}
    months = (tmp_path / "report-Stop and search months.csv").read_text(encoding="utf-8")
    lines = {row[0]: row[1:] for row in csv.reader(io.StringIO(months))}
    assert lines["2023-12"] == ["[x]", "No file was received."]
    assert lines["2023-09"][0] == "11.24"


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("12.4", 12.4, "#,##0.0"),
        ("0.98 [low]", 0.98, '#,##0.00" [low]"'),
        ("[low] 0.98", 0.98, '"[low] "#,##0.00'),
        ("36.7%", 0.367, "0.0%"),
        ("-£1,234", -1234.0, "£#,##0"),
        ("+3.1", 3.1, "+#,##0.0;-#,##0.0;+#,##0.0"),
        ("2024", 2024.0, "0"),
    ],
)
def test_a_text_says_how_its_number_is_shown(text: str, value: float, form: str) -> None:
    read = read_text(text)
    assert read is not None
    assert read.value == pytest.approx(value)
    assert read.form == form


@pytest.mark.parametrize("text", ["", "[x]", "12 to 13", "=1+1", "1.2.3", "August 2024", "12.4 per 1,000"])
def test_other_text_is_no_number(text: str) -> None:
    assert form_of_text(text) is None


@pytest.mark.parametrize("statistic", ["share", "ratio", "count", "amount", "per_head"])
def test_formats_of_statistics_are_those_of_their_words(statistic: str) -> None:
    read = read_text(show_statistic(statistic, 0.5))
    assert read is not None
    assert form_of_statistic(statistic).partition(";")[0].replace("#,##", "") == read.form.replace("#,##", "")


def test_names_of_sheets_are_told_apart_within_31_letters() -> None:
    long = "Searches by object, by borough and by month"
    names = name_sheets([long, long.upper(), "a/b:c", "Notes", "[x]", ""])
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
    assert "notes" not in {name.casefold() for name in names}


def test_a_long_table_goes_out_as_it_comes(tmp_path: Path) -> None:
    cover = Cover(
        title="Long", lines=("one",), made=datetime(2024, 9, 1, tzinfo=UTC), notes=(Note("a", "b", "c"),)
    )
    columns = (
        Column("area", "Area"),
        Column("value", "Value", "number", 1),
        Column("value", "value", "percent"),
    )
    rows = ((f"=area {number}", number / 7, None) for number in range(3_000))
    path = tmp_path / "long.xlsx"
    with path.open("wb") as file:
        write_workbook_to(
            file, cover, [Sheet(name="Long", title="A long one", columns=columns, rows=rows)], is_long=True
        )
    sheet = openpyxl.load_workbook(path)["Long"]
    assert sheet.auto_filter.ref == f"A{HEAD}:C{HEAD + 3_000}"
    assert [cell.value for cell in sheet[HEAD]] == ["Area", "Value", "value (2)"]
    assert [cell.value for cell in sheet[HEAD + 3_000]] == ["'=area 2999", pytest.approx(2999 / 7), "[x]"]


@pytest.mark.parametrize("value", [2.0595637776041404, 0.1 + 0.2, 1e-7, 12345678.9, -3.0, 0])
def test_numbers_keep_all_their_digits(value: float) -> None:
    cover = Cover(title="Digits", lines=(), made=datetime(2024, 9, 1, tzinfo=UTC))
    sheet = Sheet(name="One", title="One", columns=(Column("value", "Value", "number", 1),), rows=[(value,)])
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(cover, [sheet])))
    assert book["One"].cell(HEAD + 1, 1).value == value


def test_a_long_cell_has_a_row_high_enough_in_every_program() -> None:
    assert [count_lines(text, 10) for text in ("short", "just eleven", "one two three four five six")] == [
        1,
        1,
        3,
    ]
    assert count_lines(1234567890.5, 3) == 1


def test_an_empty_table_says_so_and_a_cell_may_have_a_format_of_its_own() -> None:
    cover = Cover(title="Short", lines=(), made=datetime(2024, 9, 1, tzinfo=UTC))
    columns = (Column("area", "Area"), Column("value", "Value", "number"))
    sheets = [
        Sheet(name="None", title="None", columns=columns, rows=[]),
        Sheet(
            name="Own",
            title="Own",
            columns=columns,
            rows=[("a", Shown(0.5, "0.0%")), ("b", 1.25), ("c", float("nan"))],
        ),
    ]
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(cover, sheets)))
    assert [cell.value for cell in book["None"][HEAD + 1]] == ["No rows", "[x]"]
    cells = [book["Own"].cell(HEAD + row, 2) for row in (1, 2, 3)]
    assert [(cell.value, cell.number_format) for cell in cells[:2]] == [(0.5, "0.0%"), (1.25, "General")]
    assert cells[2].value == "[x]"
