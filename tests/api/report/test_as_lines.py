"""Given a report, expect its CSV and JSON to hold its figures, and nothing that would run."""

import csv
import io
import json
from hashlib import sha256

import msgspec

from api.report.as_lines import write_report_csv, write_report_json
from api.report.model import FigureRow, Report
from tests.api.report.made import make_report


def read(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write_report_csv(report).decode(), newline="")))


def test_a_line_for_each_figure_with_the_figure_itself() -> None:
    report = make_report()
    lines = read(report)
    assert list(lines[0]) == [field.encode_name for field in msgspec.structs.fields(FigureRow)]
    assert [line["metric"] for line in lines] == [row.metric for row in report.figures]
    for line, row in zip(lines, report.figures, strict=True):
        for name in ("value", "lower", "upper", "numerator", "denominator"):
            wanted = getattr(row, name)
            assert wanted is None or float(line[name]) == wanted, (row.metric, name)
        assert line["cite"] == row.cite


def test_where_there_is_no_value_the_shorthand_says_why() -> None:
    lines = {line["metric"]: line for line in read(make_report())}
    assert lines["crime_rate"]["value"] == "[x]"
    assert lines["strip_search_rate"]["value"] == "[c]"
    assert all(cell for line in lines.values() for cell in line.values())


def test_no_cell_would_run() -> None:
    lines = {line["metric"]: line for line in read(make_report())}
    assert lines["stop_search_rate_ratio"]["flags"] == "'=cmd()"


def test_json_is_the_document_and_can_be_read_back() -> None:
    report = make_report()
    document = write_report_json(report)
    assert msgspec.json.decode(document, type=Report) == report
    assert json.loads(document)["figures"][0]["from"] == "2023-09"


def test_equal_reports_are_equal_bytes_whatever_the_order_of_their_links() -> None:
    one, other = {"a": "/1", "b": "/2"}, {"b": "/2", "a": "/1"}
    documents = {
        write_report_json(msgspec.structs.replace(make_report(), links=links)) for links in (one, other)
    }
    assert len(documents) == 1
    changed = msgspec.structs.replace(make_report(), subtitle="another")
    assert sha256(write_report_json(changed)).digest() != sha256(documents.pop()).digest()
