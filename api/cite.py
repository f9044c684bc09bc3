"""The address of one figure: it leads to the figure itself, its definition, its sources and its history.

With a release in it the address means the same figure for ever (`as_of`); without one, the latest of that window.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from api.model import ValueRow
from api.standing import ComparisonRow
from sql.measure import TOTAL

PATH = "/figures"


def cite_metric(metric: str) -> str:
    """The page of a metric."""
    return f"{PATH}/{metric}"


def cite_row(row: ValueRow | ComparisonRow, slug: str, *, is_lasting: bool = True) -> str:
    """The page of the figure of a row; `slug` is that of its area. `is_lasting`: as known in the row's release."""
    asked: dict[str, str] = {"from": row.from_month, "to": row.to_month, "window": row.window}
    if row.group != TOTAL:
        asked["group"] = row.group
    asked["basis"] = row.basis
    if is_lasting and row.release is not None:
        asked["as_of"] = row.release
    return cite(row.metric, slug, asked)


def cite(metric: str, slug: str, asked: Mapping[str, str]) -> str:
    """The page of one figure, by the parameters that choose it."""
    query = urlencode(asked, safe=":")
    return f"{PATH}/{metric}/{slug}{'?' + query if query else ''}"
