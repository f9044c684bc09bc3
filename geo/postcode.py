"""Postcodes: their spelling, and the points of a Code-Point style file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

# Column names met in Code-Point files and their derivatives, lower case.
COLUMNS = {
    "postcode": ("postcode", "pcd", "pcds", "pc"),
    "lon": ("lon", "long", "lng", "longitude"),
    "lat": ("lat", "latitude"),
    "easting": ("easting", "eastings", "oseast1m"),
    "northing": ("northing", "northings", "osnrth1m"),
    "district": ("lad_code", "admin_district_code", "oslaua", "laua", "district_code", "district"),
}
# OS Code-Point Open ships headerless files, one a postcode area; its columns in order.
OPEN_COLUMNS = (
    "postcode",
    "quality",
    "easting",
    "northing",
    "country",
    "region",
    "ha",
    "county",
    "district",
    "ward",
)
POSTCODE = r"^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$"
EXPECTED = (
    "Give a Code-Point Open zip or CSV: postcode, then latitude and longitude or eastings and northings."
)


class PostcodeError(ValueError):
    """A postcode file that cannot be used; the message says why and what to give instead."""


def normalise_postcode(text: str) -> str | None:
    """ "e8 1ea" → "E8 1EA"; None for what is not shaped like a whole postcode."""
    match = re.match(POSTCODE, re.sub(r"\s+", "", text).upper())
    return f"{match[1]} {match[2]}" if match else None


def read_codepoint(path: Path) -> pl.DataFrame:
    """London postcodes of a Code-Point style file: `postcode`, `lon`, `lat` (degrees), `borough` Int16, one
    row each.

    Where the file names districts, only London's rows are kept; where it does not, all are, with borough 0.
    Rows without a location (quality 90) or a well-formed postcode are left out. Raises PostcodeError.
    """
    frames = [_tidy(name, data) for name, data in _read_files(path)]
    if not frames:
        raise PostcodeError(f"{path.name} holds no CSV of postcodes. {EXPECTED}")
    table = pl.concat(frames).unique("postcode", keep="first", maintain_order=True)
    if table.is_empty():
        raise PostcodeError(f"{path.name} holds no London postcode with a location. {EXPECTED}")
    return table.sort("postcode")


def _read_files(path: Path) -> Iterator[tuple[str, bytes]]:
    if not path.is_file():
        raise PostcodeError(f"{path.name}: there is no such file. {EXPECTED}")
    if not zipfile.is_zipfile(path):
        if path.suffix.lower() == ".zip":
            raise PostcodeError(f"{path.name} is not a whole zip file; fetch it again.")
        yield path.name, path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            # The Open zip also holds documents, among them a CSV of column headings in Doc/.
            if member.filename.lower().endswith(".csv") and not member.filename.lower().startswith("doc/"):
                yield f"{path.name}:{member.filename}", archive.read(member)


def _tidy(name: str, data: bytes) -> pl.DataFrame:
    first_line = data[:4096].split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    first_cell = first_line.split(",")[0].strip().strip('"')
    is_headerless = normalise_postcode(first_cell) is not None
    try:
        raw = pl.read_csv(io.BytesIO(data), has_header=not is_headerless, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise PostcodeError(f"{name} could not be read as CSV. {EXPECTED}") from error
    if is_headerless:
        if raw.width != len(OPEN_COLUMNS):
            raise PostcodeError(
                f"{name} has no header and {raw.width} columns, not {len(OPEN_COLUMNS)}. {EXPECTED}"
            )
        raw.columns = list(OPEN_COLUMNS)
    columns = {
        key: next((column for column in raw.columns if column.strip().lower() in names), None)
        for key, names in COLUMNS.items()
    }
    has_degrees = columns["lon"] is not None and columns["lat"] is not None
    has_metres = columns["easting"] is not None and columns["northing"] is not None
    if columns["postcode"] is None or not (has_degrees or has_metres):
        raise PostcodeError(f"{name} has the columns {', '.join(raw.columns)}. {EXPECTED}")
    x, y = ("lon", "lat") if has_degrees else ("easting", "northing")
    compact = pl.col("postcode").str.replace_all(r"\s+", "").str.to_uppercase()
    number = pl.col("district").str.extract(r"^E090000(0[1-9]|[12]\d|3[0-3])$", 1).cast(pl.Int16)
    table = (
        raw.select(
            pl.col(columns["postcode"]).alias("postcode"),
            pl.col(columns[x] or "").str.strip_chars().cast(pl.Float64, strict=False).alias("x"),
            pl.col(columns[y] or "").str.strip_chars().cast(pl.Float64, strict=False).alias("y"),
            pl.col(columns["district"]).alias("district")
            if columns["district"]
            else pl.lit(None).alias("district"),
        )
        .filter(compact.str.contains(POSTCODE), pl.col("x").is_finite(), pl.col("y").is_finite())
        .select(
            compact.str.replace(POSTCODE, "$1 $2").alias("postcode"),
            "x",
            "y",
            number.alias("borough") if columns["district"] else pl.lit(0, pl.Int16).alias("borough"),
        )
        .filter(pl.col("borough").is_not_null(), (pl.col("x") != 0) | (pl.col("y") != 0))
    )
    return (
        _to_degrees(table)
        if not has_degrees
        else table.select("postcode", pl.col("x").alias("lon"), pl.col("y").alias("lat"), "borough")
    )


def _to_degrees(table: pl.DataFrame) -> pl.DataFrame:
    # Without the OSTN15 grid this is 1.3 to 2.1 m off over London; see boundary.py, where the polygons move
    # alike.
    from pyproj import Transformer

    transformer = Transformer.from_crs(27700, 4326, always_xy=True)
    lon, lat = transformer.transform(table["x"].to_numpy(), table["y"].to_numpy())
    return table.select("postcode", pl.Series("lon", lon), pl.Series("lat", lat), "borough")
