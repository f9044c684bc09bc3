"""What a caller can read: media types by `Accept`, compression by `Accept-Encoding` (RFC 9110)."""

from collections.abc import Sequence
from functools import lru_cache

JSON = "application/json"
CSV = "text/csv"
GEOJSON = "application/geo+json"
PARQUET = "application/vnd.apache.parquet"
HTML = "text/html"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROBLEM = "application/problem+json"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
GPKG = "application/geopackage+sqlite3"
SVG = "image/svg+xml"
PNG = "image/png"
ZIP = "application/zip"
CSVM = "application/csvm+json"

# The media types between which an Accept header can make a difference here.
TYPES = (JSON, CSV, GEOJSON, PARQUET, HTML, PDF, XLSX, PROBLEM, ODS, GPKG, SVG, PNG, ZIP, CSVM)
# Callers are many, and the headers they send are few.
HEADERS_KEPT = 256

Range = tuple[str, float]


def parse_ranges(header: str) -> list[Range]:
    """The ranges of an `Accept` or `Accept-Encoding` header with their weights, lower case; a broken weight
    is 0.
    """
    ranges = []
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            weights = [value for value in parameters if value.startswith("q=")]
            ranges.append((name, _read_weight(weights[0][2:]) if weights else 1.0))
    return ranges


def weigh(ranges: Sequence[Range], media_type: str) -> float:
    """How much `media_type` is wanted, 0 (not at all) to 1: the most specific range that fits decides."""
    wanted = dict(reversed(ranges))
    for name in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if name in wanted:
            return wanted[name]
    return 0.0


@lru_cache(maxsize=HEADERS_KEPT)
def choose_type(accept: str, offered: tuple[str, ...]) -> str | None:
    """The most wanted of the offered media types, the first of equals; None where none is acceptable."""
    ranges = parse_ranges(accept) or [("*/*", 1.0)]
    best = max(offered, key=lambda media_type: weigh(ranges, media_type))
    return best if weigh(ranges, best) > 0 else None


@lru_cache(maxsize=HEADERS_KEPT)
def rank_types(accept: str) -> tuple[float, ...]:
    """The weights of the known media types: all that an `Accept` header can change in an answer."""
    ranges = parse_ranges(accept) or [("*/*", 1.0)]
    return tuple(weigh(ranges, media_type) for media_type in TYPES)


def wants_page(accept: str) -> bool:
    """Whether a person's browser asks: HTML is named, and wanted no less than JSON."""
    ranges = parse_ranges(accept)
    html = dict(ranges).get(HTML, 0.0)
    return html > 0 and html >= max(weigh(ranges, JSON), weigh(ranges, PROBLEM))


@lru_cache(maxsize=HEADERS_KEPT)
def choose_encoding(accept_encoding: str) -> str:
    """`br`, `gzip` or `identity`: the most wanted, brotli before gzip among equals."""
    wanted = dict(parse_ranges(accept_encoding))
    anything = wanted.get("*", 0.0)
    brotli, gzip = wanted.get("br", anything), wanted.get("gzip", anything)
    if max(brotli, gzip) <= 0:
        return "identity"
    return "br" if brotli >= gzip else "gzip"


def _read_weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
