"""What a person who loads sees: bars while something is watched by a person, plain lines otherwise, JSON for programs."""

import sys
from types import TracebackType
from typing import Self

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from etl.load import FileReport, LoadReport


class LoadDisplay:
    """Shows a load as it goes. With `as_json`, one object a file on standard output and nothing else there."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.console = Console(file=sys.stderr if as_json else sys.stdout, soft_wrap=True, highlight=False)
        self.is_watched = self.console.is_terminal and not as_json
        self.bars = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=self.console, disable=not self.is_watched, transient=True,
        )  # fmt: skip
        self.files: TaskID | None = None
        self.metrics: TaskID | None = None

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def found(self, count: int) -> None:
        """Say how many files there are."""
        self.files = self.bars.add_task("Loading files", total=count)

    def file(self, report: FileReport) -> None:
        """Say what became of a file."""
        if self.files is not None:
            self.bars.advance(self.files)
        if self.as_json:
            print(msgspec.json.encode(report).decode(), flush=True)
        elif report.status == "refused":
            self._line(f"refused    {report.file}: {report.message}")
        elif not self.quiet:
            self._line(describe_file(report))

    def metric(self, metric: str, done: int, of: int) -> None:
        """Say which metric is being computed."""
        if self.metrics is None:
            self.metrics = self.bars.add_task("Computing figures", total=of)
        self.bars.update(self.metrics, completed=done, description=f"Computing {metric}")

    def say(self, sentence: str) -> None:
        """Say something else."""
        self._line(sentence)

    def end(self, report: LoadReport) -> None:
        """Sum up."""
        self.bars.stop()
        if not self.as_json:
            for line in describe_load(report):
                self._line(line)

    def _line(self, text: str) -> None:
        self.console.print(text, markup=False)


def describe_file(report: FileReport) -> str:
    """A line about a file that was not refused."""
    if report.status == "unchanged":
        return f"unchanged  {report.file}: {report.message}"
    share = f", {describe_places(report)}" if report.rows_loaded else ""
    rejects = f", {report.rows_rejected:,} rejected" if report.rows_rejected else ""
    news = f". {report.message}" if report.message else ""
    return (
        f"loaded     {report.file}: {report.rows_loaded:,} rows{share}{rejects}, {report.seconds:.2f} s{news}"
    )


def describe_places(report: FileReport) -> str:
    """Which part of a file's rows is in a borough. Payments have their payer's: all of them, or those of the GLA and TfL none."""
    if report.source == "payment" and not report.rows_placed:
        return "London-wide, in no borough"
    return f"{report.rows_placed / report.rows_loaded:.1%} placed"


def describe_load(report: LoadReport) -> list[str]:
    """The summary: files by what became of them, rows, what was passed over, the release."""
    counts = {
        status: sum(file.status == status for file in report.files)
        for status in ("loaded", "unchanged", "refused")
    }
    read, loaded, rejected = (
        sum(getattr(file, name) for file in report.files)
        for name in ("rows_read", "rows_loaded", "rows_rejected")
    )
    lines = [
        f"{_count(counts['loaded'])} loaded, {counts['unchanged']} unchanged, {counts['refused']} refused."
    ]
    if read:
        lines.append(f"{read:,} rows read = {loaded:,} loaded + {rejected:,} rejected.")
    if report.other_forces:
        lines.append(f"{_count(report.other_forces)} of other police forces passed over.")
    if report.not_data:
        lines.append(f"{_count(report.not_data)} without data passed over.")
    if report.release is None:
        lines.append("No figure changed.")
    else:
        marked = " (sample data, not real)" if report.release.is_sample else ""
        lines.append(f"Published release {report.release.release}{marked}.")
    return lines


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"
