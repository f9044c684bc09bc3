"""Blocks that sections share: sentences, the table of figures, months, and where the area stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from api.figures.coverage import WITHOUT_CITY
from api.figures.windows import text_of
from api.model import ValueRow
from api.report.charts import draw_months, title_months
from api.report.desk import Desk, fetch_months, find_first, find_stand, measure_of
from api.report.figures import write_figure
from api.report.model import Chart, FigureRow, Section, Table
from api.report.plans import FILES, Plan
from api.report.standing import SHORT_KINDS, draw_strip, list_standings, write_standings
from api.report.tables import write_figures, write_months
from api.report.words import begin, join, lower_title, name_figure, name_place, name_window
from api.scorecard import ScorecardRow
from sql.measure import TOTAL, load_measures

# Figures that a sentence names.
NAMED = 4
LACKING = ("missing", "incomplete")


@dataclass(slots=True)
class Draft:
    """A section in the writing: what is said so far, in order."""

    key: str
    title: str
    sentences: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: list[FigureRow] = field(default_factory=list)

    def finish(self) -> Section:
        """The section."""
        return Section(
            key=self.key,
            title=self.title,
            sentences=tuple(self.sentences),
            charts=tuple(self.charts),
            tables=tuple(self.tables),
            notes=tuple(dict.fromkeys(self.notes)),
        )


def begin_section(desk: Desk, plan: Plan) -> tuple[Draft, list[ScorecardRow]]:
    """A draft with the sentences and the table of the figures of a plan, and their rows in its order."""
    draft = Draft(plan.key, plan.title)
    rows = [row for metric in plan.metrics for row in desk.list_rows(metric)]
    rows = _leave_out_parts(rows)
    draft.sentences += write_sentences(desk, plan, rows)
    draft.tables.append(
        write_figures(
            f"{plan.key}-figures", f"{plan.title}: figures", rows, desk.area.slug, desk.label, desk.months
        )
    )
    add_figures(draft, desk, rows)
    return draft, rows


def _leave_out_parts(rows: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """The rows without parts of a total that have no figure themselves: the total's own row says why."""
    with_total = {row.metric for row in rows if row.group == TOTAL}
    return [
        row for row in rows if row.value is not None or row.group == TOTAL or row.metric not in with_total
    ]


def write_sentences(desk: Desk, plan: Plan, rows: Sequence[ScorecardRow]) -> list[str]:
    """The sentences of the figures that are told, each new window named; then what has no figure, and why."""
    there = [row for row in rows if row.value is not None]
    if not there:
        return _tell_nothing(desk, plan, rows)
    told, window = [], ""
    for row in there:
        if row.metric in plan.told:
            named = name_window(row)
            is_said = named == window or named.removeprefix("financial year ") in row.sentence
            head = "" if is_said else f"{begin(named)}: "
            told.append(head + row.sentence)
            window = named
    return told + _tell_without(desk, [row for row in rows if row.value is None])


def _tell_without(desk: Desk, rows: Sequence[ScorecardRow]) -> list[str]:
    """What has no figure, a sentence for each reason."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        name = lower_title(name_figure(measure_of(row), desk.label(row)))
        by_reason.setdefault((begin_lacking(row), row.reason or ""), []).append(name)
    return [f"{head} {_name_some(names)}. {reason}".rstrip() for (head, reason), names in by_reason.items()]


def begin_lacking(row: ValueRow) -> str:
    """How a sentence begins about a figure that is not there: withheld is not the same as missing."""
    return "No figure is given of" if row.status == "suppressed" else "No data on"


def _name_some(names: Sequence[str]) -> str:
    """The first few names of figures, which may have commas in them."""
    more = len(names) - NAMED
    return f"{'; '.join(names[:NAMED])}; and {more} more" if more > 0 else "; ".join(names)


def _tell_nothing(desk: Desk, plan: Plan, rows: Sequence[ScorecardRow]) -> list[str]:
    """That a section has no figure at all: which files it would take, and why there is none."""
    if any(row.status == "suppressed" for row in rows):
        return _tell_without(desk, rows)
    reasons = list(dict.fromkeys(row.reason for row in rows if row.reason))[:2]
    files = name_files(rows)
    told = [
        f"No data: there is no figure on {lower_title(plan.title)} for {name_place(desk.area)}.",
        files,
        *reasons,
    ]
    return [" ".join(part for part in told if part)]


def name_files(rows: Sequence[ValueRow]) -> str:
    """Which files would give figures; empty where none would, as none of the City's trust."""
    sources = dict.fromkeys(load_measures()[row.metric].source for row in rows if row.status in LACKING)
    reasons = " ".join(row.reason or "" for row in rows)
    files = [
        FILES[source]
        for source in sources
        if source in FILES and WITHOUT_CITY.get(source, "none") not in reasons
    ]
    return f"It would take {join(files)}." if files else ""


def add_figures(draft: Draft, desk: Desk, rows: Sequence[ValueRow]) -> None:
    """Put figures that the section shows among its lines."""
    draft.figures += [
        write_figure(draft.key, measure_of(row), row, desk.area.slug, desk.label(row)) for row in rows
    ]


async def add_months(
    draft: Draft, desk: Desk, row: ScorecardRow | None, events: str, key: str = "months"
) -> None:
    """A series month by month and its table; nothing where no month shown has a figure."""
    if row is None:
        return
    rows = await fetch_months(desk, row)
    first = text_of(find_first(desk, row))
    shown = [one for one in rows if one.from_month >= first]
    if not any(one.value is not None for one in shown):
        return
    measure, label = measure_of(row), desk.label(row)
    title = title_months(measure, row, desk.area, events, label)
    drawing, remarks = draw_months(desk.snapshot, measure, rows, first, title)
    what = name_figure(measure, label)
    table = write_months(
        f"{draft.key}-{key}",
        f"{what}, {desk.area.area_name}, month by month",
        measure,
        rows,
        first,
        remarks,
        desk.area.slug,
    )
    draft.tables.append(table)
    draft.charts.append(Chart(f"{draft.key}-{key}", drawing, table.key))
    add_figures(draft, desk, shown)


async def add_standing(draft: Draft, desk: Desk, row: ScorecardRow | None, key: str = "standing") -> None:
    """Where the area stands among those of its kind in the figure of a row; of a larger area how the boroughs differ."""
    if row is None or (standing := await find_stand(desk, row)) is None:
        return
    measure, label = measure_of(row), desk.label(row)
    rows = list_standings(standing)
    drawing = draw_strip(measure, rows, row, desk.area, label)
    if drawing is None:
        return
    kinds = SHORT_KINDS[rows[0].area_kind]
    title = f"All {len(rows)} {kinds}: {lower_title(name_figure(measure, label))}, {name_window(row)}"
    table = write_standings(f"{draft.key}-{key}", title, measure, rows, row.area_code)
    draft.tables.append(table)
    draft.charts.append(Chart(f"{draft.key}-{key}", drawing, table.key))
