"""data.police.uk street-level crime: `YYYY-MM-force-street.csv`, one row a crime or an anti-social behaviour record."""

from datetime import date

import polars as pl

from etl.sources.police import (
    check_coordinates,
    check_crime_id,
    is_sample_id,
    is_sample_text,
    read_coordinates,
    read_crime_id,
    read_lsoa,
    shorten_crime_id,
)
from etl.sources.source import Source, Tidy, split_rejects, to_codes
from etl.tally import CRIMES
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
    "Crime type",
    "Last outcome category",
    "Context",
)

WORDS = {
    "category": ("Crime type", "category"),
    "last_outcome": ("Last outcome category", "crime_outcome"),
}

FIELDS = tuple(field for _, field in WORDS.values())

COPIED = ("crime_id", *WORDS, "location", "longitude", "latitude", "lsoa", "is_repeated")


def tidy(frame: pl.DataFrame, month: date, codes: Codes) -> Tidy:
    """Type and word the rows of one month's file.

    A row is rejected whose month is not the file's, whose category is blank, or whose identifier or coordinates cannot
    be read. `No Location` (no coordinates, no LSOA) and `On or near ` with nothing after it are rows like others.
    """
    good, rejects = split_rejects(
        frame.with_columns(read_crime_id(), *read_coordinates()),
        (pl.col("Month") != f"{month:%Y-%m}", "the month is not the month of the file"),
        (pl.col("Month").is_null(), "the month is blank"),
        (pl.col("Crime type").is_null(), "the crime type is blank"),
        check_crime_id(),
        *check_coordinates(),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    location = pl.col("Location").alias("location")
    rows = good.select(
        "line", shorten_crime_id(), *coded, location, "longitude", "latitude", read_lsoa()
    ).with_columns(find_repeated())
    is_sample = is_sample_text(good, "Context") or is_sample_id(good)
    kinds = rows["category"].unique().sort().to_list()
    return Tidy(rows, rejects, unseen, is_sample, {}, tuple(kinds))


def find_repeated() -> pl.Expr:
    """The column `is_repeated`: whether an identifier that was read stands in the file again; null where there is none."""
    number = pl.col("crime_id")
    return pl.when(number.is_not_null()).then(number.is_duplicated()).alias("is_repeated")


STREET = Source("street", "crime", COLUMNS, COPIED, FIELDS, "category", tidy, tally=CRIMES)
