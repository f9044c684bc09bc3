"""The application: the router with its paths, behind the cache."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import cast

import asyncpg
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException

from api.ahead import work_ahead
from api.cache import Application, Cache, Front
from api.draw.workshop import Workshop
from api.errors import ApiError
from api.finish import Finisher
from api.limits import BODY_BYTES
from api.parameters import check_parameters
from api.problem import problem_response
from api.record_files import Exports
from api.releases import Releases
from api.routes.areas import AreaController
from api.routes.assets import AssetController
from api.routes.bulk import BulkController
from api.routes.cite import CiteController
from api.routes.compare import CompareController
from api.routes.comparison import ComparisonController, SignalController
from api.routes.csvw import CsvwController
from api.routes.embed import EmbedController
from api.routes.feeds import FeedController
from api.routes.figures import FiguresController
from api.routes.find import FindController, ReportListController
from api.routes.health import HealthController, TelemetryController
from api.routes.home import HomeController
from api.routes.knowledge import (
    CoveragePageController,
    GuideController,
    PlainPageController,
    SourcePageController,
)
from api.routes.locate import LocateController
from api.routes.metrics import MetricController
from api.routes.payments import PaymentController
from api.routes.records import RecordController
from api.routes.reports import ReportController
from api.routes.revisions import RevisionController
from api.routes.schema import configure
from api.routes.scorecard import ScorecardController
from api.routes.sources import CoverageController, ReleaseController, SourceController
from api.routes.values import BoundaryController, ValueController
from api.shapes import ShapeStore
from api.telemetry import Telemetry
from sql import Settings, connect

CONTROLLERS = (
    HomeController,
    FindController,
    ReportListController,
    ReportController,
    FiguresController,
    CompareController,
    AssetController,
    AreaController,
    ScorecardController,
    LocateController,
    MetricController,
    ComparisonController,
    SignalController,
    ValueController,
    BoundaryController,
    CoverageController,
    SourceController,
    ReleaseController,
    RevisionController,
    RecordController,
    PaymentController,
    CsvwController,
    BulkController,
    CiteController,
    CoveragePageController,
    SourcePageController,
    GuideController,
    PlainPageController,
    EmbedController,
    FeedController,
    HealthController,
    TelemetryController,
)
TELL_SECONDS = 1.0
FIRST_LOOK_SECONDS = 10.0
WARM_SECONDS = 10.0


def create_served_app() -> Front:
    """The application as it is served: on the environment's database, drawing ahead what reports show."""
    return create_app(is_served=True)


def create_app(database: Settings | asyncpg.Pool | None = None, *, is_served: bool = False) -> Front:
    """The ASGI application on a database: settings (default: the environment's), or a pool that stays the
    caller's.

    It starts, and is alive but not ready, even where the database does not answer yet. `is_served`: what draws is
    ready when it starts, and the charts of reports are drawn before anybody asks.
    """
    telemetry = Telemetry()
    cache = Cache()
    releases = Releases(_connector(database), is_own=not isinstance(database, asyncpg.Pool))
    releases.tell(cache.clear)
    swapped = asyncio.Event()
    releases.tell(swapped.set)
    shapes = ShapeStore()
    exports = Exports()
    workshop = Workshop()

    def is_busy() -> bool:
        return telemetry.tally.running > 0

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(releases.follow()),
            asyncio.create_task(_report(telemetry, cache, releases)),
            asyncio.create_task(work_ahead(releases, swapped, workshop if is_served else None, is_busy)),
        ]
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(releases.has_looked.wait(), FIRST_LOOK_SECONDS)
            if is_served:
                # Figures that all reports share are worked out meanwhile. What fails here is told to whoever needs it first.
                with suppress(TimeoutError, ApiError):
                    await asyncio.wait_for(workshop.warm(), WARM_SECONDS)
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await workshop.close()
            await releases.close()

    # It asks for the releases only so that Litestar gives the two one after the other: two at once would be
    # a group of tasks in every answer.
    def give_shapes(releases: NamedDependency[Releases]) -> ShapeStore:
        return shapes

    def give_exports(releases: NamedDependency[Releases]) -> Exports:
        return exports

    def give_workshop(releases: NamedDependency[Releases]) -> Workshop:
        return workshop

    router = Litestar(
        route_handlers=CONTROLLERS,
        dependencies={
            "releases": Provide(lambda: releases, sync_to_thread=False),
            "shapes": Provide(give_shapes, sync_to_thread=False),
            "exports": Provide(give_exports, sync_to_thread=False),
            "workshop": Provide(give_workshop, sync_to_thread=False),
            "telemetry": Provide(lambda: telemetry, sync_to_thread=False),
        },
        exception_handlers={
            ApiError: problem_response,
            HTTPException: problem_response,
            Exception: problem_response,
        },
        before_request=check_parameters,
        request_max_body_size=BODY_BYTES,
        openapi_config=configure(find_version()),
        lifespan=[lifespan],
        state=State({"releases": releases}),
        logging_config=None,
    )
    finisher = Finisher(find_version(), lambda: releases.is_sample)
    return Front(cast(Application, router), cache, finisher, telemetry.tally)


def find_version() -> str:
    """The version of this program, as installed."""
    try:
        return version("borough-accountability")
    except PackageNotFoundError:
        return "0"


def _connector(database: Settings | asyncpg.Pool | None) -> Callable[[], Awaitable[asyncpg.Pool]]:
    async def open_pool() -> asyncpg.Pool:
        return database if isinstance(database, asyncpg.Pool) else await connect(database, role="reader")

    return open_pool


async def _report(telemetry: Telemetry, cache: Cache, releases: Releases) -> None:
    """Say every second how the worker is; forget at midnight what was answered for the day before."""
    await releases.has_looked.wait()
    day = datetime.now(UTC).date()
    while True:
        if (today := datetime.now(UTC).date()) != day:
            day = today
            cache.clear()
        telemetry.publish(
            cache_bytes=cache.bytes, is_reachable=releases.is_reachable, published=releases.published
        )
        await asyncio.sleep(TELL_SECONDS)
