"""A file of many months, of the Met or of MOPAC, from bytes to rows ready to copy. Pure."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta

import msgspec
import polars as pl

from etl.candidate import Candidate
from etl.errors import NotRecognised, Refused
from etl.months import add_months
from etl.prepared import Month, Prepared, Task, explain_rejects, refuse_rejects
from etl.recognise import explain_names, explain_unknown, recognise, recognise_names
from etl.sources.source import TableSource, TidyTable
from etl.workbook import is_workbook, read_names
from geo.areas import MET_BOROUGHS, load_boroughs

OTHER_WORKBOOK = (
    "The workbook holds no table that is known here. Tables of the Met and of MOPAC are read from .csv or .xlsx: if it is one,"
    " save it so and load that."
)
MET = 1
# so many rows of the Met's own without one of a borough are no chance
ENOUGH_ROWS = 500
# how a row came to its borough: the publisher names it, none is named, or it says outside London
NAMED, NOT_NAMED, ELSEWHERE = 6, 5, 4
DATED = ("occurred_at", "occurred_on")
# A month of which a file holds less than this part of the fullest of the twelve before and after it is none that it
# covers. In the thorough searches of 2019-01 to 2024-01 no month has less than a quarter.
STRAY_SHARE, STRAY_MONTHS = 0.1, 12


def prepare_table(task: Task, data: bytes, sha256: str) -> Prepared:
    """Read, tidy and check a file of many months. Raises Refused.

    Its vintage: what --vintage said, else the first day of the month after the last one it holds, since it was published
    after that.
    """
    source = find_source(task.candidate, data)
    table = source.read(data)
    if not table.rows_read:
        raise Refused("The file has a header and no rows. Get it again from its publisher.")
    tidy = reject_strays(source.tidy(table.frame, task.vocabulary.codes))
    rejects = (*table.rejects, *explain_rejects(table, tidy.rejects))
    refuse_rejects(table.rows_read, rejects, accept=task.accept_rejects)
    if not tidy.rows.height:
        raise Refused(f"None of the {table.rows_read:,} rows can be used. Get the file again as published.")
    source.check(table, tidy)
    refuse_lost_boroughs(tidy)
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


def refuse_lost_boroughs(tidy: TidyTable) -> None:
    """Raise Refused where a borough seems to stand under a name that is not known: it would count as without events."""
    held = set(tidy.rows["borough"].unique().to_list())
    lost = [
        area.area_name
        for area in load_boroughs()
        if area.borough in MET_BOROUGHS and area.borough not in held
    ]
    if tidy.unknown_boroughs and lost and tidy.rows.height >= ENOUGH_ROWS:
        raise Refused(
            f"The file has no row of {lost[0]} and rows of {tidy.unknown_boroughs[0]!r}, which is no borough known here: the one"
            " may be the other. Write the name as the other files have it and load the file again."
        )


def find_source(candidate: Candidate, data: bytes) -> TableSource:
    """The source of a file's header, which for a workbook is known only now. Raises NotRecognised, Refused."""
    if candidate.file.lower().endswith((".xls", ".ods")):
        raise NotRecognised(OTHER_WORKBOOK)
    if not (is_workbook(data) or candidate.file.lower().endswith(".xlsx")):
        if (found := recognise(data)) is None:
            raise NotRecognised(explain_unknown(data), line=1)
    elif (found := recognise_names(names := read_names(data))) is None:
        raise NotRecognised(explain_names(names))
    return found


def reject_strays(tidy: TidyTable) -> TidyTable:
    """The rows without those of months that the file does not cover, which are rejected.

    Of a year of events a few are dated before it or after it, by a slip or because they were written down late. Such a
    month would count as received whole, with a zero for every borough, and take the place of the file that holds it.
    """
    if not any(column in tidy.rows.columns for column in DATED):
        return tidy
    counts = tidy.rows.group_by("month").agg(pl.len().alias("rows")).sort("month")
    fullest = pl.col("rows").rolling_max(2 * STRAY_MONTHS + 1, min_samples=1, center=True).alias("fullest")
    strays = counts.with_columns(fullest).filter(pl.col("rows") < STRAY_SHARE * pl.col("fullest"))
    if not strays.height:
        return tidy
    why = pl.format(
        "the file does not cover {}: rows of it are {}, of other months up to {}",
        pl.col("month").dt.strftime("%Y-%m"),
        "rows",
        "fullest",
    )
    rejects = tidy.rows.join(strays, on="month").sort("line").select("line", why.alias("reason"))
    return msgspec.structs.replace(
        tidy,
        rows=tidy.rows.join(strays, on="month", how="anti", maintain_order="left"),
        rejects=pl.concat([tidy.rejects, rejects]),
    )


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
