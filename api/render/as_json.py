"""JSON: the rows in their envelope."""

import msgspec

from api.envelope import ATTRIBUTION, Listing, NotedListing, Single
from api.render.answer import Answer

_ENCODER = msgspec.json.Encoder()


def render_json(answer: Answer) -> bytes:
    """`{"data": [rows], "links": …, "release": …, "sample": …, "attribution": …}`; an object for a single
    thing.
    """
    about = answer.links, answer.release, answer.is_sample, ATTRIBUTION
    if answer.is_single:
        return _ENCODER.encode(Single(answer.rows[0], *about))
    if answer.cannot_say:
        return _ENCODER.encode(NotedListing(answer.rows, *about, answer.cannot_say))
    listing = Listing(answer.rows, *about)
    if answer.notes:
        return _ENCODER.encode({**msgspec.structs.asdict(listing), **answer.notes})
    return _ENCODER.encode(listing)
