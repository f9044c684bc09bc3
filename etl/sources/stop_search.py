"""data.police.uk stop and search: `YYYY-MM-force-stop-and-search.csv`, one row a search, no identifier."""

from datetime import date

import polars as pl

from etl.months import month_bounds
from etl.sources.police import coordinate_checks, first_reason, is_sample_text, read_number
from etl.sources.source import Source, Tidy, split_rejects, to_codes
from etl.tally import tally_searches
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

COPIED = (
    "occurred_at",
    *WORDS,
    "linked",
    "clothing_removed",
    "operation",
    "longitude",
    "latitude",
)

LINKED = "Outcome linked to object of search"
CLOTHING = "Removal of more than just outer clothing"
ENOUGH_TO_JUDGE = 200
INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\+00:00$"


def tidy(frame: pl.DataFrame, month: date, codes: Codes) -> Tidy:
    """Type and word the rows of one month's file.

    A row is rejected whose date is no date or lies more than a day outside the file's month (times are UTC, so a June
    file rightly opens with rows stamped 31 May 23:01), whose type is blank, or whose coordinates or yes/no fields
    cannot be read.
    """
    start, end = (instant.replace(tzinfo=None) for instant in month_bounds(month))
    frame = frame.with_columns(
        pl.col("Date")
        .str.slice(0, 19)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
        .alias("occurred"),
    )
    good, rejects = split_rejects(
        frame,
        first_reason(
            (pl.col("Type").is_null(), "the type of search is blank"),
            (
                pl.col("occurred").is_null() | ~pl.col("Date").str.contains(INSTANT),
                "the date is not a date and time in UTC",
            ),
            (
                ~pl.col("occurred").is_between(
                    pl.lit(start).dt.offset_by("-1d"), pl.lit(end).dt.offset_by("1d")
                ),
                "the date lies outside the month of the file",
            ),
            *coordinate_checks(),
            (
                ~pl.col(LINKED).is_in(["True", "False"]),
                "the field 'Outcome linked to object of search' is neither True nor False",
            ),
            (
                ~pl.col(CLOTHING).is_in(["True", "False"]),
                "the field 'Removal of more than just outer clothing' is neither True nor False",
            ),
        ),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    rows = coded.select(
        "line",
        pl.col("Date").alias("occurred_at"),
        *WORDS,
        (pl.col(LINKED) == "True").alias("linked"),
        (pl.col(CLOTHING) == "True").alias("clothing_removed"),
        pl.col("Policing operation").alias("operation"),
        read_number("Longitude").alias("longitude"),
        read_number("Latitude").alias("latitude"),
    )
    is_sample = bool(good.select(is_sample_text("Policing operation").fill_null(False).any()).item())
    return Tidy(rows, rejects, unseen, is_sample, find_unusable(good))


def find_unusable(frame: pl.DataFrame) -> dict[str, str]:
    """The fields that this file cannot answer, each with the reason in words.

    Met files leave both fields blank to 2024-01; from 2024-02 'Outcome linked …' is False in every row, which no month
    of 9,000 searches with 30% positive outcomes can be.
    """
    unusable = {}
    if not frame.height:
        return {}
    for field, column in (("linked", LINKED), ("clothing_removed", CLOTHING), ("age", "Age range")):
        if frame[column].null_count() == frame.height:
            unusable[field] = "the field is blank in every row of the file"
    filled = frame[LINKED].drop_nulls()
    if len(filled) >= ENOUGH_TO_JUDGE and (filled == "False").all():
        unusable["linked"] = "the field is False in every row of the file, which cannot be an answer"
    return unusable


STOP_SEARCH = Source("stop_search", "stop_search", COLUMNS, COPIED, FIELDS, None, tidy, tally=tally_searches)
