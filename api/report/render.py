"""The formats of a report, in one registry: what the route, the command and freezing write. To add one: a line here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from api.draw.workshop import Workshop
from api.negotiation import CSV, HTML, JSON, PDF, XLSX
from api.render.formats import choose_among
from api.report.as_lines import write_report_csv, write_report_json
from api.report.as_page import name_pictures, write_report_page
from api.report.as_pdf import write_report_pdf
from api.report.as_workbook import write_report_workbook
from api.report.model import Report


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Where a report will be read. `is_alone`: not on the site. `base`: the address of the server before the site's links,
    None where they should lead nowhere. `sha256`: the name of the frozen report that this is.
    """

    is_alone: bool = False
    base: str | None = ""
    sha256: str | None = None


ON_SITE = Setting()
IN_FILE = Setting(is_alone=True, base=None)


class ReportFormat(msgspec.Struct, frozen=True):
    """A way to write a report. `is_file`: browsers save it. `is_heavy`: few are written at a time."""

    name: str
    media_type: str
    content_type: str
    write: Callable[[Report, Workshop, Setting], Awaitable[bytes]]
    is_file: bool = True
    is_heavy: bool = False


async def _write_html(report: Report, workshop: Workshop, setting: Setting) -> bytes:
    pictures = name_pictures(report, await workshop.draw_all(report.list_drawings()))
    return write_report_page(
        report, pictures, is_alone=setting.is_alone, base=setting.base, sha256=setting.sha256
    )


async def _write_pdf(report: Report, workshop: Workshop, setting: Setting) -> bytes:
    return await write_report_pdf(report, workshop, setting.base or "")


async def _write_xlsx(report: Report, workshop: Workshop, setting: Setting) -> bytes:
    return await asyncio.to_thread(write_report_workbook, report)


async def _write_csv(report: Report, workshop: Workshop, setting: Setting) -> bytes:
    return write_report_csv(report)


async def _write_json(report: Report, workshop: Workshop, setting: Setting) -> bytes:
    return write_report_json(report)


REPORT_FORMATS: Mapping[str, ReportFormat] = {
    "html": ReportFormat("html", HTML, HTML, _write_html, is_file=False),
    "pdf": ReportFormat("pdf", PDF, PDF, _write_pdf, is_heavy=True),
    "xlsx": ReportFormat("xlsx", XLSX, XLSX, _write_xlsx, is_heavy=True),
    "csv": ReportFormat("csv", CSV, "text/csv; header=present", _write_csv),
    "json": ReportFormat("json", JSON, JSON, _write_json, is_file=False),
}


def choose_report_format(
    asked: str | None, accept: str, offered: Sequence[str] = tuple(REPORT_FORMATS)
) -> ReportFormat:
    """The format of a report, or of another page: `?format=` decides before `Accept`, the first offered is the default.

    Raises BadParameter, NotAcceptable.
    """
    return choose_among(asked, accept, {name: REPORT_FORMATS[name] for name in offered})


async def render(report: Report, name: str, workshop: Workshop, setting: Setting = ON_SITE) -> bytes:
    """A report in the format `name` of the registry. Raises KeyError, and what the workshop raises."""
    return await REPORT_FORMATS[name].write(report, workshop, setting)


def name_file(report: Report, name: str) -> str:
    """The name of a report's file: "borough-report-hackney-2024-08.pdf", of sample data "…-2024-08-sample.pdf".

    The month is the last of its rolling years: returns of councils reach on to the end of theirs.
    """
    shown = [row for row in report.figures if row.value is not None]
    rolling = [row.to_month for row in shown if row.window == "rolling_12"]
    last = max(rolling or [row.to_month for row in shown], default=report.release.release)
    sample = "-sample" if report.is_sample else ""
    return f"borough-report-{report.slug}-{last}{sample}.{name}"
