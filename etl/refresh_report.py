"""What a refresh came to, in lines that a mail can carry. Pure."""

import re
import textwrap
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from etl.fetch.command import Outcome
from etl.fetch.show import describe_size
from etl.report import FileReport

WIDTH = 80
# of a long list of files the first so many are named
MOST_NAMED = 20
# an address in a sentence, and the signs beside it that are left out
ADDRESS = re.compile(r"(https?://[^\s'\"<>]*[^\s'\"<>.,:;)])")
BEFORE_ADDRESS, AFTER_ADDRESS = " '\"(", " '\".,:;)"


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """`refused`: for the first time, or for a new reason. `refused_before`: how many are refused again for the same."""

    started: datetime
    outcome: Outcome
    loaded: list[FileReport]
    unchanged: int
    refused: list[FileReport]
    refused_before: int
    left: str
    release: str | None
    seconds_fetching: float
    seconds_loading: float

    @property
    def is_wrong(self) -> bool:
        """Whether anything was kept out, failed, or was refused that was not refused before."""
        return self.outcome.is_wrong or bool(self.refused)

    @property
    def is_news(self) -> bool:
        """Whether there is anything to tell to somebody who wants to hear of changes and faults alone."""
        return self.is_wrong or bool(self.loaded) or self.release is not None


def render_refresh(done: Refreshed) -> str:
    """The summary for a person, in lines of at most 80 columns, but for addresses: each has a line of its own, uncut."""
    lines = [f"borough refresh, {done.started:%Y-%m-%d %H:%M} UTC", ""]
    lines += _describe_sources(done.outcome)
    wrong = [one for one in done.outcome.files if one.status in ("kept_out", "failed")]
    failed = [note for note in done.outcome.notes if note.status == "failed"]
    if wrong or failed:
        lines += ["", "Kept out or failed; the last good copies stay in use:"]
        told = [(f"{one.wanted.source}/{one.wanted.file_name}", one.message) for one in wrong]
        told += [(f"{note.source} {note.publisher}", f"{note.message} Page: {note.url}") for note in failed]
        lines += _list(told)
    lines.append("")
    if not (done.loaded or done.unchanged or done.refused or done.refused_before):
        lines.append("Nothing new to load.")
    else:
        rows = sum(file.rows_loaded for file in done.loaded)
        lines += _wrap(
            f"{_count(len(done.loaded), 'file')} loaded with {rows:,} rows, {done.unchanged} unchanged,"
            f" {len(done.refused)} refused."
        )
    lines += _list(
        [
            (f"loaded {file.file}", f"{file.rows_loaded:,} rows. {file.message}".strip())
            for file in done.loaded
        ]
    )
    lines += _list([(f"refused {file.file}", file.message) for file in done.refused])
    if done.refused_before:
        lines += _wrap(
            f"{_count(done.refused_before, 'file')} refused as before, for the same reason: see refresh.json in the data folder."
        )
    if done.left:
        lines += _wrap(done.left)
    if done.release:
        lines += _wrap(f"Published release {done.release}. What it changed: /v1/revisions")
    else:
        lines.append("No figure changed.")
    by_hand = sorted({note.publisher for note in done.outcome.notes if note.status == "by_hand"})
    if by_hand:
        lines += _wrap(f"To fetch by hand: {', '.join(by_hand)}. borough fetch --dry-run payments says how.")
    moved = describe_size(sum(one.bytes_moved for one in done.outcome.files))
    lines += _wrap(
        f"{moved} moved; {done.seconds_fetching:.1f} s fetching, {done.seconds_loading:.1f} s loading."
    )
    return "\n".join(lines)


def tell_refresh(done: Refreshed) -> dict[str, Any]:
    """The summary for a program."""
    counts = Counter(one.status for one in done.outcome.files)
    return {
        "summary": True,
        "started": done.started.isoformat(),
        "fetched": {status: counts[status] for status in ("new", "unchanged", "kept_out", "failed")},
        "lists_failed": sum(note.status == "failed" for note in done.outcome.notes),
        "loaded": len(done.loaded),
        "unchanged": done.unchanged,
        "refused": len(done.refused),
        "refused_before": done.refused_before,
        "release": done.release,
        "bytes_moved": sum(one.bytes_moved for one in done.outcome.files),
        "seconds_fetching": round(done.seconds_fetching, 3),
        "seconds_loading": round(done.seconds_loading, 3),
    }


def _describe_sources(outcome: Outcome) -> list[str]:
    """A table: of each source how many files were new, unchanged, kept out, failed."""
    counts = Counter((one.wanted.source, one.status) for one in outcome.files)
    counts.update((note.source, "failed") for note in outcome.notes if note.status == "failed")
    sources = list(dict.fromkeys(source for source, _ in counts))
    if not sources:
        return ["No file to fetch."]
    rows = [f"{'':<12}{'new':>8}{'unchanged':>12}{'kept out':>12}{'failed':>10}"]
    rows += [
        f"{source:<12}{counts[source, 'new']:>8,}{counts[source, 'unchanged']:>12,}"
        f"{counts[source, 'kept_out']:>12,}{counts[source, 'failed']:>10,}"
        for source in sources
    ]
    return rows


def _list(told: list[tuple[str, str]]) -> list[str]:
    lines = []
    for name, message in told[:MOST_NAMED]:
        lines += _wrap(name, "  ")
        lines += _wrap(message, "    ")
    if len(told) > MOST_NAMED:
        lines.append(f"  and {len(told) - MOST_NAMED} more.")
    return lines


def _wrap(text: str, indent: str = "") -> list[str]:
    """Lines of at most WIDTH columns; an address on a line of its own, so that it can be clicked."""
    lines: list[str] = []
    for number, part in enumerate(ADDRESS.split(text)):
        # every second part is an address
        if number % 2:
            lines.append(indent + part)
        elif words := part.lstrip(AFTER_ADDRESS if number else "").rstrip(BEFORE_ADDRESS):
            lines += textwrap.wrap(
                words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
            )
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
