"""A file of many months, of the Met or of MOPAC, from bytes to rows ready to copy. Pure."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from etl.candidate import Candidate
from etl.errors import NotRecognised, Refused
from etl.months import add_months
from etl.prepared import Month, Prepared, Task, explain_rejects, refuse_rejects
from etl.recognise import UNKNOWN_HEADER, recognise, recognise_names
from etl.sources.source import TableSource, TidyTable
from etl.workbook import is_workbook, read_names

MET = 1
# how a row came to its borough: the publisher names it, none is named, or it says outside London
NAMED, NOT_NAMED, ELSEWHERE = 6, 5, 4
DATED = ("occurred_at", "occurred_on")


def prepare_table(task: Task, data: bytes, sha256: str) -> Prepared:
    """Read, tidy and check a file of many months. Raises Refused.

    Its vintage: what --vintage said, else the first day of the month after the last one it holds, since it was published
    after that.
    """
    source = find_source(task.candidate, data)
    table = source.read(data)
    if not table.rows_read:
        raise Refused("The file has a header and no rows. Get it again from its publisher.")
    tidy = source.tidy(table.frame, task.vocabulary.codes)
    rejects = (*table.rejects, *explain_rejects(table, tidy.rejects))
    refuse_rejects(table.rows_read, rejects, accept=task.accept_rejects)
    if not tidy.rows.height:
        raise Refused(f"None of the {table.rows_read:,} rows can be used. Get the file again as published.")
    source.check(table, tidy)
    last = max(tidy.rows["month"].to_list())
    if last > task.today:
        raise Refused(f"The file holds the month {last:%Y-%m}, which lies in the future. Check its dates.")
    vintage = task.candidate.vintage or add_months(last, 1)
    if tidy.unseen:
        return Prepared(sha256, source.source, vintage=vintage, unseen=tidy.unseen)
    return Prepared(
        sha256=sha256,
        source=source.source,
        publisher=source.publisher,
        force=MET,
        vintage=vintage,
        months=tuple(_sum_months(tidy)),
        table=source.table,
        facts=_make_facts(task.resource_id, source, tidy.rows),
        content=hash_content(source, tidy.rows),
        most_change=source.most_change,
        rows_read=table.rows_read,
        rejects=rejects,
        unknown_boroughs=tuple(tidy.unknown_boroughs),
        is_sample=tidy.is_sample,
    )


def find_source(candidate: Candidate, data: bytes) -> TableSource:
    """The source of a file's header, which for a workbook is known only now. Raises NotRecognised, Refused."""
    if not (is_workbook(data) or candidate.file.lower().endswith(".xlsx")):
        found = recognise(data)
    else:
        found = recognise_names(read_names(data))
    if found is None:
        raise NotRecognised(UNKNOWN_HEADER)
    return found


def hash_content(source: TableSource, rows: pl.DataFrame) -> str:
    """A hash of the tidied rows, whatever their order and the form in which they were written."""
    columns = ["month", "borough", *source.copied]
    content = rows.select(columns).sort(columns).write_csv(include_header=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _make_facts(resource_id: int, source: TableSource, rows: pl.DataFrame) -> pl.DataFrame:
    borough = pl.col("borough")
    place = pl.when(borough > 0).then(NAMED).when(borough == 0).then(NOT_NAMED).otherwise(ELSEWHERE)
    return rows.select(
        pl.lit(resource_id, dtype=pl.Int32).alias("resource_id"),
        pl.lit(MET, dtype=pl.Int16).alias("force"),
        "month",
        *source.copied,
        borough.cast(pl.Int16),
        place.cast(pl.Int16).alias("place"),
    )


def _sum_months(tidy: TidyTable) -> list[Month]:
    dated = next((column for column in DATED if column in tidy.rows.columns), None)
    moment = pl.col(dated) if dated else pl.lit(None, dtype=pl.Date)
    sums = (
        tidy.rows.group_by("month")
        .agg(
            pl.len().alias("events"),
            (pl.col("borough") > 0).sum().alias("placed"),
            (pl.col("borough") == 0).sum().alias("no_location"),
            (pl.col("borough") < 0).sum().alias("outside"),
            moment.min().alias("first"),
            moment.max().alias("last"),
        )
        .sort("month")
    )
    return [
        Month(
            month=row["month"],
            events=row["events"],
            placed=row["placed"],
            no_location=row["no_location"],
            outside=row["outside"],
            first_event=_begin(row["first"]),
            last_event=_end(row["last"]),
            unusable_fields=tidy.unusable_fields.get(row["month"], {}),
        )
        for row in sums.iter_rows(named=True)
    ]


def _begin(day: date | datetime | None) -> datetime | None:
    if day is None or isinstance(day, datetime):
        return day.replace(tzinfo=UTC) if day else None
    return datetime.combine(day, time.min, UTC)


def _end(day: date | datetime | None) -> datetime | None:
    """A day without a time stands for all of it: what happened last on it may have been at its end."""
    if day is None or isinstance(day, datetime):
        return _begin(day)
    return datetime.combine(day, time.min, UTC) + timedelta(days=1)
