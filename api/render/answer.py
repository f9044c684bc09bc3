"""What a renderer is given."""

from collections.abc import Mapping, Sequence

import msgspec

from api.cannot_say import CannotSay
from api.envelope import ReleaseLabel

Geometries = Mapping[str, bytes]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one kind, and what the answer says about itself.

    `is_single`: one thing was asked for, so JSON gives an object, not a list. `geometries`: GeoJSON
    geometries by `area_code`, as bytes, for formats that draw; empty where nothing can be drawn. `cannot_say`: what
    the figures cannot answer, for formats that have room beside the rows. `notes`: what else JSON says beside them, by name.
    `name`: what the rows are, as in the name of a file; `title`: in words.
    """

    rows: Sequence[msgspec.Struct]
    row_type: type[msgspec.Struct]
    links: Mapping[str, str]
    release: ReleaseLabel
    is_sample: bool
    is_single: bool = False
    geometries: Geometries = {}
    cannot_say: Sequence[CannotSay] = ()
    notes: Mapping[str, object] = {}
    name: str = "rows"
    title: str = ""
