"""GeoJSON (RFC 7946): one feature for each row, drawn as its area."""

import msgspec

from api.envelope import ATTRIBUTION, Feature, FeatureCollection
from api.render.answer import Answer

NOWHERE = b"null"

_ENCODER = msgspec.json.Encoder()


def render_geojson(answer: Answer) -> bytes:
    """A feature for each row with the row's fields as properties.

    An area without a boundary of its own (a force's unplaced events, say) has a null geometry, never a guess.
    """
    features = [
        Feature("Feature", code, msgspec.Raw(answer.geometries.get(code, NOWHERE)), row)
        for row in answer.rows
        for code in (str(getattr(row, "area_code", "")),)
    ]
    collection = FeatureCollection(
        "FeatureCollection", features, answer.links, answer.release, answer.is_sample, ATTRIBUTION
    )
    return _ENCODER.encode(collection)
