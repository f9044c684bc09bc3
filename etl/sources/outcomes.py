"""data.police.uk outcomes: `YYYY-MM-force-outcomes.csv`, one row an outcome given in the month to a crime."""

from datetime import date

import polars as pl

from etl.sources.police import (
    bad_crime_id,
    coordinate_checks,
    first_reason,
    is_sample_id,
    read_crime_id,
    read_lsoa,
    read_number,
)
from etl.sources.source import Source, Tidy, split_rejects, to_codes
from etl.vocabulary import Codes

COLUMNS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Outcome type",
)

WORDS = {"outcome": ("Outcome type", "crime_outcome")}

FIELDS = tuple(field for _, field in WORDS.values())

COPIED = ("crime_id", *WORDS, "longitude", "latitude", "lsoa")


def tidy(frame: pl.DataFrame, month: date, codes: Codes) -> Tidy:
    """Type and word the rows of one month's file.

    A row is rejected whose month is not the file's or whose identifier or coordinates cannot be read. Several outcomes
    for one crime are all kept: which one counts is decided where case handling is measured.
    """
    good, rejects = split_rejects(
        frame,
        first_reason(
            (pl.col("Month") != f"{month:%Y-%m}", "the month is not the month of the file"),
            (pl.col("Month").is_null(), "the month is blank"),
            (bad_crime_id(), "the crime's identifier is not 64 hexadecimal digits"),
            *coordinate_checks(),
        ),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    rows = coded.select(
        "line",
        read_crime_id().alias("crime_id"),
        *WORDS,
        read_number("Longitude").alias("longitude"),
        read_number("Latitude").alias("latitude"),
        read_lsoa().alias("lsoa"),
    )
    is_sample = bool(good.select(is_sample_id().fill_null(False).any()).item())
    return Tidy(rows, rejects, unseen, is_sample, {})


# Met outcome files of 2024-03 to 2024-05 give most rows twice or more (one crime ten times in 2024-04).
OUTCOMES = Source("outcomes", "crime_outcome", COLUMNS, COPIED, FIELDS, None, tidy, repeats=True)
