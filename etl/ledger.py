"""Which fetched files a database was given, so that a refresh gives it only what is new, and with which vintage. Pure.

The ledger is a file beside the raw ones. It is only to save work: what it does not know is given again, and the loader finds
that the same bytes change nothing. It names its database, and holds for no other.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from etl.fetch.store import Manifest
from etl.find import archive_month
from etl.report import FileReport

LEDGER = "refresh.json"
# an archive of police files is never given a vintage outside its own month
LAST_DAY = 28


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was given. `vintage`: with which; None: what its content or name says. `held`: a copy of its key is loaded."""

    sha256: str
    vintage: date | None
    status: Literal["loaded", "unchanged", "refused"]
    message: str = ""
    held: bool = False


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What a database was given, by source and key. `database`: which one it is."""

    database: str = ""
    files: dict[str, Given] = {}


class Due(msgspec.Struct, frozen=True):
    """A stored file to give to the loader. `before`: what became of it, or of the copy before it."""

    name: str
    path: Path
    sha256: str
    vintage: date | None
    before: Given | None


def read_ledger(data: Path) -> Ledger:
    """The ledger of a data folder; an empty one where there is none, or where it is spoilt."""
    try:
        return msgspec.json.decode((data / LEDGER).read_bytes(), type=Ledger)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Ledger()


def choose_due(
    copies: Iterable[Manifest], raw: Path, ledger: Ledger, loaded: Mapping[str, date]
) -> list[Due]:
    """The last good copies that the loader was not given yet, or refused. The same file under two keys is given once.

    `loaded`: the vintage that the database holds of each file, by its bytes.
    """
    due: dict[Path, Due] = {}
    for manifest in copies:
        name, path = f"{manifest.source}/{manifest.key}", raw / manifest.path
        before = ledger.files.get(name)
        if before and before.sha256 == manifest.sha256 and before.status != "refused":
            continue
        due.setdefault(
            path, Due(name, path, manifest.sha256, choose_vintage(manifest, before, loaded), before)
        )
    return list(due.values())


def choose_vintage(manifest: Manifest, before: Given | None, loaded: Mapping[str, date]) -> date | None:
    """The vintage of a copy: None, what its content says, for the first of its key.

    A later copy is newer than the one before it whatever it holds: it has the day on which it was retrieved, and a later
    one than its forerunner if both came on one day, or if the forerunner's content says a later one. Of an archive of
    police files the month says which copy of a month is newer, so a later copy of the same archive moves on by a day.
    """
    if before is None or not before.held:
        return None
    if before.sha256 == manifest.sha256:
        return before.vintage
    if month := archive_month(Path(manifest.path).name):
        return min((before.vintage or month) + timedelta(days=1), month.replace(day=LAST_DAY))
    former = (vintage for vintage in (before.vintage, loaded.get(before.sha256)) if vintage)
    return max([manifest.retrieved_at.date(), *(vintage + timedelta(days=1) for vintage in former)])


def enter(ledger: Ledger, due: Iterable[Due], all_reports: Iterable[FileReport]) -> Ledger:
    """The ledger with what became of each file that was given; a file of which nothing is told is due again.

    Of a zip that was refused in part the rest is held, and its next copy has to be newer.
    """
    due, all_reports = list(due), list(all_reports)
    reports = match_reports(due, all_reports)
    held = {report.file.partition(":")[0] for report in all_reports if report.status != "refused"}
    files = dict(ledger.files)
    for one in due:
        if report := reports.get(one.name):
            status = report.status if report.status in ("loaded", "unchanged") else "refused"
            files[one.name] = Given(
                sha256=one.sha256,
                vintage=one.vintage,
                status=msgspec.convert(status, Literal["loaded", "unchanged", "refused"]),
                message=report.message if status == "refused" else "",
                held=one.path.name in held or bool(one.before and one.before.held),
            )
    return msgspec.structs.replace(ledger, files=files)


def is_as_before(due: Due, report: FileReport) -> bool:
    """Whether a file is refused again, for the same reason and with the same bytes: no news."""
    before = due.before
    return (
        before is not None
        and report.status == before.status == "refused"
        and (before.sha256, before.message) == (due.sha256, report.message)
    )


def match_reports(due: Iterable[Due], reports: Iterable[FileReport]) -> dict[str, FileReport]:
    """What became of each file, by its name in the ledger: of a zip the worst that became of a member.

    The loader tells of a file by its name without folders; two files of one name are told of together.
    """
    rank = {"refused": 2, "loaded": 1, "unchanged": 0}
    worst: dict[str, FileReport] = {}
    for report in reports:
        file = report.file.partition(":")[0]
        if file not in worst or rank[report.status] > rank[worst[file].status]:
            worst[file] = report
    return {one.name: worst[one.path.name] for one in due if one.path.name in worst}
