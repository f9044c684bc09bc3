"""What the OpenAPI document says of the answers: rows, formats, errors, with examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.cannot_say import CannotSay
from api.envelope import (
    ATTRIBUTION,
    LICENCE,
    FeatureCollection,
    FigureListing,
    Listing,
    NotedListing,
    RecordListing,
    Single,
)
from api.negotiation import GEOJSON, JSON, PROBLEM
from api.operations import (
    BulkOperation,
    DrawnMapOperation,
    DrawnTableOperation,
    FileOperation,
    MapOperation,
    PackageOperation,
    RecordOperation,
    ShapeOperation,
    TableOperation,
)
from api.problem import Problem

__all__ = [
    "BulkOperation",
    "DrawnMapOperation",
    "DrawnTableOperation",
    "FileOperation",
    "MapOperation",
    "PackageOperation",
    "RecordOperation",
    "ShapeOperation",
    "TableOperation",
    "describe_figures",
    "describe_list",
    "describe_map",
    "describe_noted",
    "describe_noted_rows",
    "describe_one",
    "describe_problems",
    "describe_records",
    "envelope",
]

DESCRIPTION = """
What the police and the councils publish, as figures for each London borough and each Met Basic Command Unit,
with their uncertainty, their gaps and their history.

Every path is read-only. JSON is the default; `?format=` or the `Accept` header give the others: CSV, Excel,
OpenDocument, Parquet, maps, charts. Every answer names its release and says whether it is made of sample data.
Errors are problem documents (RFC 9457) that list what is allowed. Answers carry an `ETag`: send it back as
`If-None-Match` and an unchanged answer costs nothing (304). `HEAD` works wherever `GET` does.
""".strip()

EXAMPLE_RELEASE = {
    "release": "2024-10-01-3f9a1c2b",
    "published_at": "2024-10-01T09:30:00Z",
    "boundary_vintage": "outline",
}

Responses = Mapping[int, ResponseSpec]


def describe_list(row: Any, example: Mapping[str, Any], address: str, *others: int) -> Responses:
    """The answers of a list of `row`, with one example row and the address that it comes from."""
    return _describe(Listing[row], envelope([example], address), *others)


def describe_noted(
    row: Any, example: Mapping[str, Any], notes: Sequence[CannotSay], address: str, *others: int
) -> Responses:
    """The answers of a list of `row` that also says what its figures cannot answer."""
    noted = {**envelope([example], address), "cannot_say": msgspec.to_builtins(notes)}
    return _describe(NotedListing[row], noted, *others)


def describe_figures(row: Any, example: Mapping[str, Any], address: str) -> Responses:
    """The answers of a list of figures."""
    return _describe(FigureListing[row], envelope([example], address))


def describe_records(
    row: Any, example: Mapping[str, Any], missing: Mapping[str, Any], address: str
) -> Responses:
    """The answers of a list of records, with an example of months that are not there."""
    return _describe(RecordListing[row], {**envelope([example], address), "missing": [missing]}, 404)


def describe_noted_rows(
    container: Any, rows: Sequence[Mapping[str, Any]], notes: Mapping[str, Any], address: str
) -> Responses:
    """The answers of a list in a `container` of its own, with what it says beside the rows."""
    return _describe(container, {**envelope(rows, address), **notes}, 404)


def describe_one(row: Any, example: Mapping[str, Any], address: str, *others: int) -> Responses:
    """The answers about one `row`."""
    return _describe(Single[row], envelope(example, address), *others)


def describe_map(example: Mapping[str, Any], address: str) -> Responses:
    """The answers that are GeoJSON only."""
    outer = envelope([], address)
    outer.pop("data")
    value = {"type": "FeatureCollection", "features": [example], **outer}
    spec = ResponseSpec(
        FeatureCollection,
        generate_examples=False,
        description="The areas asked for.",
        media_type=GEOJSON,
        examples=[Example(summary=f"GET {address}", value=value)],
    )
    return {200: spec, **describe_problems(400, 406, 503)}


def envelope(data: object, address: str) -> dict[str, Any]:
    """What stands around the rows of an example."""
    return {
        "data": data,
        "links": {"self": address, "licence": LICENCE},
        "release": EXAMPLE_RELEASE,
        "sample": False,
        "attribution": ATTRIBUTION,
    }


def _describe(container: Any, value: Mapping[str, Any], *others: int) -> Responses:
    spec = ResponseSpec(
        container,
        generate_examples=False,
        description="What was asked for.",
        media_type=JSON,
        examples=[Example(summary=f"GET {value['links']['self']}", value=value)],
    )
    return {200: spec, **describe_problems(400, 406, 503, *others)}


PROBLEMS: dict[int, tuple[str, Mapping[str, Any]]] = {
    400: (
        "A parameter, or its value, is not allowed; the problem document lists what is.",
        {
            "title": "Bad Request",
            "status": 400,
            "detail": "area='hackny' is not known: did you mean hackney? Allowed: barking-and-dagenham, …",
            "instance": "/v1/values",
            "parameter": "area",
            "found": "hackny",
            "allowed": ["hackney", "haringey"],
        },
    ),
    404: (
        "There is no such thing.",
        {
            "title": "Not Found",
            "status": 404,
            "detail": "There is no area 'hackny': did you mean hackney?",
            "instance": "/v1/areas/hackny",
        },
    ),
    406: (
        "None of the formats that `Accept` names.",
        {
            "title": "Not Acceptable",
            "status": 406,
            "detail": "This answer cannot be given as 'image/png': accept one of application/json, …",
            "instance": "/v1/values",
        },
    ),
    413: (
        "The body is too large.",
        {
            "title": "Request Entity Too Large",
            "status": 413,
            "detail": "The body is larger than 1,000,000 bytes: send it in several requests.",
            "instance": "/v1/locate",
        },
    ),
    503: (
        "Nothing is published yet, or the database does not answer.",
        {
            "title": "Service Unavailable",
            "status": 503,
            "detail": "No figures have been published yet: run `borough load` with the files.",
            "instance": "/v1/values",
        },
    ),
}


def describe_problems(*statuses: int) -> Responses:
    """The answers that are problem documents."""
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=PROBLEMS[status][0],
            media_type=PROBLEM,
            examples=[Example(summary="A problem document", value=dict(PROBLEMS[status][1]))],
        )
        for status in sorted(statuses)
    }
