"""What the three data.police.uk families share: names, coordinates, LSOAs, marks of sample data."""

import re
from datetime import date
from functools import reduce

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


def first_reason(*checks: tuple[pl.Expr, str]) -> pl.Expr:
    """The reason of the first check (true: the row is bad) that a row fails, or null. Shape: one text a row."""
    return reduce(
        lambda rest, check: pl.when(check[0]).then(pl.lit(check[1])).otherwise(rest),
        reversed(checks),
        pl.lit(None, dtype=pl.String),
    )


def read_number(column: str) -> pl.Expr:
    """A coordinate in degrees, null where blank or not a number."""
    return pl.col(column).cast(pl.Float64, strict=False)


def coordinate_checks(longitude: str = "Longitude", latitude: str = "Latitude") -> list[tuple[pl.Expr, str]]:
    """Checks of a pair of coordinates: numbers, both or neither, on the globe. Blank is no fault."""
    lon, lat = read_number(longitude), read_number(latitude)
    blank = pl.col(longitude).is_null(), pl.col(latitude).is_null()
    return [
        ((lon.is_null() & ~blank[0]) | (lat.is_null() & ~blank[1]), "a coordinate is not a number"),
        (blank[0] != blank[1], "only one of the two coordinates is there"),
        (~(lon.is_between(-180, 180) & lat.is_between(-90, 90)), "a coordinate is not on the globe"),
    ]


def read_lsoa() -> pl.Expr:
    """The LSOA code as an integer: E01000001 is 1000001; of Wales or no code of England, 9999999; blank, null."""
    code = pl.col("LSOA code")
    english = code.str.extract(r"^E(01\d{6})$", 1).cast(pl.Int32)
    return pl.when(code.is_null()).then(None).otherwise(english.fill_null(LSOA_ELSEWHERE))


def read_crime_id() -> pl.Expr:
    """The first 16 bytes of the crime's identifier as 32 hex digits (the publisher gives 32 bytes), null where blank."""
    return pl.col("Crime ID").str.slice(0, 32)


def bad_crime_id() -> pl.Expr:
    """Whether the identifier is there but not 64 hex digits."""
    return ~pl.col("Crime ID").str.contains(r"^[0-9a-f]{64}$")


def is_sample_id() -> pl.Expr:
    """Whether the row's identifier marks it as sample data."""
    return pl.col("Crime ID").str.starts_with(SAMPLE_ID_PREFIX)


def is_sample_text(column: str) -> pl.Expr:
    """Whether the row says in `column` that it is sample data."""
    return pl.col(column) == SAMPLE_WORDS
