"""The one registry of formats. To add a format: one function, one line here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from api.draw.jobs import Form
from api.errors import BadParameter, NotAcceptable
from api.negotiation import (
    CSV,
    GEOJSON,
    GPKG,
    JSON,
    ODS,
    PARQUET,
    PDF,
    PNG,
    SVG,
    XLSX,
    ZIP,
    choose_type,
)
from api.render.answer import Answer
from api.render.as_csv import render_csv
from api.render.as_geojson import render_geojson
from api.render.as_gpkg import render_gpkg
from api.render.as_json import render_json
from api.render.as_ods import render_ods
from api.render.as_parquet import render_parquet
from api.render.as_xlsx import render_xlsx


class OfType(Protocol):
    """What has a media type."""

    @property
    def media_type(self) -> str:
        """The media type."""


Typed = TypeVar("Typed", bound=OfType)


class Format(msgspec.Struct, frozen=True):
    """A way to write an answer.

    `render` writes rows; None where there is a `form`, in which the answer's chart is drawn, or where the answer is written
    as it is sent. `is_file`: browsers save it rather than show it. `is_shown`: they show it, and know its name when they
    save it. `is_slow`: a few hundred rows take longer than others may wait. `is_map`: it needs shapes.
    """

    name: str
    media_type: str
    content_type: str
    render: Callable[[Answer], bytes] | None
    form: Form | None = None
    is_file: bool = False
    is_shown: bool = False
    is_slow: bool = False
    is_map: bool = False


FORMATS: dict[str, Format] = {
    "json": Format("json", JSON, JSON, render_json),
    "csv": Format("csv", CSV, "text/csv; header=present", render_csv, is_file=True),
    "geojson": Format("geojson", GEOJSON, GEOJSON, render_geojson, is_map=True),
    "xlsx": Format("xlsx", XLSX, XLSX, render_xlsx, is_file=True, is_slow=True),
    "ods": Format("ods", ODS, ODS, render_ods, is_file=True, is_slow=True),
    "parquet": Format("parquet", PARQUET, PARQUET, render_parquet, is_file=True),
    "gpkg": Format("gpkg", GPKG, GPKG, render_gpkg, is_file=True, is_slow=True, is_map=True),
    "svg": Format("svg", SVG, SVG, None, "svg", is_shown=True),
    "png": Format("png", PNG, PNG, None, "png", is_shown=True),
    "pdf": Format("pdf", PDF, PDF, None, "pdf", is_shown=True),
    "zip": Format("zip", ZIP, ZIP, None, is_file=True),
}
# Which of them an answer exists in, the default first.
TABLE = ("json", "csv", "xlsx", "ods", "parquet")
MAP = ("json", "csv", "geojson", "gpkg", "xlsx", "ods", "parquet")
# Long lists, written as they are read.
RECORDS = ("json", "csv", "parquet")
SHAPES = ("geojson", "gpkg")
PICTURES = ("svg", "png", "pdf")


def choose_format(asked: str | None, accept: str, offered: Sequence[str]) -> Format:
    """The format of an answer that exists in the `offered` ones, the first being the default.

    `?format=` decides before `Accept`. Raises BadParameter for a format that is not offered, NotAcceptable
    where `Accept` allows none.
    """
    return choose_among(asked, accept, {name: FORMATS[name] for name in offered})


def choose_among(asked: str | None, accept: str, offered: Mapping[str, Typed]) -> Typed:
    """One of the formats by name, as `choose_format` does; the first is the default. Raises BadParameter, NotAcceptable."""
    if asked is not None:
        if asked not in offered:
            raise BadParameter("format", asked, tuple(offered))
        return offered[asked]
    by_type = {one.media_type: one for one in offered.values()}
    chosen = choose_type(accept, tuple(by_type))
    if chosen is None:
        raise NotAcceptable(accept, list(by_type))
    return by_type[chosen]
