"""The Met's own count of offences: wide files, a line an offence and borough, a column a month (London Datastore).

Two files, the last 24 months and those before, are rewritten every month. They are not loaded as crimes but as control
totals: how much of what the Met counted does data.police.uk give us?
"""

import re
from collections.abc import Sequence

import polars as pl

from etl.errors import Refused
from etl.months import parse_month
from etl.read import Reject, Table, read_any_csv
from etl.sample_marks import SAMPLE_WORDS
from etl.sources.source import TableSource, TidyTable, to_codes
from etl.vocabulary import Codes
from etl.workbook import is_workbook, read_workbook
from geo.names import find_boroughs

# `BoroughName` in the files at hand, `LookUp_BoroughName` in older ones
KEYS = {
    "major": ("majortext",),
    "minor": ("minortext",),
    "borough_name": ("boroughname", "lookupboroughname"),
}
MONTH = re.compile(r"^\d{6}$")
# as `etl.names` makes a name that stands twice unique
MONTH_AGAIN = re.compile(r"^(\d{6})_\d+$")
COUNT = r"^\d{1,7}$"


def is_header(names: Sequence[str]) -> bool:
    """Whether these are the columns of such a file: the offence in two levels, the borough, and months."""
    return len(_find_keys(names)) == len(KEYS) and any(MONTH.match(name) for name in names)


def read(data: bytes) -> Table:
    """The counts of a file, CSV or workbook, as text: a row a line and month, with the columns of `KEYS`, month, offences.

    Rejected are the counts of a line whose offence is blank or whose offence and borough stood on a line before, and a
    count that is no whole number. Raises Refused.
    """
    table = Table(read_workbook(data), ()) if is_workbook(data) else read_any_csv(data)
    wide = table.frame.rename({column: key for key, column in _find_keys(table.frame.columns).items()})
    months = _find_months(wide.columns)
    boroughs, _ = find_boroughs(wide["borough_name"].to_list())
    marked = wide.with_columns(
        # several lines may name no borough, each in its own words
        place=pl.when(pl.Series(boroughs) > 0)
        .then(pl.Series(boroughs).cast(pl.String))
        .otherwise("borough_name"),
        text=pl.concat_str(pl.exclude("line").fill_null(""), separator=","),
    ).with_columns(is_again=~pl.struct("major", "minor", "place").is_first_distinct())
    counts = marked.unpivot(
        months, index=["line", *KEYS, "is_again", "text"], variable_name="month", value_name="offences"
    ).sort("line", "month")
    is_count = pl.col("offences").str.contains(COUNT).fill_null(False)
    reason = (
        pl.when(pl.col("major").is_null() | pl.col("minor").is_null())
        .then(pl.lit("the offence is blank"))
        .when("is_again")
        .then(pl.lit("the same offence and borough stand on a line before"))
        .when(~is_count)
        .then(pl.format("the count of {} is not a whole number", "month"))
    )
    counts = counts.with_columns(reason=reason)
    bad = counts.filter(pl.col("reason").is_not_null())
    rejects = tuple(Reject(*row) for row in bad.select("line", "reason", "text").iter_rows())
    good = counts.filter(pl.col("reason").is_null()).select("line", *KEYS, "month", "offences")
    return Table(good, (*table.rejects, *rejects))


def tidy(frame: pl.DataFrame, codes: Codes) -> TidyTable:
    """A row a month, borough and offence, with the Met's count.

    Lines of no borough (`Unknown`, the airports' command, a name that is not known) are of borough 0.
    """
    boroughs, unknown = find_boroughs(frame["borough_name"].to_list())
    is_sample = pl.col("major") == SAMPLE_WORDS
    word = pl.when(~is_sample).then(pl.concat_str("major", "minor", separator=": "))
    coded, unseen = to_codes(frame.select(word=word), {"offence": ("word", "control_offence")}, codes)
    rows = frame.select(
        "line",
        (pl.col("month") + "01").str.to_date("%Y%m%d"),
        pl.Series("borough", boroughs, dtype=pl.Int16),
        *coded,
        pl.col("offences").cast(pl.Int32),
    )
    none = pl.DataFrame(schema={"line": pl.UInt32, "reason": pl.String})
    marked = bool(frame.select(is_sample.any()).item())
    return TidyTable(rows, none, unseen, marked, unknown_boroughs=unknown)


def check(table: Table, tidied: TidyTable) -> None:
    """Raise Refused where a month has no offence at all: it would count as one without crime."""
    sums = tidied.rows.group_by("month").agg(pl.col("offences").sum()).sort("month")
    for month, offences in sums.iter_rows():
        if not offences:
            raise Refused(
                f"The column of {month:%Y-%m} holds no offence, which no month of the Met's can be. Get the file again."
            )


def _find_keys(names: Sequence[str]) -> dict[str, str]:
    """The column that stands for each key, however it is spelled."""
    plain = {re.sub(r"[^a-z]", "", name.lower()): name for name in names}
    return {key: plain[name] for key, spellings in KEYS.items() for name in spellings if name in plain}


def _find_months(names: Sequence[str]) -> list[str]:
    """The columns of months. Raises Refused where one stands twice or is none."""
    for name in names:
        if again := MONTH_AGAIN.match(name):
            raise Refused(f"The month {again[1]} stands twice in the header. Get the file again.", line=1)
    months = [name for name in names if MONTH.match(name)]
    for name in months:
        try:
            parse_month(f"{name[:4]}-{name[4:]}")
        except ValueError as error:
            raise Refused(
                f"The column {name!r} is named like a month and is none. Get the file again.", line=1
            ) from error
    return months


CONTROL_TOTAL = TableSource(
    source="control_total",
    table="control_total",
    title="borough-level crime of the Met",
    publisher="Metropolitan Police Service",
    is_header=is_header,
    columns=(("MajorText",), ("MinorText",), ("BoroughName", "LookUp_BoroughName")),
    read=read,
    tidy=tidy,
    check=check,
    copied=("offence", "offences"),
    fields=("control_offence",),
)
