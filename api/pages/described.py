"""What the OpenAPI document says of pages and of other answers that are text."""

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.documentation import PROBLEMS, Responses
from api.negotiation import PROBLEM
from api.pages.page import PAGE_TYPE
from api.problem import Problem


def describe_text(description: str, media_type: str, example: str, *problems: int) -> Responses:
    """The answers of an address that gives text, with the problems there may be (status codes)."""
    found = ResponseSpec(
        str,
        generate_examples=False,
        description=description,
        media_type=media_type,
        examples=[Example(summary="The beginning", value=example)],
    )
    refused = {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=PROBLEMS[status][0],
            media_type=PROBLEM,
            examples=[Example(summary="A problem document", value=dict(PROBLEMS[status][1]))],
        )
        for status in sorted(problems)
    }
    return {200: found, **refused}


def describe_page(*problems: int) -> Responses:
    """The answers of a page."""
    return describe_text("A page.", PAGE_TYPE, "<!DOCTYPE html>…", 400, 503, *problems)
