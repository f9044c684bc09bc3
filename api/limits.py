"""How much the API takes and gives at once."""

BODY_BYTES = 1_000_000
LOCATE_PLACES = 10_000
RELEASES_PER_PAGE = 100
