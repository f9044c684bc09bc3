"""The parameters that several paths share, and the check that a request has no others."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from litestar import Request
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.errors import BadParameter, find_close

FormatQuery = Annotated[
    str | None,
    QueryParameter(
        name="format",
        description="The format of the answer; decides before the `Accept` header.",
        examples=[Example(summary="A file for a spreadsheet", value="csv")],
    ),
]
OnQuery = Annotated[
    str | None,
    QueryParameter(
        name="on",
        description="The day for which to say who belongs to which area, like 2023-09-01. Default: today.",
        examples=[Example(summary="A day", value="2023-09-01")],
    ),
]
FromQuery = Annotated[
    str | None,
    QueryParameter(
        name="from",
        description="The first month, like 2023-09.",
        examples=[Example(summary="A month", value="2023-09")],
    ),
]
ToQuery = Annotated[
    str | None,
    QueryParameter(
        name="to",
        description="The last month, included, like 2024-08.",
        examples=[Example(summary="A month", value="2024-08")],
    ),
]
AsOfQuery = Annotated[
    str | None,
    QueryParameter(
        name="as_of",
        description="A release, or a day: the figures as they were known then.",
        examples=[Example(summary="As known on a day", value="2024-10-01")],
    ),
]


# What a parameter that a path does not have may stand for where it has the other.
INSTEAD = {"area": ("force",)}


async def check_parameters(request: Request[Any, Any, Any]) -> None:
    """Refuse parameters that the path does not have, and those given twice that take one value.

    What a path has is what its handler declares, so the documentation and the check cannot differ.
    Raises BadParameter.
    """
    check_names(request, declare(request.route_handler))


def check_names(request: Request[Any, Any, Any], declared: Mapping[str, bool]) -> None:
    """The same for parameters by name, with whether each may be repeated. Raises BadParameter."""
    given = request.query_params
    for name in given:
        if name not in declared:
            close = find_close(name, list(declared))
            close = close or [other for other in INSTEAD.get(name, ()) if other in declared]
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            allowed = f"Allowed: {', '.join(declared)}." if declared else "This path has no parameters."
            raise BadParameter(
                name, None, list(declared), f"There is no parameter {name!r} here.{hint} {allowed}"
            )
        values = given.getall(name)
        if len(values) > 1 and not declared[name]:
            raise BadParameter(
                name, ", ".join(values), (), f"{name} is given {len(values)} times: give it once."
            )


@lru_cache(maxsize=256)
def declare(handler: BaseRouteHandler) -> dict[str, bool]:
    """The query parameters of a handler by name; whether each may be repeated."""
    declared = {}
    for field in handler.parsed_fn_signature.parameters.values():
        kwarg = field.kwarg_definition
        if isinstance(kwarg, QueryParameter):
            declared[kwarg.name or field.name] = field.is_non_string_sequence or any(
                inner.is_non_string_sequence for inner in field.inner_types
            )
    return declared
