"""The page of sources and methods: who publishes what, which months are here, what is known to be wrong with it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from api.figures.windows import text_of
from api.period_words import name_month, name_period
from api.report.model import Cell, Column, Table
from api.snapshot import Snapshot
from api.wire import SourceRow
from sql.measure import Measure, load_measures

# Sources that stand under the figures of others.
UNDER = {
    "population": "Residents, under every rate.",
    "boundaries": "Where a point on the map is.",
    "postcodes": "Finding a borough by a postcode. Nothing that is looked up is kept.",
    "deflator": "Amounts in today's prices.",
    "outcomes": "What became of recorded crimes, joined to them by their identifiers.",
}


class Problem(msgspec.Struct, frozen=True):
    """A break in a source's series: since when, what changed, who says so, and what follows from it."""

    month: str
    explanation: str
    reference: str
    effect: str


class Described(msgspec.Struct, frozen=True):
    """A source for the page: its metrics, what they share as caveats, its breaks. `use`: what it is for, without metrics."""

    source: SourceRow
    months: str
    use: str
    metrics: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    problems: tuple[Problem, ...]


EFFECTS = {
    "forbid": "No figure and no change is given across it.",
    "flag": "Figures across it carry a note.",
}


def write_sources(snapshot: Snapshot, sources: Sequence[SourceRow]) -> dict[str, Any]:
    """The variables of the template `sources.html`: those with metrics first, as the metrics come."""
    order = list(dict.fromkeys(measure.source for measure in load_measures().values()))
    ranked = sorted(sources, key=lambda one: order.index(one.source) if one.source in order else len(order))
    return {"sources": [describe(snapshot, one) for one in ranked], "overview": tabulate(ranked)}


def describe(snapshot: Snapshot, source: SourceRow) -> Described:
    """One source with what is known about it."""
    measures = [one for one in load_measures().values() if source.source in (one.source, one.follows)]
    own = [one for one in measures if one.source == source.source]
    return Described(
        source=source,
        months=tell_months(source),
        use=UNDER.get(source.source, ""),
        metrics=tuple((f"/figures/{one.metric}", one.title) for one in measures),
        caveats=share_caveats(own),
        problems=tuple(
            Problem(
                name_month(text_of(one.month)), one.explanation, one.reference, EFFECTS.get(one.effect, "")
            )
            for one in snapshot.breaks
            if source.source in one.sources
        ),
    )


def share_caveats(measures: Sequence[Measure]) -> tuple[str, ...]:
    """What is to be known of a source's metrics, each sentence once."""
    return tuple(dict.fromkeys(caveat for measure in measures for caveat in measure.caveats))


def tell_months(source: SourceRow) -> str:
    """Which months of a source are here."""
    if source.first_month is None or source.last_month is None:
        return "no months of its own" if source.source in UNDER else "[x] no file was loaded"
    told = f"{name_period(source.first_month, source.last_month)}: {source.months_received:,} received"
    if source.months_partial:
        told += f", {source.months_partial:,} in part"
    if source.months_partly_held:
        told += f"; of {source.months_partly_held:,} only some kinds of record were loaded"
    return told


def tabulate(sources: Sequence[SourceRow]) -> Table:
    """The sources at a glance."""
    return Table(
        key="overview",
        title="Sources at a glance",
        columns=(
            Column("title", "Source"),
            Column("publisher", "Publisher"),
            Column("months", "Months here"),
            Column("licence", "Licence"),
        ),
        rows=tuple(
            (
                Cell(one.title, href=f"#{one.source}"),
                Cell(one.publisher),
                Cell(tell_months(one)),
                Cell(one.licence),
            )
            for one in sources
        ),
    )
