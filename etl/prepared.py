"""What is asked of the preparation of a file, and what comes out of it, whatever the kind of file."""

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import msgspec
import polars as pl

from etl.candidate import Candidate
from etl.copy import Copy, to_binary
from etl.errors import Refused
from etl.read import Reject, Table
from etl.vocabulary import Vocabulary

MAX_REJECTED_SHARE = 0.05


class Task(msgspec.Struct, frozen=True):
    """One file to prepare, with all that the preparation depends on.

    `council`, `period`: of payments, who paid (a publisher's number) and in which month, where a person said so.
    """

    candidate: Candidate
    resource_id: int
    vocabulary: Vocabulary
    placer: Path
    today: date
    only: tuple[int, ...] = ()
    accept_rejects: bool = False
    council: int | None = None
    period: date | None = None
    known_sha256: frozenset[str] = frozenset()


class Month(msgspec.Struct, frozen=True):
    """What a file holds of one month. Counts satisfy events = placed + no_location + outside."""

    month: date
    events: int
    placed: int
    no_location: int
    outside: int
    first_event: datetime | None = None
    last_event: datetime | None = None
    unusable_fields: dict[str, str] = {}


class Prepared(msgspec.Struct, frozen=True):
    """A file ready to load. Counts satisfy rows read = rows loaded + rejects.

    `months`: one for a police file, many for a table, in their order. `words`: the kinds of event that every month of
    it holds, None: all. `copies`: what goes into the tables, the facts first; or `facts` of a table, which are copied
    when it is known which months are to be stored. `content`: of a table, a hash of its tidied rows, the same for
    every form of the same figures.
    `least_share`: of payments, the part of a month's rows in the copy before that the copy after it has at least.
    `remarks`: sentences for the person who loads it.
    `unseen`: words without a code, by field; where there are any, there is nothing to copy: give them codes and
    prepare again. `known`: the same bytes are in the database already; nothing was read.
    """

    sha256: str
    source: str = ""
    publisher: str = ""
    force: int = 0
    vintage: date = date.min
    months: tuple[Month, ...] = ()
    copies: tuple[Copy, ...] = ()
    table: str = ""
    facts: pl.DataFrame | None = None
    content: str | None = None
    most_change: float | None = None
    least_share: float | None = None
    rows_read: int = 0
    rejects: tuple[Reject, ...] = ()
    disagreements: dict[int, int] = {}
    unknown_boroughs: tuple[str, ...] = ()
    words: tuple[int, ...] | None = None
    is_sample: bool = False
    remarks: tuple[str, ...] = ()
    unseen: dict[str, list[str]] = {}
    known: bool = False

    @property
    def rows_loaded(self) -> int:
        """The rows that can be used."""
        return sum(month.events for month in self.months)

    @property
    def placed(self) -> int:
        """Those of them that are in a borough."""
        return sum(month.placed for month in self.months)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the file's rows go into."""
        return (self.table,) if self.facts is not None else tuple(copy.table for copy in self.copies)

    def copy(self, months: Collection[date]) -> tuple[Copy, ...]:
        """What goes into the tables of these months."""
        if self.facts is None:
            return self.copies
        return (to_binary(self.table, self.facts.filter(pl.col("month").is_in(list(months)))),)


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


def explain_rejects(table: Table, rejects: pl.DataFrame) -> list[Reject]:
    """The rejects of a tidied table (columns line, reason) with the text of their lines."""
    if not rejects.height:
        return []
    columns = [column for column in table.frame.columns if column != "line"]
    texts = table.frame.join(rejects, on="line", how="inner").sort("line")
    return [
        Reject(line, reason, text)
        for line, reason, text in texts.select(
            "line", "reason", pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=",")
        ).iter_rows()
    ]
