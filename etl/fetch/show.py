"""What a person who fetches sees: a bar a file while somebody watches, plain lines otherwise, JSON for programs."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from etl.fetch.addresses import Councils, Source
from etl.fetch.run import Listed
from etl.fetch.step import Note
from etl.fetch.wanted import Fetched, FetchProgress, Wanted

WORDS = {"new": "new", "unchanged": "unchanged", "kept_out": "kept out", "failed": "failed"}
NOTES = {"failed": "failed", "by_hand": "by hand", "passed_over": "passed over"}
UNITS = ("bytes", "kB", "MB", "GB")


class FetchDisplay:
    """Shows a fetch as it goes. With `as_json` one object a file on standard output, and nothing else there."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.console = Console(file=sys.stderr if as_json else sys.stdout, soft_wrap=True, highlight=False)
        self.is_watched = self.console.is_terminal and not (as_json or quiet)
        self.bars = Progress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
            console=self.console, disable=not self.is_watched, transient=True,
        )  # fmt: skip
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def progress(self) -> FetchProgress:
        """What a fetcher is to tell."""
        return FetchProgress(
            started=self._started, moved=self._moved, say=self._say_meanwhile, again=self._say_again
        )

    def ended(self, fetched: Fetched) -> None:
        """Say what became of a file."""
        if (task := self.tasks.pop(_name(fetched.wanted), None)) is not None:
            self.bars.remove_task(task)
        if self.as_json:
            print(json.dumps(tell_fetched(fetched)), flush=True)
        elif not self.quiet:
            self.say(f"{WORDS[fetched.status]:<10} {_name(fetched.wanted)}: {fetched.message}")

    def note(self, note: Note) -> None:
        """Say what is not fetched."""
        if self.as_json:
            print(json.dumps(tell_note(note)), flush=True)
        elif not self.quiet:
            self.say(
                f"{NOTES[note.status]:<11} {note.source} {note.publisher}: {note.message} Page: {note.url}"
            )

    def listed(self, one: Listed) -> None:
        """Say what would be fetched."""
        if self.as_json:
            print(json.dumps(tell_listed(one)), flush=True)
            return
        size = f", {describe_size(one.size)}" if one.size is not None else ""
        last = f"; last copy {one.retrieved:%Y-%m-%d}" if one.retrieved else "; no copy yet"
        doubt = "; address not confirmed" if not one.is_confirmed else ""
        parts = f" ({one.parts})" if one.parts else ""
        failed = f"; {one.message}" if one.message else ""
        self.say(f"{_name(one.wanted)}{parts}{size}{last}{doubt}{failed}\n    {one.wanted.url}")

    def say(self, sentence: str) -> None:
        """Say something else."""
        self.console.print(sentence, markup=False)

    def _say_meanwhile(self, sentence: str) -> None:
        """A pause, a try: no news for somebody who wants to hear of changes and faults alone."""
        if not self.quiet:
            self.say(sentence)

    def _say_again(self, sentence: str) -> None:
        """That a publisher does not answer, where no bar shows that it waits."""
        if not (self.quiet or self.is_watched):
            print(sentence, file=sys.stderr, flush=True)

    def _started(self, wanted: Wanted, size: int | None) -> None:
        self.tasks[_name(wanted)] = self.bars.add_task(_name(wanted), total=size)

    def _moved(self, wanted: Wanted, done: int) -> None:
        if (task := self.tasks.get(_name(wanted))) is not None:
            self.bars.update(task, completed=done)


def tell_fetched(fetched: Fetched) -> dict[str, Any]:
    """A fetched file for a program."""
    return {
        **_tell_wanted(fetched.wanted),
        "status": fetched.status,
        "bytes_moved": fetched.bytes_moved,
        "sha256": fetched.sha256,
        "path": str(fetched.path) if fetched.path else None,
        "retrieved": fetched.retrieved.isoformat(),
        "message": fetched.message,
    }


def tell_listed(one: Listed) -> dict[str, Any]:
    """A file that would be fetched, for a program."""
    return {
        **_tell_wanted(one.wanted),
        "status": "would_fetch",
        "size": one.size,
        "last_retrieved": one.retrieved.isoformat() if one.retrieved else None,
        "is_confirmed": one.is_confirmed,
        "parts": one.parts,
        "message": one.message,
    }


def tell_note(note: Note) -> dict[str, Any]:
    """What is not fetched, for a program."""
    return {
        "source": note.source,
        "publisher": note.publisher,
        "file": None,
        "url": note.url,
        "status": note.status,
        "message": note.message,
    }


def summarise(fetched: Iterable[Fetched], notes: Iterable[Note]) -> str:
    """One line on what became of a fetch."""
    files, listed = list(fetched), list(notes)
    counts = Counter(one.status for one in files)
    kinds = Counter(note.status for note in listed)
    moved = describe_size(sum(one.bytes_moved for one in files))
    failed = counts["failed"] + kinds["failed"]
    by_hand = f" {kinds['by_hand']} to fetch by hand." if kinds["by_hand"] else ""
    return (
        f"{counts['new']} new, {counts['unchanged']} unchanged, {counts['kept_out']} kept out, {failed} failed;"
        f" {moved} moved.{by_hand}"
    )


def describe_sources(entries: Mapping[str, Source], retrieved: Mapping[str, datetime]) -> list[str]:
    """Every source: what it is, how often it is published, when it was last fetched."""
    lines = []
    for source, entry in entries.items():
        last = (
            f"last fetched {retrieved[source]:%Y-%m-%d %H:%M} UTC"
            if source in retrieved
            else "not fetched yet"
        )
        many = (
            f"{len({one.council for one in entry.councils})} councils"
            if isinstance(entry, Councils)
            else entry.publisher
        )
        lines.append(f"{source:<11} {entry.title}. {many}, every {entry.every}; {last}.")
    return lines


def describe_size(size: int) -> str:
    """A number of bytes in words: 1.7 GB."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{size:,} bytes" if not unit else f"{amount:.3g} {UNITS[unit]}"


def _tell_wanted(wanted: Wanted) -> dict[str, Any]:
    return {
        "source": wanted.source,
        "publisher": wanted.publisher,
        "file": wanted.file_name,
        "url": wanted.url,
    }


def _name(wanted: Wanted) -> str:
    return f"{wanted.source}/{wanted.file_name}"
