"""What the scorecards of all areas share is worked out as soon as a release is served, before anybody asks; then, where the
application serves people, the charts of all reports are drawn.
"""

import asyncio
import logging
from collections.abc import Callable
from itertools import product

from api.cards import list_cards
from api.draw.workshop import Form, Workshop
from api.errors import ApiError
from api.releases import TROUBLE, Releases
from api.report.request import ReportRequest, list_reported
from api.report.write import write_report
from api.scorecard import prepare_scorecards

log = logging.getLogger("borough.api")

# The forms of a chart: in a page, and in a PDF.
PREPARED: tuple[Form, ...] = ("page", "bare")
# Between two figures, so that requests come first.
REST_SECONDS = 0.005
# How often to look whether nobody is waiting for an answer any more.
LOOK_SECONDS = 0.05


async def work_ahead(
    releases: Releases,
    swapped: asyncio.Event,
    workshop: Workshop | None = None,
    is_busy: Callable[[], bool] = lambda: False,
) -> None:
    """Prepare each release after it is swapped in, until cancelled. `swapped` is set at each swap.

    A figure at a time, each of a few milliseconds; what a request needs sooner it works out itself, once for both. With a
    `workshop` the charts of all reports follow, one at a time, and wait while the worker `is_busy` with requests.
    """
    while True:
        await swapped.wait()
        swapped.clear()
        try:
            await _prepare(releases, swapped)
            if workshop is not None:
                await _draw_reports(releases, swapped, workshop, is_busy)
        except (ApiError, *TROUBLE):
            # Nothing is published, or the database is away: requests say so, and work it out themselves later.
            continue
        except Exception:
            log.exception("the scorecards or the charts of reports could not be prepared")


async def _prepare(releases: Releases, swapped: asyncio.Event) -> None:
    snapshot = releases.snapshot
    # From the last on: a scorecard asked for meanwhile starts with the first, and the two meet.
    for card in reversed(list_cards(snapshot)):
        if swapped.is_set():
            return
        async with releases.connection() as connection:
            await prepare_scorecards(connection, snapshot, card)
        await asyncio.sleep(REST_SECONDS)


async def _draw_reports(
    releases: Releases, swapped: asyncio.Event, workshop: Workshop, is_busy: Callable[[], bool]
) -> None:
    """Draw the charts of every area's report, so that its first page and its first PDF only have to be written."""
    snapshot = releases.snapshot
    for area in list_reported(snapshot):
        await _wait_until_idle(is_busy)
        if swapped.is_set():
            return
        async with releases.connection() as connection:
            report = await write_report(connection, snapshot, ReportRequest(area=area))
        for drawing, form in product(report.list_drawings(), PREPARED):
            await _wait_until_idle(is_busy)
            if swapped.is_set():
                return
            await workshop.draw(drawing, form)


async def _wait_until_idle(is_busy: Callable[[], bool]) -> None:
    await asyncio.sleep(REST_SECONDS)
    while is_busy():
        await asyncio.sleep(LOOK_SECONDS)
