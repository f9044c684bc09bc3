"""What the scorecards of all areas share is worked out as soon as a release is served, before anybody asks."""

import asyncio
import logging

from api.cards import list_cards
from api.errors import ApiError
from api.releases import TROUBLE, Releases
from api.scorecard import prepare_scorecards

log = logging.getLogger("borough.api")

# Between two figures, so that requests come first.
REST_SECONDS = 0.005


async def work_ahead(releases: Releases, swapped: asyncio.Event) -> None:
    """Prepare each release after it is swapped in, until cancelled. `swapped` is set at each swap.

    A figure at a time, each of a few milliseconds; what a request needs sooner it works out itself, once for both.
    """
    while True:
        await swapped.wait()
        swapped.clear()
        try:
            await _prepare(releases, swapped)
        except (ApiError, *TROUBLE):
            # Nothing is published, or the database is away: requests say so, and work it out themselves later.
            continue
        except Exception:
            log.exception("the scorecards could not be prepared")


async def _prepare(releases: Releases, swapped: asyncio.Event) -> None:
    snapshot = releases.snapshot
    # From the last on: a scorecard asked for meanwhile starts with the first, and the two meet.
    for card in reversed(list_cards(snapshot)):
        if swapped.is_set():
            return
        async with releases.connection() as connection:
            await prepare_scorecards(connection, snapshot, card)
        await asyncio.sleep(REST_SECONDS)
