"""What is asked of a load, and what became of it."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from etl.candidate import Candidate
from etl.errors import Refused
from etl.publish import Release


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the person who loads asked for. `only`: category classes that a partial copy holds. `vintages`: of single files.

    `council`, `period`: of payments, who paid (a publisher's number) and in which month.
    """

    vintage: date | None = None
    vintages: dict[Path, date] = {}
    force: bool = False
    only: tuple[str, ...] = ()
    accept_rejects: bool = False
    replace_sample: bool = False
    council: int | None = None
    period: date | None = None


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file. status: loaded, unchanged or refused."""

    file: str
    source: str | None
    status: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_placed: int = 0
    seconds: float = 0.0
    message: str = ""


class LoadReport(msgspec.Struct, frozen=True):
    """What became of a load, file by file, and the release that it published (None: nothing changed)."""

    files: list[FileReport]
    other_forces: int
    not_data: int
    release: Release | None

    @property
    def refused(self) -> int:
        """How many files were refused."""
        return sum(file.status == "refused" for file in self.files)


class Progress(msgspec.Struct, frozen=True):
    """What a person who waits is told: files found, each file done, each metric published, other news."""

    found: Callable[[int], None] = lambda _: None
    file: Callable[[FileReport], None] = lambda _: None
    metric: Callable[[str, int, int], None] = lambda *_: None
    say: Callable[[str], None] = lambda _: None


def report_refusal(file: str, source: str | None, refusal: Refused, start: float) -> FileReport:
    """A file that was refused. `start`: when work on it began, by time.perf_counter."""
    seconds = round(time.perf_counter() - start, 3)
    return FileReport(file=file, source=source, status="refused", seconds=seconds, message=str(refusal))


def report_unchanged(candidate: Candidate, reason: str, start: float) -> FileReport:
    """A file that changed nothing. `start`: when work on it began, by time.perf_counter."""
    seconds = round(time.perf_counter() - start, 3)
    return FileReport(
        file=candidate.file, source=candidate.source, status="unchanged", seconds=seconds, message=reason
    )
