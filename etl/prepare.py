"""One police file from bytes to rows ready to copy: read, tidy, place. Pure, so that any executor may run it."""

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from etl.copy import Copy, to_binary, to_csv
from etl.errors import Refused
from etl.find import Candidate, read_bytes
from etl.read import Reject, Table, read_csv
from etl.sources import SOURCES
from etl.sources.source import Source, Tidy
from etl.vocabulary import Vocabulary
from geo.locate import NONE, OUTSIDE, Placer, place_events

MAX_REJECTED_SHARE = 0.05
STACKED_SHARE = 0.5
STACKED_ROWS = 200
FAMILY = {source.source: source for source in SOURCES}


class Task(msgspec.Struct, frozen=True):
    """One file to prepare, with all that the preparation depends on."""

    candidate: Candidate
    resource_id: int
    vocabulary: Vocabulary
    placer: Path
    today: date
    only: tuple[int, ...] = ()
    accept_rejects: bool = False
    known_sha256: frozenset[str] = frozenset()


class Prepared(msgspec.Struct, frozen=True):
    """A file ready to load. Counts satisfy read = loaded + rejected.

    `copies`: what goes into the tables, the facts first.
    `unseen`: words without a code, by field; where there are any, `copies` is empty: give them codes and prepare again.
    `known`: the same bytes are in the database already; nothing was read.
    """

    sha256: str
    copies: tuple[Copy, ...] = ()
    rows_read: int = 0
    rows_loaded: int = 0
    rejects: tuple[Reject, ...] = ()
    placed: int = 0
    no_location: int = 0
    outside: int = 0
    disagreements: dict[int, int] = {}
    first_event: datetime | None = None
    last_event: datetime | None = None
    unusable_fields: dict[str, str] = {}
    words: tuple[int, ...] | None = None
    is_sample: bool = False
    unseen: dict[str, list[str]] = {}
    known: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the file's rows go into."""
        return tuple(copy.table for copy in self.copies)


@lru_cache(maxsize=2)
def _placer(path: Path) -> Placer:
    return Placer.load(path)


def prepare(task: Task) -> Prepared | Refused:
    """Read, tidy and place one file. A refusal is returned, not raised, so that it crosses from a worker as it is."""
    try:
        return _prepare(task)
    except Refused as refusal:
        return refusal


def _prepare(task: Task) -> Prepared:
    name = task.candidate.name
    assert name is not None
    if name.month > task.today:
        raise Refused(f"The file's month, {name.month:%Y-%m}, lies in the future. Check its name.")
    data = read_bytes(task.candidate)
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 in task.known_sha256:
        return Prepared(sha256, known=True)
    source = FAMILY[name.source]
    table = read_csv(data, source.columns)
    if not table.rows_read:
        raise Refused(
            "The file has a header and no rows: a month without a row cannot be told from a file cut short."
        )
    if not source.repeats:
        refuse_stacked(table)
    tidy = source.tidy(table.frame, name.month, task.vocabulary.codes)
    rejects = (*table.rejects, *_explain(table, tidy))
    refuse_rejects(table.rows_read, rejects, accept=task.accept_rejects)
    if not tidy.rows.height:
        raise Refused(
            f"None of the {table.rows_read:,} rows can be used: a month without a row would count as one without events."
        )
    if tidy.unseen:
        return Prepared(sha256, unseen=tidy.unseen)
    return _place(task, source, sha256, table.rows_read, tidy, rejects)


def refuse_stacked(table: Table) -> None:
    """Raise Refused where most lines stand twice or more: copies of a file laid on top of each other.

    Genuine repeats are common (two people searched together; 2,347 of 14,000 Met searches in 2022-08), so only a file
    in which fewer than half of the lines are distinct is refused.
    """
    rows = table.frame.height
    if rows < STACKED_ROWS:
        return
    distinct = table.frame.drop("line").hash_rows().n_unique()
    if distinct <= STACKED_SHARE * rows:
        raise Refused(
            f"Only {distinct:,} of {rows:,} rows are different: copies of the data seem to lie on top of each other in this file."
            " Get a whole copy from the publisher."
        )


def refuse_rejects(rows_read: int, rejects: tuple[Reject, ...], *, accept: bool) -> None:
    """Raise Refused where more than 5% of the rows cannot be used, unless that was accepted."""
    if accept or len(rejects) <= MAX_REJECTED_SHARE * rows_read:
        return
    first = min(rejects, key=lambda reject: reject.line)
    raise Refused(
        f"{len(rejects):,} of {rows_read:,} rows cannot be used, the first because {first.reason}. Get the file again; if it is"
        " as published, load it with --accept-rejects, which keeps the bad rows apart.",
        line=first.line,
    )


def _explain(table: Table, tidy: Tidy) -> list[Reject]:
    if not tidy.rejects.height:
        return []
    columns = [column for column in table.frame.columns if column != "line"]
    texts = table.frame.join(tidy.rejects, on="line", how="inner").sort("line")
    return [
        Reject(line, reason, text)
        for line, reason, text in texts.select(
            "line", "reason", pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=",")
        ).iter_rows()
    ]


def _place(
    task: Task, source: Source, sha256: str, rows_read: int, tidy: Tidy, rejects: tuple[Reject, ...]
) -> Prepared:
    name = task.candidate.name
    assert name is not None
    rows = tidy.rows
    strangers = set(tidy.classes or ()) - set(task.only) if task.only and source.scope_field else set()
    if strangers:
        raise Refused(
            f"The file holds {len(strangers)} kinds of event beside those that --only names."
            " Leave --only out to load it whole."
        )
    lsoa = rows["lsoa"].fill_null(0).to_numpy() if "lsoa" in rows.columns else None
    placement = place_events(
        _placer(task.placer),
        rows["longitude"].fill_null(np.nan).to_numpy(),
        rows["latitude"].fill_null(np.nan).to_numpy(),
        lsoa,
    )
    none = int((placement.how == NONE).sum())
    outside = int((placement.how == OUTSIDE).sum())
    frame = rows.select(
        pl.lit(task.resource_id, dtype=pl.Int32).alias("resource_id"),
        pl.lit(name.force, dtype=pl.Int16).alias("force"),
        pl.lit(name.month).alias("month"),
        *source.copied,
        pl.Series("borough", placement.borough),
        pl.Series("place", placement.how.astype(np.int16)),
    )
    first, last = _event_span(rows)
    return Prepared(
        sha256=sha256,
        copies=(to_binary(source.table, frame), *copy_tallies(source, frame, task.vocabulary)),
        rows_read=rows_read,
        rows_loaded=frame.height,
        rejects=rejects,
        placed=frame.height - none - outside,
        no_location=none,
        outside=outside,
        disagreements={borough: int(n) for borough, n in enumerate(placement.disagreements) if n},
        first_event=first,
        last_event=last,
        unusable_fields=tidy.unusable_fields,
        words=task.only or tidy.classes,
        is_sample=tidy.is_sample,
    )


def copy_tallies(source: Source, facts: pl.DataFrame, vocabulary: Vocabulary) -> list[Copy]:
    """What is counted of the facts of one resource and month, on its way into the tables."""
    if source.tally is None:
        return []
    return list(map(to_csv, source.tally.tables, source.tally.count(facts, vocabulary)))


def _event_span(rows: pl.DataFrame) -> tuple[datetime | None, datetime | None]:
    if "occurred_at" not in rows.columns:
        return None, None
    first, last = rows.select(
        pl.col("occurred_at").min().alias("first"), pl.col("occurred_at").max().alias("last")
    ).row(0)
    return first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
