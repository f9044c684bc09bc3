"""The page of an error."""

from collections.abc import Sequence
from html import escape

from api.pages.frame import write_page


def write_problem_page(
    title: str, status: int, detail: str, allowed: Sequence[str] = (), *, is_sample: bool = False
) -> bytes:
    """What was wrong and what to do next; what would be allowed as a list."""
    items = "".join(f"<li><code>{escape(item)}</code></li>" for item in allowed)
    listed = f"<h2>Allowed</h2><ul>{items}</ul>" if items else ""
    return write_page(f"{title} ({status})", f"<p>{escape(detail)}</p>{listed}", is_sample=is_sample)
