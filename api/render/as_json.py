"""JSON: the rows in their envelope."""

import msgspec

from api.envelope import ATTRIBUTION, Listing, Single
from api.render.answer import Answer

_ENCODER = msgspec.json.Encoder()


def render_json(answer: Answer) -> bytes:
    """`{"data": [rows], "links": …, "release": …, "sample": …, "attribution": …}`; an object for a single
    thing.
    """
    envelope = (
        Single(answer.rows[0], answer.links, answer.release, answer.is_sample, ATTRIBUTION)
        if (answer.is_single)
        else Listing(answer.rows, answer.links, answer.release, answer.is_sample, ATTRIBUTION)
    )
    return _ENCODER.encode(envelope)
