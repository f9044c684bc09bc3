"""What arrived, a line for each source and whoever publishes it: months by state, by year, and the gaps. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from api.figures.windows import parse_month, text_of
from api.wire import CoverageRow

RECEIVED, MISSING = "received", "missing"
PAYMENTS = "payment"
# Sources whose months lie further apart.
STEPS = {"survey": 3, "revenue_return": 12, "section_251": 12}


class Gap(msgspec.Struct, frozen=True):
    """Months in a row that are not whole, of which the same is said."""

    first: str
    last: str
    status: str
    reason: str


class Line(msgspec.Struct, frozen=True):
    """The months that one publisher of a source should have published, in order, each with its state."""

    source: str
    force: str
    states: Mapping[str, str]
    gaps: tuple[Gap, ...]

    @property
    def received(self) -> tuple[str, ...]:
        """The months received whole."""
        return tuple(month for month, state in self.states.items() if state == RECEIVED)

    def count_years(self) -> dict[str, tuple[int, int]]:
        """By calendar year how many months arrived whole, and how many should have."""
        counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for month, state in self.states.items():
            counted[month[:4]][0] += state == RECEIVED
            counted[month[:4]][1] += 1
        return {year: (held, expected) for year, (held, expected) in counted.items()}


def list_lines(rows: Iterable[CoverageRow]) -> list[Line]:
    """The lines of rows as `/v1/coverage` gives them, in their order."""
    grouped: dict[tuple[str, str], list[CoverageRow]] = {}
    for row in rows:
        grouped.setdefault((row.source, row.force), []).append(row)
    return [
        Line(
            source,
            force,
            {row.month: row.status for row in listed},
            tuple(find_gaps(listed, STEPS.get(source, 1))),
        )
        for (source, force), listed in grouped.items()
    ]


def find_gaps(rows: Sequence[CoverageRow], step: int = 1) -> list[Gap]:
    """Runs of months, `step` apart, that did not arrive whole for the same reason."""
    gaps: list[Gap] = []
    for row in rows:
        # A month received whole can hold only a part of the lines of a return: its reason says which.
        if row.status == RECEIVED:
            continue
        reason = row.reason or "The file holds only a part of the month."
        before = gaps[-1] if gaps else None
        follows = before is not None and parse_month(before.last) + step == parse_month(row.month)
        if before is not None and follows and (before.status, before.reason) == (row.status, reason):
            gaps[-1] = msgspec.structs.replace(before, last=row.month)
        else:
            gaps.append(Gap(row.month, row.month, row.status, reason))
    return gaps


def list_months(lines: Iterable[Line], most: int) -> tuple[str, ...]:
    """The last months, at most so many, up to the last that any line should have."""
    every = [parse_month(month) for line in lines for month in line.states]
    if not every:
        return ()
    last = max(every)
    return tuple(text_of(month) for month in range(max(min(every), last - most + 1), last + 1))
