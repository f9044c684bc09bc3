"""The one registry of formats. To add a format: one function, one line here."""

from collections.abc import Callable, Sequence

import msgspec

from api.errors import BadParameter, NotAcceptable
from api.negotiation import CSV, GEOJSON, JSON, PARQUET, choose_type
from api.render.answer import Answer
from api.render.as_csv import render_csv
from api.render.as_geojson import render_geojson
from api.render.as_json import render_json
from api.render.as_parquet import render_parquet


class Format(msgspec.Struct, frozen=True):
    """A way to write an answer. `is_file`: browsers save it rather than show it."""

    name: str
    media_type: str
    content_type: str
    render: Callable[[Answer], bytes]
    is_file: bool = False


FORMATS: dict[str, Format] = {
    "json": Format("json", JSON, JSON, render_json),
    "csv": Format("csv", CSV, "text/csv; header=present", render_csv, is_file=True),
    "geojson": Format("geojson", GEOJSON, GEOJSON, render_geojson),
    "parquet": Format("parquet", PARQUET, PARQUET, render_parquet, is_file=True),
}


def choose_format(asked: str | None, accept: str, offered: Sequence[str]) -> Format:
    """The format of an answer that exists in the `offered` ones, the first being the default.

    `?format=` decides before `Accept`. Raises BadParameter for a format that is not offered, NotAcceptable
    where `Accept` allows none.
    """
    if asked is not None:
        if asked not in offered:
            raise BadParameter("format", asked, offered)
        return FORMATS[asked]
    by_type = {FORMATS[name].media_type: FORMATS[name] for name in offered}
    chosen = choose_type(accept, tuple(by_type))
    if chosen is None:
        raise NotAcceptable(accept, list(by_type))
    return by_type[chosen]
