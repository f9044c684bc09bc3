"""The page of what arrived and what did not."""

from collections.abc import Sequence
from typing import Any

from api.areas import name_force
from api.coverage_lines import PAYMENTS, Gap, Line, list_lines, list_months
from api.draw.drawings import CalendarDrawing
from api.figures.coverage import FORCES
from api.grid import POLICE
from api.history import name_holder, words_of
from api.period_words import name_period
from api.report.model import Cell, Column, Table
from api.wire import CoverageRow
from geo.areas import BOROUGHS
from geo.publishers import DFE, GLA, MHCLG, TFL, council_of

MONTHS_DRAWN = 36
# Gaps of a council that its row names.
GAPS_NAMED = 3
STATES = {"received": "received whole", "partial": "in part", "missing": "missing", "none": "not expected"}


def write_coverage(rows: Sequence[CoverageRow]) -> dict[str, Any]:
    """The variables of the template `coverage.html`."""
    lines = list_lines(rows)
    others = [line for line in lines if line.source != PAYMENTS]
    councils = [line for line in lines if line.source == PAYMENTS]
    return {
        "drawing": draw_calendar(others) if others else None,
        "years": tabulate_years(others) if others else None,
        "gaps": tabulate_gaps(others),
        "councils": tabulate_councils(councils) if councils else None,
    }


def name_publisher(source: str, slug: str) -> str:
    """Whose files a line is of: a force and a council can have the same slug."""
    councils = (*map(council_of, BOROUGHS), GLA, TFL)
    numbers = councils if source == PAYMENTS else (*FORCES, MHCLG, DFE)
    name = next((name_holder(number) for number in numbers if name_force(number) == slug), slug)
    return name.removeprefix("the ")


def draw_calendar(lines: Sequence[Line]) -> CalendarDrawing:
    """The last three years, a line for each source and force."""
    months = list_months(lines, MONTHS_DRAWN)
    states = [tuple(line.states.get(month, "none") for month in months) for line in lines]
    expected = sum(state != "none" for row in states for state in row)
    held = sum(state == "received" for row in states for state in row)
    return CalendarDrawing(
        title=f"{name_period(months[0], months[-1])}: {held:,} of {expected:,} months arrived whole",
        text="One line for each source and force, one cell for each month. The table of years and the table of gaps say the "
        "same in words.",
        unit="month",
        statistic="count",
        months=months,
        lines=tuple((name_shortly(line), row) for line, row in zip(lines, states, strict=True)),
    )


def name_line(line: Line) -> str:
    """A line in words: "stop and search, Metropolitan Police Service"."""
    words = words_of(line.source)
    return f"{words[:1].upper()}{words[1:]}, {name_publisher(line.source, line.force)}"


def name_shortly(line: Line) -> str:
    """The same where there is little room: only police files come from more than one publisher."""
    return name_line(line) if line.source in POLICE else name_line(line).partition(",")[0]


def tabulate_years(lines: Sequence[Line]) -> Table:
    """Months received whole of those expected, by source, force and year."""
    years = sorted({year for line in lines for year in line.count_years()})
    rows = []
    for line in lines:
        counted = line.count_years()
        cells = [
            Cell("{} of {}".format(*counted[year]), counted[year][0]) if year in counted else Cell("[z]")
            for year in years
        ]
        rows.append((Cell(name_line(line)), *cells))
    return Table(
        key="years",
        title="Months that arrived whole, of those expected, by year",
        columns=(Column("line", "Source and publisher"), *(Column(year, year, "number") for year in years)),
        rows=tuple(rows),
        notes=(
            "The survey has a rolling year each quarter, the returns have one financial year each, counted in the year that it "
            "ends in.",
        ),
    )


def tabulate_gaps(lines: Sequence[Line]) -> Table | None:
    """Every gap with its reason; None where there is none."""
    rows = [
        (
            Cell(name_line(line)),
            Cell(name_period(gap.first, gap.last)),
            Cell(STATES[gap.status]),
            Cell(gap.reason),
        )
        for line in lines
        for gap in line.gaps
    ]
    if not rows:
        return None
    return Table(
        key="gaps",
        title="Months that did not arrive whole, and why",
        columns=(
            Column("line", "Source and publisher"),
            Column("months", "Months"),
            Column("state", "State"),
            Column("reason", "Why"),
        ),
        rows=tuple(rows),
    )


def tabulate_councils(lines: Sequence[Line]) -> Table:
    """Of each council how many months of payments it published of those expected, and what is not there."""
    rows = []
    for line in lines:
        held = line.received
        shown = f"{len(held)} of {len(line.states)}"
        rows.append(
            (
                Cell(
                    name_publisher(line.source, line.force),
                    href=f"/v1/coverage?source={PAYMENTS}&force={line.force}",
                ),
                Cell(
                    shown if line.states else "[x]",
                    len(held),
                    note=name_period(held[0], held[-1]) if held else None,
                ),
                Cell(tell_gaps(line.gaps)),
            )
        )
    return Table(
        key="councils",
        title="Payments that councils published: months here, of those expected since the council's first",
        columns=(
            Column("council", "Council"),
            Column("months", "Months here", "number"),
            Column("gaps", "Not here"),
        ),
        rows=tuple(rows),
        notes=(
            "Councils publish monthly or quarterly, each from a threshold of its own. A month that is not here may have been "
            "published and not loaded.",
        ),
    )


def tell_gaps(gaps: Sequence[Gap]) -> str:
    """Gaps in a cell: the first few with the reason of each, and how many more there are."""
    if not gaps:
        return "nothing"
    told = [f"{name_period(gap.first, gap.last)}: {gap.reason}" for gap in gaps[:GAPS_NAMED]]
    more = len(gaps) - GAPS_NAMED
    return " ".join([*told, f"And {more} more."] if more > 0 else told)
