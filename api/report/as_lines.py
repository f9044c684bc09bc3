"""A report for programs: its figures as CSV, and the whole document as JSON."""

import msgspec

from api.render.answer import Answer
from api.render.as_csv import render_csv
from api.report.model import FigureRow, Report

# Names by the alphabet where a mapping has no order of its own: equal reports are equal bytes.
_ENCODER = msgspec.json.Encoder(order="deterministic")


def write_report_csv(report: Report) -> bytes:
    """The figures of a report, a line each, as `/v1/values` writes its own: no cell is empty, none would run."""
    answer = Answer(
        rows=report.figures,
        row_type=FigureRow,
        links=report.links,
        release=report.release,
        is_sample=report.is_sample,
    )
    return render_csv(answer)


def write_report_json(report: Report) -> bytes:
    """The document from which every format is written; its SHA-256 is the name of a frozen report."""
    return _ENCODER.encode(report)
