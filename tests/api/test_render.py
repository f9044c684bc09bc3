"""Given rows, expect cells that no spreadsheet runs and that are never empty."""

import csv
import io
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.envelope import ReleaseLabel
from api.negotiation import TYPES
from api.render.answer import Answer
from api.render.as_csv import disarm, render_csv, write_cell
from api.render.formats import FORMATS


class Line(msgspec.Struct, frozen=True, rename={"first": "from"}):
    first: str
    value: float | None
    status: str
    reason: str | None
    flags: tuple[str, ...]


def render(*lines: Line) -> list[dict[str, str]]:
    label = ReleaseLabel("r", datetime(2024, 9, 1, tzinfo=UTC), "outline")
    answer = Answer(rows=lines, row_type=Line, links={}, release=label, is_sample=False)
    return list(csv.DictReader(io.StringIO(render_csv(answer).decode(), newline="")))


@pytest.mark.parametrize(
    ("status", "marker"),
    [
        ("missing", "[x]"),
        ("incomplete", "[x]"),
        ("suppressed", "[c]"),
        ("low", "[low]"),
        ("not_applicable", "[z]"),
    ],
)
def test_a_figure_that_is_not_there_says_why(status: str, marker: str) -> None:
    (row,) = render(Line("2024-08", None, status, None, ()))
    assert row == {"from": "2024-08", "value": marker, "status": status, "reason": "[z]", "flags": "[z]"}


def test_what_is_there_stays_as_it_is() -> None:
    (row,) = render(Line("2024-08", -0.5, "ok", "One, two", ("a", "b")))
    assert row == {"from": "2024-08", "value": "-0.5", "status": "ok", "reason": "One, two", "flags": "a; b"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+44", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
)
def test_text_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert disarm(text) == f"'{text}"


def test_negative_numbers_are_numbers() -> None:
    assert write_cell(-3, "[x]") == -3
    assert write_cell(-0.25, "[x]") == -0.25
    assert write_cell("-3", "[x]") == "'-3"


@given(st.text())
def test_no_cell_starts_as_a_formula(text: str) -> None:
    cell = str(write_cell(text, "[x]"))
    assert cell
    assert cell[0] not in "=+-@\t\r\n"


def test_formats_are_one_table() -> None:
    tables = ["json", "csv", "geojson", "xlsx", "ods", "parquet", "gpkg"]
    assert list(FORMATS) == [*tables, "svg", "png", "pdf", "zip"]
    assert [one.name for one in FORMATS.values() if one.render] == tables
    assert len({one.media_type for one in FORMATS.values()}) == len(FORMATS)
    assert {one.media_type for one in FORMATS.values()} <= set(TYPES)
