"""The last parts of a report, as page and print have them: what cannot be answered, the sources, what definitions share. Pure."""

from collections.abc import Sequence

import msgspec

from api.report.model import Cell, Column, Definition, Report, Table

SOURCE_COLUMNS = (
    Column("title", "Source"),
    Column("publisher", "Publisher"),
    Column("months", "Months here"),
    Column("licence", "Licence"),
)
# Behind the shapes of the positions.
LEGEND = (
    "where the figure stands among those of areas of the same kind. Similar is within the limits of what chance and the usual "
    "spread between areas would explain (the 95% limits), Higher and Lower are outside them. It is no judgement, and does not "
    "say why."
)


class SharedCaveats(msgspec.Struct, frozen=True):
    """Caveats that several definitions have: the titles of those, and the caveats."""

    titles: tuple[str, ...]
    caveats: tuple[str, ...]


def list_unanswered(report: Report) -> Table:
    """The questions that no figure answers, why not, and whom to ask."""
    columns = (Column("question", "Question"), Column("why", "Why not"), Column("ask", "Whom to ask"))
    rows = tuple((Cell(one.question), Cell(one.why), Cell(one.ask)) for one in report.cannot_say)
    return Table(key="cannot-say", title="Questions that no figure here answers", columns=columns, rows=rows)


def list_origins(report: Report) -> Table:
    """The sources, with the months that are held of each."""
    rows = tuple(
        (Cell(one.title), Cell(one.publisher), Cell(one.months), Cell(one.licence)) for one in report.sources
    )
    return Table(key="sources", title="Where the figures come from", columns=SOURCE_COLUMNS, rows=rows)


def share_caveats(definitions: Sequence[Definition]) -> tuple[list[Definition], list[SharedCaveats]]:
    """The definitions with the caveats that are theirs alone, and those of several, once for each set of definitions.

    Every caveat stays: in its definition or beside the titles of all that have it.
    """
    holders: dict[str, list[str]] = {}
    for one in definitions:
        for caveat in dict.fromkeys(one.caveats):
            holders.setdefault(caveat, []).append(one.title)
    by_titles: dict[tuple[str, ...], list[str]] = {}
    for caveat, titles in holders.items():
        if len(titles) > 1:
            by_titles.setdefault(tuple(titles), []).append(caveat)
    own = [
        msgspec.structs.replace(
            one, caveats=tuple(caveat for caveat in one.caveats if len(holders[caveat]) == 1)
        )
        for one in definitions
    ]
    return own, [SharedCaveats(titles, tuple(caveats)) for titles, caveats in by_titles.items()]
