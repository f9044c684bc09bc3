"""Which months of which source arrived for an area: a line for each source and publisher. Pure, as /v1/coverage judges each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.draw.drawings import CalendarDrawing
from api.figures.coverage import FORCE_NAMES
from api.figures.windows import MARCH, text_of
from api.grid import MONTHS_APART, NEVER, Extras, judge_month, list_months
from api.payment_question import SOURCE as PAYMENT
from api.publisher_grid import NEVER_PUBLISHED, RETURNS, choose_months, list_not_returned
from api.report.model import Cell, Column, Table
from api.report.statement import name_month, name_period
from api.report.words import begin
from api.snapshot import Snapshot
from geo.areas import MET_FORCE
from geo.publishers import council_of, is_publisher, name_publisher

POLICE = ("stop_search", "street", "outcomes")
OF_THE_MET = ("use_of_force", "thorough_search", "survey", "control_total")
# More councils than a Basic Command Unit has are told in a sentence.
MOST_COUNCILS = 4
STATES = {"received": "here", "partial": "in part", "missing": "missing"}
NOTHING_DUE = "none"
SHORT_NAMES = {1: "Met", 2: "City of London Police"}
NOT_SINCE = "No later file was loaded; the latest is of {}."
COLUMNS = (
    Column("source", "Source"),
    Column("publisher", "Whose files"),
    Column("here", "Months here", "number"),
    Column("due", "Months due", "number"),
    Column("gaps", "In part or missing, and why"),
)
# By source what it is called, and who publishes it.
Titles = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A source of one publisher over months: `states` by month (a number) with the reason of those that are not whole.

    A month without a state is one in which nothing was to be expected. `replaced`: copies that gave way to later ones.
    """

    source: str
    name: str
    publisher: str
    states: Mapping[int, tuple[str, str | None]]
    replaced: int = 0

    def count(self, state: str) -> int:
        """How many months are in a state."""
        return sum(found == state for found, _ in self.states.values())


def list_lines(
    snapshot: Snapshot,
    extras: Extras,
    titles: Titles,
    boroughs: Sequence[int],
    first: int,
    last: int,
) -> list[CalendarLine]:
    """The lines of an area made of some boroughs, from the month `first` to `last`."""
    forces = sorted({force for borough, force in snapshot.home_forces.items() if borough in boroughs})
    wanted = [(source, force) for source in POLICE for force in forces]
    wanted += [(source, MET_FORCE) for source in OF_THE_MET if MET_FORCE in forces]
    if len(boroughs) <= MOST_COUNCILS:
        wanted += [(PAYMENT, council_of(borough)) for borough in sorted(boroughs)]
    wanted += list(RETURNS.items())
    return [
        _read_line(snapshot, extras, titles, source, force, boroughs, first, last) for source, force in wanted
    ]


def _read_line(
    snapshot: Snapshot,
    extras: Extras,
    titles: Titles,
    source: str,
    force: int,
    boroughs: Sequence[int],
    first: int,
    last: int,
) -> CalendarLine:
    by_month = snapshot.coverage.get((source, force), {})
    due = choose_months(snapshot, source, force, list_months(snapshot, source), extras.publications)
    states: dict[int, tuple[str, str | None]] = {}
    for month in due:
        if first <= month <= last:
            status, reason = judge_month((source, force, month), by_month, extras.ends)
            states[month] = status, reason if status != "received" else None
            if source in RETURNS and month in by_month:
                not_returned = list_not_returned(by_month[month].unusable_fields, set(boroughs))
                states[month] = ("partial", " ".join(not_returned)) if not_returned else states[month]
    held = list(by_month)
    for month in _list_due(source, held, first, last, is_listed=bool(states)):
        never = NEVER_PUBLISHED if is_publisher(force) else NEVER
        states.setdefault(
            month, ("missing", NOT_SINCE.format(name_month(text_of(max(held)))) if held else never)
        )
    title, named = titles.get(source, (source.replace("_", " "), ""))
    publisher = FORCE_NAMES.get(force) or name_publisher(force) or str(force)
    if source in POLICE:
        title = f"{title} ({SHORT_NAMES.get(force, publisher)})"
    elif source == PAYMENT:
        title = f"{title} ({publisher})"
    return CalendarLine(
        source=source,
        name=title,
        publisher=begin(named if source in OF_THE_MET and named else publisher),
        states=dict(sorted(states.items())),
        replaced=sum(len(extras.superseded.get((source, force, month), ())) for month in states),
    )


def _list_due(source: str, held: Sequence[int], first: int, last: int, *, is_listed: bool) -> Sequence[int]:
    """The months in which a file was due, where the grid, which ends with the last file, does not say."""
    apart = MONTHS_APART.get(source, 1)
    if apart == 1:
        return () if is_listed else range(first, last + 1)
    end = max(held) if held else MARCH
    return [month for month in range(first, last + 1) if (month - end) % apart == 0]


def draw_calendar(lines: Sequence[CalendarLine], first: int, last: int) -> CalendarDrawing:
    """The lines as a calendar."""
    months = range(first, last + 1)
    due = [line for line in lines if line.states]
    period = name_period(text_of(first), text_of(last))
    told = [
        f"{line.name}: {line.count('received')} of {len(line.states)} months due are here" for line in due
    ]
    return CalendarDrawing(
        title=f"{count_whole(lines)} here for every month due, {period}",
        text=f"A line for each source and a cell for each month, {period}. {'; '.join(told)}.",
        unit="month",
        statistic="count",
        months=tuple(text_of(month) for month in months),
        lines=tuple(
            (line.name, tuple(line.states.get(month, (NOTHING_DUE, None))[0] for month in months))
            for line in lines
        ),
    )


def count_whole(lines: Sequence[CalendarLine]) -> str:
    """Of how many sources every month that was due is here: "1 of 9 sources is"."""
    due = [line for line in lines if line.states]
    whole = sum(line.count("received") == len(line.states) for line in due)
    return f"{whole} of {len(due)} sources {'is' if whole == 1 else 'are'}"


def write_calendar(lines: Sequence[CalendarLine], key: str, title: str) -> Table:
    """The same as a table: what is in part or missing in runs of months, with the reason."""
    rows = tuple(
        (
            Cell(line.name),
            Cell(line.publisher),
            Cell(str(line.count("received")), line.count("received")),
            Cell(str(len(line.states)), len(line.states)),
            Cell(
                " ".join(_tell_runs(line)) or ("None" if line.states else "Nothing was due in these months.")
            ),
        )
        for line in lines
    )
    return Table(key=key, title=title, columns=COLUMNS, rows=rows)


def _tell_runs(line: CalendarLine) -> Iterator[str]:
    """Runs of months of which the same is said."""
    apart = MONTHS_APART.get(line.source, 1)
    runs: list[tuple[int, int, str, str | None]] = []
    for month, (state, reason) in line.states.items():
        if state == "received":
            continue
        if runs and runs[-1][2:] == (state, reason) and month - runs[-1][1] == apart:
            runs[-1] = (runs[-1][0], month, state, reason)
        else:
            runs.append((month, month, state, reason))
    for start, end, state, reason in runs:
        said = f"{name_period(text_of(start), text_of(end))}: {STATES[state]}"
        why = f" {begin(reason).rstrip('.')}." if reason else ""
        yield f"{begin(said)}.{why}"
