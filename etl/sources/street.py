"""data.police.uk street-level crime: `YYYY-MM-force-street.csv`, one row a crime or an anti-social behaviour record."""

from datetime import date

import polars as pl

from etl.sources.police import (
    bad_crime_id,
    coordinate_checks,
    first_reason,
    is_sample_id,
    is_sample_text,
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
    "Crime type",
    "Last outcome category",
    "Context",
)

WORDS = {
    "category": ("Crime type", "category"),
    "last_outcome": ("Last outcome category", "crime_outcome"),
}

FIELDS = tuple(field for _, field in WORDS.values())

COPIED = ("crime_id", *WORDS, "location", "longitude", "latitude", "lsoa")


def tidy(frame: pl.DataFrame, month: date, codes: Codes) -> Tidy:
    """Type and word the rows of one month's file.

    A row is rejected whose month is not the file's, whose category is blank, or whose identifier or coordinates cannot
    be read. `No Location` (no coordinates, no LSOA) and `On or near ` with nothing after it are rows like others.
    """
    good, rejects = split_rejects(
        frame,
        first_reason(
            (pl.col("Month") != f"{month:%Y-%m}", "the month is not the month of the file"),
            (pl.col("Month").is_null(), "the month is blank"),
            (pl.col("Crime type").is_null(), "the crime type is blank"),
            (bad_crime_id(), "the crime's identifier is not 64 hexadecimal digits"),
            *coordinate_checks(),
        ),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    rows = coded.select(
        "line",
        read_crime_id().alias("crime_id"),
        *WORDS,
        pl.col("Location").alias("location"),
        read_number("Longitude").alias("longitude"),
        read_number("Latitude").alias("latitude"),
        read_lsoa().alias("lsoa"),
    )
    is_sample = bool(good.select((is_sample_text("Context") | is_sample_id()).fill_null(False).any()).item())
    return Tidy(
        rows, rejects, unseen, is_sample, {}, tuple(coded["category"].unique().drop_nulls().sort().to_list())
    )


STREET = Source("street", "crime", COLUMNS, COPIED, FIELDS, "category", tidy)
