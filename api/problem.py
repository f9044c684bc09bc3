"""Errors as people and programs read them: a page, or a problem document (RFC 9457).

Whatever goes wrong on the way to an answer ends in `problem_response`; nothing else writes an error.
"""

import logging
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from api.errors import ApiError, BodyTooLarge, NotFound, Unavailable, WrongMethod
from api.limits import BODY_BYTES
from api.negotiation import PROBLEM, wants_page
from api.pages.page import PAGE_TYPE, write_headers
from api.pages.problem import write_problem_page
from sql.errors import DatabaseError

log = logging.getLogger("borough.api")

SLOW = "This question took longer than the server allows: ask for fewer areas, months or groups at once."
GONE = "The database does not answer at the moment: try again in a few seconds."


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document: what was wrong, what was found, what is allowed."""

    title: str
    status: int
    detail: str
    instance: str
    sample: bool
    type: str = "about:blank"
    parameter: str | None = None
    found: str | None = None
    allowed: list[str] | None = None


def problem_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to a request that cannot be answered. An error not foreseen is logged with its traceback."""
    known = recognise(error, request.method)
    if isinstance(known, Unavailable) and known is not error:
        log.warning("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    elif known.status >= 500 and not isinstance(known, Unavailable):
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    is_sample = bool(request.app.state.releases.is_sample)
    problem = describe(known, request.url.path, is_sample=is_sample)
    if wants_page(request.headers.get("accept", "")):
        return Response(
            write_problem_page(
                problem.title, problem.status, problem.detail, problem.allowed or (), is_sample=is_sample
            ),
            status_code=known.status,
            media_type=PAGE_TYPE,
            headers={**known.headers, **write_headers()},
        )
    return Response(
        msgspec.json.encode(problem),
        status_code=known.status,
        media_type=PROBLEM,
        headers=dict(known.headers),
    )


def describe(error: ApiError, path: str, *, is_sample: bool) -> Problem:
    """The problem document of an error."""
    found: Any = error.members
    return Problem(
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.sentence,
        instance=path,
        sample=is_sample,
        parameter=found.get("parameter"),
        found=found.get("found"),
        allowed=found.get("allowed") or None,
    )


def recognise(error: Exception, method: str) -> ApiError:
    """The error of our own tree that stands for `error`."""
    match error:
        case ApiError():
            return error
        case RequestEntityTooLarge():
            return BodyTooLarge(f"The body is larger than {BODY_BYTES:,} bytes: send it in several requests.")
        case MethodNotAllowedException():
            return WrongMethod(method, list_methods(error))
        case NotFoundException():
            return NotFound("There is nothing at this address: /schema lists what there is.")
        case HTTPException() if error.status_code < 500:
            refused = ApiError(error.detail or HTTPStatus(error.status_code).phrase)
            refused.status = error.status_code
            return refused
        case asyncpg.QueryCanceledError():
            return Unavailable(SLOW)
        case (
            DatabaseError()
            | asyncpg.PostgresConnectionError()
            | asyncpg.OperatorInterventionError()
            | asyncpg.InsufficientResourcesError()
            | asyncpg.InterfaceError()
            | ConnectionError()
            | TimeoutError()
        ):
            return Unavailable(GONE)
        case _:
            return ApiError("The server failed in a way that was not foreseen; the failure is in its log.")


def list_methods(error: MethodNotAllowedException) -> list[str]:
    """The methods that an address takes: what the router says, and HEAD wherever there is GET."""
    headers = error.headers or {}
    methods = {name.strip() for name in headers.get("allow", "GET").split(",")}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
