"""What can be chosen on the page of a metric: group, way of counting, window, last month, areas. Pure."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import msgspec

from api.cards import choose_series
from api.comparison import WINDOWS
from api.figures.windows import WindowKind, parse_month, text_of
from api.period_words import WINDOW_WORDS, name_month
from api.series import catalogue, is_small, label_group
from api.snapshot import LONDON_WIDE, Snapshot
from api.survey import has_years, list_published
from sql.measure import TOTAL, Measure

KINDS = (("borough", "Boroughs"), ("bcu", "Basic Command Units (BCUs)"))
ALL = "All together"
# More months than this are not offered; their address still works.
MOST_MONTHS = 120
# All outcomes together are always 100%: their page opens with a part.
OPENS_WITH = {"outcome_share": "outcome:charged"}
Asked = Mapping[str, str | None]


class Option(msgspec.Struct, frozen=True):
    """A value of a select box."""

    value: str
    words: str
    is_chosen: bool


class Select(msgspec.Struct, frozen=True):
    """A select box. One that offers a single value is left out of the form."""

    name: str
    label: str
    options: tuple[Option, ...]


def list_selects(
    snapshot: Snapshot, measure: Measure, kind: str, basis: str, group: str, window: WindowKind, to: str
) -> list[Select]:
    """The select boxes, each with what is shown now chosen."""
    bases = [(one.basis, one.label) for one in measure.bases]
    groups = [
        (code, label_group(snapshot, measure, basis, code) or ALL)
        for found, code in catalogue(snapshot, measure).codes
        if found == basis
    ]
    months = list_months(snapshot, measure)
    if parse_month(to) not in months:
        months = sorted({*months, parse_month(to)}, reverse=True)
    windows = [(one, WINDOW_WORDS[one]) for one in list_windows(measure, group)]
    made = [
        _make("group", "Group", groups, group),
        _make("basis", "Way of counting", bases, basis),
        _make("window", "Time", windows, window),
        _make("to", "Up to", [(text_of(month), name_month(text_of(month))) for month in months], to),
        _make("kind", "Areas", KINDS, kind),
    ]
    return [one for one in made if len(one.options) > 1]


def find_group(measure: Measure) -> str | None:
    """The group with which a metric's page opens; None for its usual one."""
    return OPENS_WITH.get(measure.metric)


def label_figure(snapshot: Snapshot, measure: Measure, basis: str, group: str) -> str | None:
    """The words for what is shown: the group, and the way of counting where it is another figure or not the usual one."""
    label = label_group(snapshot, measure, basis, group)
    is_told = measure.kind in ("annual", "cohort") or basis != measure.basis_codes[0]
    counted = next(one.label for one in measure.bases if one.basis == basis) if is_told else None
    return "; ".join(part for part in (label, counted) if part) or None


def list_windows(measure: Measure, group: str) -> tuple[WindowKind, ...]:
    """The windows that can be compared."""
    if measure.kind == "annual":
        return ("financial_year",)
    if measure.kind == "survey":
        return ("rolling_12",)
    if is_small(measure, group):
        return ("financial_year",)
    return WINDOWS


def list_months(snapshot: Snapshot, measure: Measure) -> list[int]:
    """The months with which a window can end, the latest first."""
    if has_years(measure):
        return sorted(list_published(snapshot, measure), reverse=True)[:MOST_MONTHS]
    months = {
        month
        for (source, publisher), by_month in snapshot.coverage.items()
        if source == measure.source and publisher not in LONDON_WIDE
        for month, row in by_month.items()
        if row.status == "received"
    }
    return sorted(months, reverse=True)[:MOST_MONTHS]


def list_instead(snapshot: Snapshot, measure: Measure, group: str, asked: Asked) -> list[tuple[str, str]]:
    """Groups that are there where the files hold only some of them and so no total: words and addresses."""
    others = [(basis, code) for basis, code in choose_series(snapshot, measure) if code != group]
    if group != TOTAL or not others:
        return []
    return [
        (
            label_group(snapshot, measure, basis, code) or code,
            write_address(f"/figures/{measure.metric}", {**asked, "group": code}),
        )
        for basis, code in others
    ]


def write_address(path: str, asked: Asked) -> str:
    """A path with the parameters that were given."""
    query = urlencode({name: value for name, value in asked.items() if value}, safe=":/")
    return f"{path}?{query}" if query else path


def _make(name: str, label: str, values: Sequence[tuple[str, str]], chosen: str) -> Select:
    return Select(name, label, tuple(Option(value, words, value == chosen) for value, words in values))
