"""The sections on searches, use of force, strip search and recorded crime."""

from collections.abc import Sequence

from api.figures.windows import parse_month, text_of
from api.model import ComparedRow, ValueRow
from api.report.cells import write_limits, write_value
from api.report.charts import draw_dots, draw_years
from api.report.desk import Desk, fetch, fetch_years, measure_of
from api.report.model import Cell, Chart, Column, Table
from api.report.plans import CRIME, FORCE, SEARCHES, STRIP
from api.report.sections.blocks import Draft, add_figures, add_months, add_standing, begin_section
from api.report.tables import name_year_of, trim_years, write_groups, write_years
from api.report.words import begin, name_place, name_window
from api.scorecard import ScorecardRow
from api.show import show_value
from sql.measure import TOTAL, load_measures

CLUSTERS = "Searches and uses of force come in clusters (one operation, several people), so their intervals are too narrow."
PLACE = "Searches and crimes count where they took place; residents are those who live there."
ROWS = "A use of force is one officer's use of it on one subject: these are uses recorded, not events and not subjects."
AGES = ("age_1", "age_3", "age_6", "age_12")
STRIP_NOTES = (
    "Counts of few people are withheld [c], and enough beside them that none can be worked out; so these figures are given by "
    "financial year only.",
    "The file of thorough searches seems to lack some genuine rows, so its counts are provisional.",
)
CASES = (
    "Cases are followed by the month of the crime: the share with each outcome 1, 3, 6 and 12 months after it. Older cases "
    "have had more time, so compare a column with the same column elsewhere, not with the next. A positive outcome is a charge, "
    "a caution, a penalty notice, a drugs warning or a local resolution: what some forces call a sanction detection leaves "
    "the local resolution out. Court results stop after May 2019."
)


async def write_searches(desk: Desk) -> Draft:
    """Searches: month by month, among others, and what was searched for."""
    draft, _ = begin_section(desk, SEARCHES)
    lead = desk.lead(SEARCHES.lead)
    await add_months(draft, desk, lead, SEARCHES.events)
    await add_standing(draft, desk, lead)
    await add_months(
        draft,
        desk,
        desk.find("stop_search_positive_outcome_share"),
        "The share of searches with a positive outcome",
        "outcomes",
    )
    await _add_groups(draft, desk, lead, "object", "Object of the search", "What was searched for")
    draft.notes += [PLACE, CLUSTERS]
    return draft


async def write_force(desk: Desk) -> Draft:
    """Use of force: month by month, and among others."""
    draft, _ = begin_section(desk, FORCE)
    lead = desk.lead(FORCE.lead)
    await add_months(draft, desk, lead, FORCE.events)
    await add_standing(draft, desk, lead)
    draft.notes += [ROWS, CLUSTERS]
    return draft


async def write_strip(desk: Desk) -> Draft:
    """Strip searches by financial year, with those of under-18s."""
    draft, rows = begin_section(desk, STRIP)
    lead = desk.lead(STRIP.lead)
    if lead is not None:
        series = [await fetch_years(desk, row) for row in rows[:2]]
        _add_years(draft, desk, lead, trim_years([listed for listed in series if listed]))
        await add_standing(draft, desk, lead)
    draft.notes += STRIP_NOTES
    return draft


def _add_years(draft: Draft, desk: Desk, lead: ScorecardRow, series: Sequence[Sequence[ValueRow]]) -> None:
    """Bars of the first series by year, and a table of all of them."""
    if not series or not any(row.value is not None for row in series[0]):
        return
    measure = measure_of(lead)
    there = [row for row in series[0] if row.value is not None]
    ends = f"{show_value(measure, there[-1].value)} per 1,000 residents in the {name_window(there[-1])}"
    if len(there) > 1:
        ends += f", {show_value(measure, there[0].value)} in that of {name_year_of(there[0])}"
    title = f"Strip searches in {name_place(desk.area)}: {ends}"
    names = [name_year_of(row) for row in series[0]]
    heads = [("Per 1,000 residents", measure), ("Strip searches of under-18s", measure_of(series[-1][0]))]
    heads = heads[: len(series)]
    table = write_years(
        f"{draft.key}-years",
        f"Strip searches by financial year, {desk.area.area_name}",
        heads,
        series,
        desk.area.slug,
    )
    draft.tables.append(table)
    draft.charts.append(Chart(f"{draft.key}-years", draw_years(measure, series[0], names, title), table.key))
    for listed in series:
        add_figures(draft, desk, listed)


async def _add_groups(
    draft: Draft, desk: Desk, row: ScorecardRow | None, dimension: str, head: str, title: str
) -> None:
    """A table of the groups of a dimension in the window of a row, most first; nothing where none has a figure."""
    if row is None:
        return
    found = await fetch(
        desk,
        row.metric,
        from_=row.to_month,
        to=row.to_month,
        window=row.window,
        group=dimension,
        basis=row.basis,
        compare="year_before",
    )
    there = sorted((one for one in found if one.value is not None), key=lambda one: -(one.value or 0.0))
    if not there:
        return
    measure = measure_of(row)
    labels = [begin(desk.label(one) or "") for one in there]
    table = write_groups(
        f"{draft.key}-{dimension}",
        f"{title}: {desk.area.area_name}, {name_window(row)}",
        head,
        measure,
        there,
        labels,
        desk.area.slug,
    )
    draft.tables.append(table)
    add_figures(draft, desk, there)


async def write_crime(desk: Desk) -> Draft:
    """Recorded crime month by month, among others, by category; and what became of the cases."""
    draft, _ = begin_section(desk, CRIME)
    lead = desk.lead(CRIME.lead)
    await add_months(draft, desk, lead, CRIME.events)
    await add_standing(draft, desk, lead)
    if lead is not None and lead.group == TOTAL:
        await _add_groups(draft, desk, lead, "category", "Category", "Recorded crime by category")
    await _add_classes(draft, desk)
    draft.notes.append(PLACE)
    return draft


async def _add_classes(draft: Draft, desk: Desk) -> None:
    """What became of cases 1, 3, 6 and 12 months after the crime; nothing where no age has a figure."""
    row = desk.find("outcome_share")
    if row is None or row.value is None:
        return
    youngest = parse_month(row.to_month)
    by_age: dict[str, list[ComparedRow]] = {}
    for age in AGES:
        last = text_of(youngest + 1 - int(age.removeprefix("age_")))
        found = await fetch(
            desk, "outcome_share", from_=last, to=last, window="rolling_12", group="outcome", basis=age
        )
        if any(one.value is not None for one in found):
            by_age[age] = found
    if not by_age:
        return
    measure = load_measures()["outcome_share"]
    columns = [Column("outcome", "Outcome")]
    for age, found in by_age.items():
        months = int(age.removeprefix("age_"))
        after = "1 month" if months == 1 else f"{months} months"
        columns.append(Column(age, f"After {after} (crimes of the {name_window(found[0])})", "percent", 1))
        columns.append(Column(f"{age}_interval", f"After {after}: 95% interval", "percent", 1))
    lines = []
    for outcome in zip(*by_age.values(), strict=True):
        cells = [Cell(begin(desk.label(outcome[0]) or ""))]
        for one in outcome:
            cells += [write_value(measure, one, desk.area.slug), write_limits(measure, one)]
        lines.append(tuple(cells))
    key = f"{draft.key}-cases"
    draft.tables.append(
        Table(
            key=key,
            title=f"What became of recorded crimes, {desk.area.area_name}: share of cases by outcome",
            columns=tuple(columns),
            rows=tuple(lines),
            notes=(CASES,),
        )
    )
    oldest = list(by_age)[-1]
    shown = by_age[oldest]
    draft.charts.append(
        Chart(key, draw_dots(measure, _name_marks(desk, shown), _title_cases(desk, oldest, shown)), key)
    )
    for found_rows in by_age.values():
        add_figures(draft, desk, found_rows)


def _name_marks(desk: Desk, rows: Sequence[ValueRow]) -> list[tuple[str, ValueRow]]:
    return [(begin(desk.label(row) or ""), row) for row in rows]


def _title_cases(desk: Desk, age: str, rows: Sequence[ValueRow]) -> str:
    """The finding: the outcomes of most and of charged cases, at the oldest age that there is."""
    measure = load_measures()["outcome_share"]
    months = age.removeprefix("age_")
    after = "1 month" if months == "1" else f"{months} months"
    there = [row for row in rows if row.value is not None]
    most = max(there, key=lambda row: row.value or 0.0)
    charged = next((row for row in there if row.group.endswith(":charged")), None)
    told = f'the most frequent outcome is "{(desk.label(most) or "").lower()}" ({show_value(measure, most.value)})'
    if charged is not None and charged is not most:
        told += f", {show_value(measure, charged.value)} were charged or summonsed"
    return (
        f"Recorded crimes in {name_place(desk.area)}, {after} on: {told}, crimes of the {name_window(most)}"
    )
