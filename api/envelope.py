"""What every answer says about itself: links, release, whether it is sample data, and whom to thank."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from api.cannot_say import CannotSay
from api.wire import AbsentRow

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right. "
    "Contains Royal Mail data © Royal Mail copyright and database right. "
    "Source: Office for National Statistics."
)
LICENCE_NAME = "Open Government Licence v3.0"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
SAMPLE_NOTICE = "Sample data, not real."

Row = TypeVar("Row")


class ReleaseLabel(msgspec.Struct, frozen=True):
    """Which release an answer was computed from."""

    release: str
    published_at: datetime
    boundary_vintage: str


class Listing(msgspec.Struct, Generic[Row], frozen=True):
    """The answer to a list: rows, links to the same data in other forms, and where it comes from."""

    data: Sequence[Row]
    links: Mapping[str, str]
    release: ReleaseLabel
    sample: bool
    attribution: str


class NotedListing(Listing[Row], Generic[Row], frozen=True):
    """The answer to a list, with the questions that its figures cannot answer."""

    cannot_say: Sequence[CannotSay]


class RecordListing(Listing[Row], Generic[Row], frozen=True):
    """The answer to a list of records, with the months asked for of which no whole file is there."""

    missing: Sequence[AbsentRow]


class FigureListing(Listing[Row], Generic[Row], frozen=True):
    """The answer to a list of figures. `left_out`, where anything is: what was asked for and is not given, and why."""

    left_out: Sequence[str] = ()


class Single(msgspec.Struct, Generic[Row], frozen=True):
    """The answer about one thing."""

    data: Row
    links: Mapping[str, str]
    release: ReleaseLabel
    sample: bool
    attribution: str


class Feature(msgspec.Struct, frozen=True):
    """One area as GeoJSON (RFC 7946), WGS 84 longitude and latitude."""

    type: str
    id: str
    geometry: msgspec.Raw
    properties: object


class FeatureCollection(msgspec.Struct, frozen=True):
    """Areas as GeoJSON, with what every answer says about itself."""

    type: str
    features: Sequence[Feature]
    links: Mapping[str, str]
    release: ReleaseLabel
    sample: bool
    attribution: str
