"""What the three data.police.uk families share: names, coordinates, LSOAs, marks of sample data."""

import re
from datetime import date

import msgspec
import polars as pl

from etl.months import parse_month
from etl.sample_marks import SAMPLE_ID_PREFIX, SAMPLE_WORDS

FILE_NAME = re.compile(
    r"(?:^|[/\\])(?P<month>\d{4}-\d{2})-(?P<force>[a-z][a-z-]*?)-(?P<family>stop-and-search|street|outcomes)\.csv$"
)
FORCES = {"metropolitan": 1, "city-of-london": 2}
FORCE_NAMES = {1: "Metropolitan Police Service", 2: "City of London Police"}
FAMILIES = {"stop-and-search": "stop_search", "street": "street", "outcomes": "outcomes"}

LSOA_ELSEWHERE = 9_999_999


class FileName(msgspec.Struct, frozen=True):
    """What the name of a data.police.uk file says. `force` is None for forces other than London's two."""

    month: date
    force: int | None
    source: str


def read_name(name: str) -> FileName | None:
    """The month, force and family in a file's name, or None where it is no data.police.uk name."""
    match = FILE_NAME.search(name)
    if match is None:
        return None
    try:
        month = parse_month(match["month"])
    except ValueError:
        return None
    return FileName(month, FORCES.get(match["force"]), FAMILIES[match["family"]])


def read_coordinates() -> list[pl.Expr]:
    """The columns `longitude` and `latitude` in degrees, null where blank or not a number."""
    return [
        pl.col(column).cast(pl.Float64, strict=False).alias(column.lower())
        for column in ("Longitude", "Latitude")
    ]


def check_coordinates() -> list[tuple[pl.Expr, str]]:
    """Checks of coordinates that were read: numbers, both or neither, on the globe. Blank is no fault."""
    lon, lat = pl.col("longitude"), pl.col("latitude")
    blank = pl.col("Longitude").is_null(), pl.col("Latitude").is_null()
    return [
        ((lon.is_null() & ~blank[0]) | (lat.is_null() & ~blank[1]), "a coordinate is not a number"),
        (blank[0] != blank[1], "only one of the two coordinates is there"),
        (~(lon.is_between(-180, 180) & lat.is_between(-90, 90)), "a coordinate is not on the globe"),
    ]


def read_lsoa() -> pl.Expr:
    """The column `lsoa`: E01000001 is 1000001; of Wales or no code of England, 9999999; blank, null."""
    code = pl.col("LSOA code")
    english = code.str.extract(r"^E(01\d{6})$", 1).cast(pl.Int32)
    return pl.when(code.is_null()).then(None).otherwise(english.fill_null(LSOA_ELSEWHERE)).alias("lsoa")


def read_crime_id() -> pl.Expr:
    """The column `crime_id`: 32 bytes, published as 64 hexadecimal digits; null where blank or not hexadecimal."""
    return pl.col("Crime ID").str.decode("hex", strict=False).alias("crime_id")


def check_crime_id() -> tuple[pl.Expr, str]:
    """Check of an identifier that was read. Blank is no fault."""
    is_bad = pl.col("Crime ID").is_not_null() & (pl.col("crime_id").bin.size().fill_null(0) != 32)
    return is_bad, "the crime's identifier is not 64 hexadecimal digits"


def shorten_crime_id() -> pl.Expr:
    """The first half of each identifier that was read, which tells crimes apart as well as the whole."""
    return pl.col("crime_id").bin.slice(0, 16)


def is_sample_id(frame: pl.DataFrame) -> bool:
    """Whether an identifier marks the file as sample data."""
    return bool(frame["Crime ID"].str.starts_with(SAMPLE_ID_PREFIX).any())


def is_sample_text(frame: pl.DataFrame, column: str) -> bool:
    """Whether a row says in `column` that it is sample data."""
    return bool((frame[column] == SAMPLE_WORDS).any())
