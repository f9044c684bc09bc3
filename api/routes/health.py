"""/health and /metrics: for machines."""

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.errors import ApiError
from api.releases import GONE, NOTHING_YET, Releases
from api.telemetry import Telemetry

NO_STORE = {"Cache-Control": "no-store"}


class Health(msgspec.Struct, frozen=True):
    """How a worker is: `status` is ok or unavailable."""

    status: str
    release: str | None = None
    reason: str | None = None


class HealthController(Controller):
    """Is it alive, can it answer."""

    path = "/health"
    tags = ("For machines",)

    @get(
        "/live",
        operation_id="isLive",
        summary="Is the process alive",
        description="200 as long as the process answers at all.",
        responses={
            200: ResponseSpec(
                Health,
                generate_examples=False,
                description="It is.",
                examples=[Example(summary="Alive", value={"status": "ok", "release": None, "reason": None})],
            )
        },
    )
    async def is_live(self) -> Response[Health]:
        """Alive."""
        return Response(Health("ok"), headers=NO_STORE)

    @get(
        "/ready",
        operation_id="isReady",
        summary="Can it answer",
        description="200 with a release and a database that answers, else 503.",
        responses={
            200: ResponseSpec(
                Health,
                generate_examples=False,
                description="It can.",
                examples=[
                    Example(
                        summary="Ready",
                        value={"status": "ok", "release": "2024-10-01-3f9a1c2b", "reason": None},
                    )
                ],
            ),
            503: ResponseSpec(Health, generate_examples=False, description="It cannot, and why."),
        },
    )
    async def is_ready(self, releases: NamedDependency[Releases]) -> Response[Health]:
        """Ready."""
        try:
            label = releases.snapshot.release
        except ApiError:
            label = None
        if not releases.is_reachable or label is None:
            reason = NOTHING_YET if releases.is_reachable else GONE
            return Response(Health("unavailable", None, reason), status_code=503, headers=NO_STORE)
        return Response(Health("ok", label.release), headers=NO_STORE)


class TelemetryController(Controller):
    """Counts."""

    path = "/metrics"
    tags = ("For machines",)

    @get(
        operation_id="readTelemetry",
        summary="Counts for Prometheus",
        description="All workers' counts, at most a second old.",
        media_type="text/plain",
        responses={
            200: ResponseSpec(
                str,
                generate_examples=False,
                description="Text of Prometheus.",
                media_type="text/plain",
                examples=[Example(summary="A count", value="borough_answers_remembered_total 42.0")],
            )
        },
    )
    async def read_telemetry(self, telemetry: NamedDependency[Telemetry]) -> Response[bytes]:
        """The counts."""
        return Response(telemetry.write(), media_type="text/plain; version=0.0.4", headers=NO_STORE)
