"""What the OpenAPI document says of pages and of other answers that are text."""

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.documentation import Responses, describe_problems
from api.pages.page import PAGE_TYPE


def describe_text(description: str, media_type: str, example: str, *problems: int) -> Responses:
    """The answers of an address that gives text, with the problems there may be (status codes)."""
    found = ResponseSpec(
        str,
        generate_examples=False,
        description=description,
        media_type=media_type,
        examples=[Example(summary="The beginning", value=example)],
    )
    return {200: found, **describe_problems(*problems)}


def describe_page(*problems: int) -> Responses:
    """The answers of a page."""
    return describe_text("A page.", PAGE_TYPE, "<!DOCTYPE html>…", 400, 503, *problems)
