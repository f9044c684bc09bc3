"""The metrics by what they are about. Pure."""

from collections.abc import Iterable

import msgspec

from api.cite import cite_metric
from sql.measure import Measure

FAMILIES = (
    ("Stop and search", ("stop_search",)),
    ("Use of force", ("use_of_force",)),
    ("Strip search", ("thorough_search",)),
    ("Recorded crime, and what became of the cases", ("street", "outcomes", "control_total")),
    ("Trust and confidence", ("survey",)),
    ("Council money", ("payment", "revenue_return", "section_251")),
)
OTHERS = "Other figures"


class Entry(msgspec.Struct, frozen=True):
    """A metric in a list: its title, what it is in a sentence, its page."""

    title: str
    definition: str
    href: str


def list_families(measures: Iterable[Measure]) -> list[tuple[str, list[Entry]]]:
    """The families in order, each with its metrics by title."""
    every = list(measures)
    known = {source for _, sources in FAMILIES for source in sources}
    families = [*FAMILIES, (OTHERS, tuple({one.source for one in every} - known))]
    listed = [
        (title, sorted((_describe(one) for one in every if one.source in sources), key=lambda one: one.title))
        for title, sources in families
    ]
    return [(title, entries) for title, entries in listed if entries]


def find_family(measure: Measure) -> str:
    """The family of a metric."""
    return next((title for title, sources in FAMILIES if measure.source in sources), OTHERS)


def _describe(measure: Measure) -> Entry:
    first, stop, _ = measure.definition.partition(". ")
    return Entry(measure.title, first + (stop.strip()), cite_metric(measure.metric))
