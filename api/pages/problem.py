"""The page of an error."""

from collections.abc import Sequence

from api.pages.page import write_page


def write_problem_page(
    title: str, status: int, detail: str, allowed: Sequence[str] = (), *, is_sample: bool = False
) -> bytes:
    """What was wrong and what to do next; what would be allowed as a list."""
    return write_page(
        "problem.html", title=f"{title} ({status})", detail=detail, allowed=allowed, is_sample=is_sample
    )
