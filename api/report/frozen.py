"""Frozen reports: what is kept of one, and how it is read back. Never from figures: what is sent is what was kept.

Damaged(ApiError)    500  what is kept no longer has the hash under which it was frozen
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import msgspec

from api.draw.workshop import Workshop
from api.errors import ApiError, BadParameter, NotFound
from api.pages.page import write_headers
from api.report.as_lines import write_report_json
from api.report.model import Report
from api.report.render import REPORT_FORMATS, Setting, render
from sql.queries import load

PATH = "/reports/frozen"
# Letters of a hash that are enough to ask by, and that stand in the names of files.
SHORT = 12
SUMS = "sums"
# What a frozen page is sent with for ever.
POLICY = "Content-Security-Policy"
DAMAGED = (
    "What is stored as this frozen report is not what was frozen: its bytes no longer have the hash under which they were "
    "kept. Restore the tables frozen_report and frozen_file from a copy of the database."
)

# Format, media type, policy, bytes, name of the file.
File = tuple[str, str, str | None, bytes, str]


class Damaged(ApiError):  # noqa: N818
    """What is kept no longer has its hash."""

    status = 500


class FrozenReport(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen report in a list. `hash` is the SHA-256 of its document, the JSON; `address` is where it opens for ever."""

    hash: str
    area_code: str
    slug: str
    title: str
    meeting: date | None
    release: str
    is_sample: bool
    app_version: str
    frozen_at: datetime

    @property
    def address(self) -> str:
        """Where it opens."""
        return f"{PATH}/{self.hash}"


class FrozenRow(msgspec.Struct, frozen=True, kw_only=True):
    """The same as a list gives it to programs."""

    hash: str
    href: str
    area_code: str
    title: str
    meeting: date | None
    release: str
    sample: bool
    app_version: str
    frozen_at: datetime


class FrozenFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a frozen report, checked against its hash."""

    name: str
    media_type: str
    policy: str | None
    body: bytes


async def make_files(report: Report, workshop: Workshop) -> tuple[bytes, list[File]]:
    """The document of a report, and its files in every format, as they are to be kept. Raises what the workshop raises."""
    document = write_report_json(report)
    digest = sha256(document).hexdigest()
    setting = Setting(is_alone=True, sha256=digest)
    files: list[File] = []
    for name, form in REPORT_FORMATS.items():
        body = document if name == "json" else await render(report, name, workshop, setting)
        policy = write_headers()[POLICY] if name == "html" else None
        files.append((name, form.content_type, policy, body, name_frozen(report.slug, digest, name)))
    return document, files


def name_frozen(slug: str, digest: str, name: str) -> str:
    """The name of a file of a frozen report: "borough-report-hackney-frozen-0f1e2d3c4b5a.pdf"."""
    return f"borough-report-{slug}-frozen-{digest[:SHORT]}.{name}"


async def find_frozen(conn: Any, text: str) -> FrozenReport:
    """The frozen report of a hash, or of its first letters, 12 at least. Raises BadParameter, NotFound, Damaged."""
    wanted = text.strip().casefold()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORT},64}}", wanted):
        sentence = f"{text!r} is no hash of a frozen report: give its {SHORT} to 64 hexadecimal digits."
        raise NotFound(sentence, found=text)
    rows = await conn.fetch(load("api_frozen_report"), wanted)
    if not rows:
        raise NotFound(
            f"No report was frozen here as {text}: /reports/hackney/frozen lists those of an area.",
            found=text,
        )
    if len(rows) > 1:
        raise BadParameter(
            "hash", text, [row["hash"] for row in rows], "Two frozen reports begin so: give all of it."
        )
    if not rows[0]["is_whole"]:
        raise Damaged(DAMAGED)
    return _read(rows[0])


async def read_file(conn: Any, digest: str, name: str) -> FrozenFile:
    """A file of a frozen report. Raises BadParameter for a format in which it is not kept, Damaged."""
    row = await conn.fetchrow(load("api_frozen_file"), digest, name)
    if row is None:
        kept = [one["format"] for one in await conn.fetch(load("api_frozen_formats"), digest)]
        raise BadParameter("format", name, kept)
    found = sha256(row["body"]).hexdigest()
    lines = dict(line.split("  ", 1)[::-1] for line in (row["sums"] or b"").decode().splitlines())
    if name == SUMS:
        return FrozenFile(
            name=f"borough-report-{digest[:SHORT]}.sha256",
            media_type=row["media_type"],
            policy=row["policy"],
            body=row["body"],
        )
    own = next((one for one in lines if one.endswith(f".{name}")), None)
    if own is None or lines[own] != found or (name == "json" and found != digest):
        raise Damaged(DAMAGED)
    return FrozenFile(name=own, media_type=row["media_type"], policy=row["policy"], body=row["body"])


async def list_frozen(conn: Any, area_code: str) -> list[FrozenReport]:
    """The frozen reports of an area, the latest first."""
    return [_read(row) for row in await conn.fetch(load("api_frozen_list"), area_code)]


def list_rows(reports: Sequence[FrozenReport]) -> list[FrozenRow]:
    """The same for programs."""
    return [
        FrozenRow(
            hash=one.hash,
            href=one.address,
            area_code=one.area_code,
            title=one.title,
            meeting=one.meeting,
            release=one.release,
            sample=one.is_sample,
            app_version=one.app_version,
            frozen_at=one.frozen_at,
        )
        for one in reports
    ]


def _read(row: Any) -> FrozenReport:
    return FrozenReport(**{name: row[name] for name in FrozenReport.__struct_fields__})
