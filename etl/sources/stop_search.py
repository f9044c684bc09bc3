"""data.police.uk stop and search: `YYYY-MM-force-stop-and-search.csv`, one row a search, no identifier."""

from datetime import date, timedelta

import polars as pl

from etl.months import month_bounds
from etl.sources.police import check_coordinates, is_sample_text, read_coordinates
from etl.sources.source import Source, Tidy, split_rejects, to_codes
from etl.tally import SEARCHES
from etl.vocabulary import Codes

COLUMNS = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)

WORDS = {
    "search_type": ("Type", "search_type"),
    "gender": ("Gender", "gender"),
    "age": ("Age range", "age"),
    "ethnicity_self": ("Self-defined ethnicity", "ethnicity_self"),
    "ethnicity_officer": ("Officer-defined ethnicity", "ethnicity_officer"),
    "legislation": ("Legislation", "legislation"),
    "object": ("Object of search", "object"),
    "outcome": ("Outcome", "search_outcome"),
}

FIELDS = tuple(field for _, field in WORDS.values())

# fields that figures are made of or divided by: where no row has one, the file cannot answer it
NEEDED = {field: column for column, field in WORDS.values() if field != "search_type"}

COPIED = (
    "occurred_at",
    *WORDS,
    "linked",
    "clothing_removed",
    "operation",
    "longitude",
    "latitude",
)

ANSWERS = {
    "linked": "Outcome linked to object of search",
    "clothing_removed": "Removal of more than just outer clothing",
}
OPERATION = "Policing operation"
ENOUGH_TO_JUDGE = 200
INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\+00:00$"


def tidy(frame: pl.DataFrame, month: date, codes: Codes) -> Tidy:
    """Type and word the rows of one month's file.

    A row is rejected whose date is no date or lies more than a day outside the file's month (times are UTC, so a June
    file rightly opens with rows stamped 31 May 23:01), whose type is blank, or whose coordinates or yes/no fields
    cannot be read.
    """
    start, end = (instant.replace(tzinfo=None) for instant in month_bounds(month))
    good, rejects = split_rejects(
        frame.with_columns(
            read_instant("Date").alias("occurred_at"),
            *(read_answer(column).alias(answer) for answer, column in ANSWERS.items()),
            *read_coordinates(),
        ),
        (pl.col("Type").is_null(), "the type of search is blank"),
        (pl.col("occurred_at").is_null(), "the date is not a date and time in UTC"),
        (
            ~pl.col("occurred_at").is_between(start - timedelta(days=1), end + timedelta(days=1)),
            "the date lies outside the month of the file",
        ),
        *check_coordinates(),
        *(
            (
                pl.col(answer).is_null() & pl.col(column).is_not_null(),
                f"the field {column!r} is neither True nor False",
            )
            for answer, column in ANSWERS.items()
        ),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    operation = pl.col(OPERATION).alias("operation")
    rows = good.select("line", "occurred_at", *coded, *ANSWERS, operation, "longitude", "latitude")
    return Tidy(rows, rejects, unseen, is_sample_text(good, OPERATION), find_unusable(good))


def read_instant(column: str) -> pl.Expr:
    """A moment written as 2024-02-10T14:05:00+00:00, without its zone; null for anything else."""
    text = pl.col(column)
    moment = text.str.to_datetime("%Y-%m-%dT%H:%M:%S+00:00", strict=False, time_unit="us")
    return pl.when(text.str.contains(INSTANT)).then(moment)


def read_answer(column: str) -> pl.Expr:
    """True, False, or null for anything else."""
    text = pl.col(column)
    return pl.when(text.is_in(["True", "False"])).then(text == "True")


def find_unusable(frame: pl.DataFrame) -> dict[str, str]:
    """The fields that this file cannot answer, each with the reason in words.

    Met files leave both yes/no fields blank to 2024-01, and the age in 2018-02; from 2024-02 'Outcome linked …' is
    False in every row, which no month of 9,000 searches with 30% positive outcomes can be.
    """
    unusable = {}
    if not frame.height:
        return {}
    for field, column in {**ANSWERS, **NEEDED}.items():
        if frame[column].null_count() == frame.height:
            unusable[field] = "the field is blank in every row of the file"
    linked = frame["linked"].drop_nulls()
    if len(linked) >= ENOUGH_TO_JUDGE and not linked.any():
        unusable["linked"] = "the field is False in every row of the file, which cannot be an answer"
    return unusable


STOP_SEARCH = Source("stop_search", "stop_search", COLUMNS, COPIED, FIELDS, None, tidy, tally=SEARCHES)
