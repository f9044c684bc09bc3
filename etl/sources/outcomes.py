"""data.police.uk outcomes: `YYYY-MM-force-outcomes.csv`, one row an outcome given in the month to a crime."""

from datetime import date

import polars as pl

from etl.sources.police import (
    check_coordinates,
    check_crime_id,
    is_sample_id,
    read_coordinates,
    read_crime_id,
    read_lsoa,
    shorten_crime_id,
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
        frame.with_columns(read_crime_id(), *read_coordinates()),
        (pl.col("Month") != f"{month:%Y-%m}", "the month is not the month of the file"),
        (pl.col("Month").is_null(), "the month is blank"),
        check_crime_id(),
        *check_coordinates(),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    rows = good.select("line", shorten_crime_id(), *coded, "longitude", "latitude", read_lsoa())
    return Tidy(rows, rejects, unseen, is_sample_id(good), {})


# Met outcome files of 2024-03 to 2024-05 give most rows twice or more (one crime ten times in 2024-04).
OUTCOMES = Source("outcomes", "crime_outcome", COLUMNS, COPIED, FIELDS, None, tidy, repeats=True)
