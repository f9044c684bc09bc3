"""Addresses of what other sites may show in a frame, and the code that shows it. Pure."""

from html import escape
from urllib.parse import urlencode

from api.model import ValueRow
from api.snapshot import Area
from sql.measure import TOTAL

PATH = "/embed"
# Wide and high enough that nothing scrolls: the second is of a chart of all boroughs, a line each.
FIGURE_SIZE = (420, 420)
CHART_SIZE = (680, 1420)


def link_embed(kind: str, row: ValueRow, area: Area) -> str:
    """The address of a figure's card, of the months that it is of."""
    asked = {"from": row.from_month, "to": row.to_month, "window": row.window}
    if row.group != TOTAL:
        asked["group"] = row.group
    asked["basis"] = row.basis
    return f"{PATH}/{kind}/{row.metric}/{area.slug}?{urlencode(asked, safe=':')}"


def write_snippet(origin: str, path: str, title: str, size: tuple[int, int] = FIGURE_SIZE) -> str:
    """The HTML for a council's own page. `origin`: under which address this server is reached."""
    width, height = size
    return (
        f'<iframe src="{escape(origin + path)}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy"></iframe>'
    )
