"""Names of files that say what they hold: metric, areas, months. Pure."""

import re
from collections.abc import Sequence

from api.charts import SignalRow
from api.model import ValueRow, ValuesRequest
from api.snapshot import Snapshot
from api.standing import ComparisonRow
from sql.measure import TOTAL

LONGEST = 120
NAMED = 2
WINDOWS = {
    "month": "by-month",
    "rolling_12": "by-rolling-year",
    "financial_year": "by-financial-year",
    "calendar_year": "by-calendar-year",
}
KINDS = {"borough": "boroughs", "bcu": "bcus"}


def name_figures(snapshot: Snapshot, request: ValuesRequest, rows: Sequence[ValueRow]) -> str:
    """The name of a file of figures: `stop-search-rate-hackney-2023-09-to-2024-08`."""
    parts = [
        name_metrics([part.metric for part in request.selections]),
        name_areas(snapshot, request.areas),
        *([] if request.groups == (TOTAL,) else [name_words(request.groups, "groups")]),
        *([name_words(request.bases, "bases")] if request.bases else []),
        name_months([row.from_month for row in rows], [row.to_month for row in rows]),
        WINDOWS.get(request.window, ""),
        f"as-of-{request.as_of_text}" if request.as_of_text else "",
    ]
    return join(parts)


def name_metrics(metrics: Sequence[str]) -> str:
    """One or two metrics by their ids, more by their number."""
    return name_words([metric.replace("_", "-") for metric in metrics], "metrics")


def name_areas(snapshot: Snapshot, codes: Sequence[str]) -> str:
    """One or two areas by their slugs, all of a kind by its name, others by their number."""
    areas = [snapshot.areas[code] for code in codes]
    if len(areas) <= NAMED:
        return "-and-".join(area.slug for area in areas)
    kinds = {area.area_kind for area in areas}
    if len(areas) == len(snapshot.areas):
        return "all-areas"
    (kind, *others) = kinds
    whole = sum(area.area_kind == kind for area in snapshot.areas.values())
    if not others and len(areas) == whole and kind in KINDS:
        return KINDS[kind]
    return f"{len(areas)}-{KINDS.get(kind, 'areas') if not others else 'areas'}"


def name_words(words: Sequence[str], many: str) -> str:
    """One or two words as they are, more by their number."""
    if "*" in words:
        return f"all-{many}"
    return "-and-".join(words) if len(words) <= NAMED else f"{len(words)}-{many}"


def name_months(firsts: Sequence[str], lasts: Sequence[str]) -> str:
    """From the first month to the last: `2023-09-to-2024-08`, or the one month."""
    if not firsts or not lasts:
        return ""
    first, last = min(firsts), max(lasts)
    return first if first == last else f"{first}-to-{last}"


def name_comparison(rows: Sequence[ComparisonRow], *words: str) -> str:
    """The name of a file of a comparison: its metric, words, months."""
    metric = rows[0].metric if rows else ""
    return join(
        [metric, *words, name_months([row.from_month for row in rows], [row.to_month for row in rows])]
    )


def name_signals(snapshot: Snapshot, rows: Sequence[SignalRow]) -> str:
    """The name of a file of a series and its signals."""
    if not rows:
        return "signals"
    slug = snapshot.areas[rows[0].area_code].slug
    return join([rows[0].metric, slug, "signals", name_months([rows[0].month], [rows[-1].month])])


def join(parts: Sequence[str]) -> str:
    """Parts of a name as one, in letters that every file system takes."""
    plain = re.sub(r"[^a-z0-9-]+", "-", "-".join(part for part in parts if part).casefold())
    return plain[:LONGEST].strip("-")
