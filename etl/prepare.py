"""One file from bytes to rows ready to copy: read, tidy, place. Pure, so that any executor may run it."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from etl.candidate import read_bytes
from etl.copy import Copy, to_binary, to_csv
from etl.errors import NotRecognised, Refused
from etl.payments.prepare import prepare_payments
from etl.prepared import Month, Prepared, Task, explain_rejects, refuse_rejects
from etl.read import Reject, read_csv
from etl.returns.prepare import prepare_returns
from etl.sources import SOURCES
from etl.sources.police import FORCE_NAMES, FileName
from etl.sources.source import Source, Tidy
from etl.stacked import refuse_stacked
from etl.tables import prepare_table
from etl.vocabulary import Vocabulary
from geo.locate import NONE, OUTSIDE, Placer, place_events

FAMILY = {source.source: source for source in SOURCES}
# the readers of files that are known by their content: each says NotRecognised where a file is not of its kind
READERS = (prepare_table, prepare_returns, prepare_payments)


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
    if name and name.month > task.today:
        raise Refused(f"The file's month, {name.month:%Y-%m}, lies in the future. Check its name.")
    data = read_bytes(task.candidate)
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 in task.known_sha256:
        return Prepared(sha256, known=True)
    return _prepare_police(task, name, data, sha256) if name else _prepare_by_content(task, data, sha256)


def _prepare_by_content(task: Task, data: bytes, sha256: str) -> Prepared:
    unknown = None
    for reader in READERS:
        try:
            return reader(task, data, sha256)
        except NotRecognised as refusal:
            # of a file that seems to be of payments the last reader knows best
            unknown = refusal if task.candidate.kind == "payment" else unknown or refusal
    assert unknown is not None
    raise unknown


def _prepare_police(task: Task, name: FileName, data: bytes, sha256: str) -> Prepared:
    source = FAMILY[name.source]
    table = read_csv(data, source.columns)
    if not table.rows_read:
        raise Refused(
            "The file has a header and no rows: a month without a row cannot be told from a file cut short."
        )
    if not source.repeats:
        refuse_stacked(table.frame)
    tidy = source.tidy(table.frame, name.month, task.vocabulary.codes)
    rejects = (*table.rejects, *explain_rejects(table, tidy.rejects))
    refuse_rejects(table.rows_read, rejects, accept=task.accept_rejects)
    if not tidy.rows.height:
        raise Refused(
            f"None of the {table.rows_read:,} rows can be used: a month without a row would count as one without events."
        )
    if tidy.unseen:
        return Prepared(sha256, source.source, unseen=tidy.unseen)
    return _place(task, name, source, sha256, table.rows_read, tidy, rejects)


def _place(
    task: Task,
    name: FileName,
    source: Source,
    sha256: str,
    rows_read: int,
    tidy: Tidy,
    rejects: tuple[Reject, ...],
) -> Prepared:
    assert name.force is not None
    assert task.candidate.vintage is not None
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
    month = Month(
        month=name.month,
        events=frame.height,
        placed=frame.height - none - outside,
        no_location=none,
        outside=outside,
        first_event=first,
        last_event=last,
        unusable_fields=tidy.unusable_fields,
    )
    return Prepared(
        sha256=sha256,
        source=source.source,
        publisher=FORCE_NAMES[name.force],
        force=name.force,
        vintage=task.candidate.vintage,
        months=(month,),
        copies=(to_binary(source.table, frame), *copy_tallies(source, frame, task.vocabulary)),
        rows_read=rows_read,
        rejects=rejects,
        disagreements={borough: int(n) for borough, n in enumerate(placement.disagreements) if n},
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
