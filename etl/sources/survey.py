"""MOPAC's Public Attitude Survey by borough: one row a borough, a question and a rolling twelve months.

The table is published in two forms: `;` between fields, decimal commas and dates like 31/12/2014; and commas, decimal
points, dates like 12/31/2014 and a first column of row numbers. Both are read to the same rows.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from etl.errors import Refused
from etl.months import last_day
from etl.read import Table, read_any_csv
from etl.sample_marks import SAMPLE_WORDS
from etl.sources.source import TableSource, TidyTable, split_rejects, to_codes
from etl.vocabulary import Codes
from etl.workbook import is_workbook, read_workbook
from geo.names import find_boroughs

PAS = "PAS"
COLUMNS = ("Date", "Survey", "Borough", "Measure", "Proportion", "MPS")
# the measures that are metrics: the word, and its class in the vocabulary
MEASURES = {
    "Trust MPS": "trust_police",
    '"Good Job" local': "good_job_local",
    "Treat everyone fairly": "treat_everyone_fairly",
    "Listen to concerns": "listen_to_concerns",
    "Relied on to be there": "relied_on",
    "Understand issues": "understand_issues",
    "Informed local": "informed_local",
    "Contact ward officer": "contact_ward_officer",
}
INTERVIEWS = ("Interviews", "Sample", "Base")
DAY = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$")
# as a workbook gives a day: no question of order
ISO_DAY = re.compile(r"^\s*(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?\s*$")
# the Met's 32 boroughs; nobody is interviewed in the City
BOROUGHS = frozenset(range(2, 34))
TEN_THOUSAND = 10_000


def is_header(names: Sequence[str]) -> bool:
    """Whether the first row is that of the survey's table by borough."""
    return {name.strip() for name in names} >= set(COLUMNS)


def read(data: bytes) -> Table:
    """The rows as published, in either form, or of a workbook. Raises Refused."""
    table = Table(read_workbook(data), ()) if is_workbook(data) else read_any_csv(data)
    if missing := [name for name in COLUMNS if name not in table.frame.columns]:
        raise Refused(f"The column {missing[0]!r} is missing. Get the file again as published.", line=1)
    return table


def tidy(frame: pl.DataFrame, codes: Codes) -> TidyTable:
    """Type and word the rows of a file.

    `month` is the last of the rolling twelve months. A row is rejected that is of another survey, whose day is not the
    last of a month, whose borough is not one of the Met's 32, or whose proportion is no share. Raises Refused where the
    order of day and month cannot be told from the file.
    """
    numbers, _ = find_boroughs(frame["Borough"].to_list())
    dated = frame.with_columns(
        read_months(frame["Date"]).alias("month"),
        pl.Series("borough", numbers),
        _read_share("Proportion").alias("share"),
        _read_share("MPS").alias("met_share"),
        _read_interviews(frame.columns).alias("interviews"),
    )
    good, rejects = split_rejects(
        dated,
        (
            pl.col("Survey").fill_null("").str.strip_chars() != PAS,
            "the row is not of the Public Attitude Survey",
        ),
        (pl.col("month").is_null(), "the date is not the last day of a month"),
        (~pl.col("borough").is_in(sorted(BOROUGHS)), "the borough is not one of the Met's 32"),
        (pl.col("Measure").is_null(), "the measure is blank"),
        (pl.col("share").is_null(), "the proportion is not a number from 0 to 1"),
    )
    worded = good.with_columns(pl.col("Measure").str.strip_chars())
    coded, unseen = to_codes(worded, {"measure": ("Measure", "survey_measure")}, codes)
    rows = good.select("line", "month", *coded, "share", "met_share", "interviews", "borough")
    is_sample = bool((frame["Survey"] == SAMPLE_WORDS).any())
    unusable = {} if unseen else _find_unusable(rows, codes)
    return TidyTable(rows, rejects, unseen, is_sample, unusable)


def check(table: Table, tidied: TidyTable) -> None:
    """Raise Refused where a borough has a measure twice for the same twelve months: copies laid on top of each other."""
    keys = ["month", "measure", "borough"]
    double = tidied.rows.filter(tidied.rows.select(keys).is_duplicated()).sort(*keys, "line")
    if double.height:
        line, month = double.select("line", "month").row(1)
        raise Refused(
            f"A borough has the same measure twice for the twelve months to {month:%B %Y}: copies of the table seem to lie on"
            " top of each other in this file. Get a whole copy from the publisher.",
            line=line,
        )


def read_months(texts: pl.Series) -> pl.Series:
    """The month (its first day) of which each text is the last day; null where it is none.

    Which of day and month stands first is decided once, from all the texts. Raises Refused where that cannot be told.
    """
    words = texts.drop_nulls().unique().to_list()
    parts = {text: tuple(map(int, match.groups())) for text in words if (match := DAY.match(text))}
    is_day_first = find_order((first, second) for first, second, _ in parts.values()) if parts else True
    months = {
        text: _read_month(year, *((second, first) if is_day_first else (first, second)))
        for text, (first, second, year) in parts.items()
    }
    months |= {text: _read_month(*map(int, m.groups())) for text in words if (m := ISO_DAY.match(text))}
    return pl.Series([months.get(text) for text in texts], dtype=pl.Date)


def find_order(pairs: Iterable[tuple[int, int]]) -> bool:
    """Whether the day stands before the month in all pairs of numbers. Raises Refused where that cannot be told."""
    numbers = list(pairs)
    day_first = any(first > 12 for first, _ in numbers)
    month_first = any(second > 12 for _, second in numbers)
    if day_first and month_first:
        raise Refused(
            "Some dates of this file have the day first and others the month. Get it again as published, without opening it"
            " in a spreadsheet."
        )
    if not (day_first or month_first):
        raise Refused(
            "Whether the day or the month stands first in the dates of this file cannot be told. Get it again as published."
        )
    return day_first


def _read_month(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1900 <= year <= 2200):
        return None
    first = date(year, month, 1)
    return first if last_day(first).day == day else None


def _read_share(column: str) -> pl.Expr:
    """A proportion from 0 to 1, with a decimal comma or point, as ten-thousandths; null where it is none."""
    number = (
        pl.col(column).str.strip_chars().str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    )
    share = pl.when(number.is_between(0, 1)).then(number)
    return (share * TEN_THOUSAND).round().cast(pl.Int16)


def _read_interviews(columns: Sequence[str]) -> pl.Expr:
    """How many were interviewed, where the file says so; null elsewhere."""
    name = next((name for name in INTERVIEWS if name in columns), None)
    if name is None:
        return pl.lit(None, dtype=pl.Int32)
    number = pl.col(name).str.strip_chars().str.replace_all(",", "").cast(pl.Int32, strict=False)
    return pl.when(number > 0).then(number)


def _find_unusable(rows: pl.DataFrame, codes: Codes) -> dict[date, dict[str, str]]:
    """What a rolling year cannot answer: measures that the file does not give then for each of the 32 boroughs.

    "Trust MPS" begins with the year to March 2016, the other measures with that to December 2014.
    """
    counted = rows.group_by("month", "measure").agg(pl.col("borough").n_unique())
    held = {(month, code): count for month, code, count in counted.iter_rows()}
    unusable: dict[date, dict[str, str]] = {}
    for month in rows["month"].unique():
        for word, name in MEASURES.items():
            count = held.get((month, codes["survey_measure"][word]), 0)
            if count < len(BOROUGHS):
                some = f"for {count} of the 32 boroughs only" if count else "at all"
                unusable.setdefault(month, {})[name] = f"the survey's table does not give this measure {some}"
    return unusable


SURVEY = TableSource(
    source="survey",
    table="survey_estimate",
    title="Public Attitude Survey",
    publisher="Mayor's Office for Policing and Crime",
    is_header=is_header,
    columns=tuple((name,) for name in COLUMNS),
    read=read,
    tidy=tidy,
    check=check,
    copied=("measure", "share", "met_share", "interviews"),
    fields=("survey_measure",),
    period=12,
)
