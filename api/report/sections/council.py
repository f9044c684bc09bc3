"""The sections on trust and on council money."""

from collections.abc import Sequence

from api.figures.councils import name_year
from api.figures.windows import parse_month
from api.model import ValueRow
from api.money_sentences import PURPOSES
from api.report.charts import draw_dots, draw_years
from api.report.desk import Desk, fetch_years, measure_of
from api.report.model import Chart
from api.report.plans import MONEY, SURVEY
from api.report.sections.blocks import Draft, add_figures, add_standing, begin_section
from api.report.tables import trim_years, write_years
from api.report.words import name_figure, name_place, name_window
from api.scorecard import ScorecardRow
from api.show import show_value
from sql.measure import Measure

SAMPLE = (
    "These are answers of a sample: about 400 people are interviewed in a borough in a year, so a share of one borough may be 5.6 "
    "points off either way, and a change between two years counts beyond 7.9 points only."
)
BUDGETS = (
    "A budget is what a council planned before the year began, an outturn what it spent; they are never compared with each "
    "other. Councils differ in what they book on a line. A returned zero is not the same as nothing spent."
)
PAYMENTS = (
    "Payments leave out salaries and whatever is below a council's threshold; what a payment is for is an estimate from its words. "
    "They do not add up to the returns, and are not meant to."
)
REAL = "real"
SERIES = ("community_safety_spend_per_head", "youth_services_spend")


async def write_trust(desk: Desk) -> Draft:
    """The eight questions of the survey, and where the area stands in trust."""
    draft, rows = begin_section(desk, SURVEY)
    there = [row for row in rows if row.value is not None]
    if there:
        marks = [(_shorten(measure_of(row).title), row) for row in rows]
        drawing = draw_dots(measure_of(there[0]), marks, _title_trust(desk, there))
        draft.charts.append(Chart("trust-questions", drawing, draft.tables[0].key))
        await add_standing(draft, desk, desk.lead(SURVEY.lead))
        draft.notes.append(SAMPLE)
    return draft


def _shorten(title: str) -> str:
    rest = title.removeprefix("Share who ")
    return rest[:1].upper() + rest[1:]


def _title_trust(desk: Desk, rows: Sequence[ScorecardRow]) -> str:
    """The finding: the first question's share, and the questions that lie elsewhere than in most areas."""
    first = rows[0]
    told = (
        f"{_shorten(measure_of(first).title)}: {show_value(measure_of(first), first.value)} in {name_place(desk.area)}, "
        f"{name_window(first)}"
    )
    counts = {word: sum(row.position == word for row in rows) for word in ("Higher", "Similar", "Lower")}
    if not any(counts.values()):
        return told
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    kinds = "boroughs" if desk.area.area_kind == "borough" else "BCUs"
    return f"{told}; of {len(rows)} questions beside other {kinds}: {said}"


async def write_money(desk: Desk) -> Draft:
    """Returns by year, and payments."""
    draft, rows = begin_section(desk, MONEY)
    for metric in SERIES:
        row = desk.find(metric)
        if row is not None:
            await _add_returns(draft, desk, row)
    if any(row.value is not None for row in rows):
        draft.notes += [BUDGETS, PAYMENTS]
    return draft


async def _add_returns(draft: Draft, desk: Desk, row: ScorecardRow) -> None:
    """A return by financial year: bars in real terms where they are there, and a table of every way of counting that has any."""
    measure = measure_of(row)
    found = await fetch_years(desk, row, *measure.basis_codes)
    listed = {basis: [one for one in found if one.basis == basis] for basis in measure.basis_codes}
    by_basis = {basis: rows for basis, rows in listed.items() if any(one.value is not None for one in rows)}
    if not by_basis:
        return
    by_basis = dict(zip(by_basis, map(list, trim_years(list(by_basis.values()))), strict=True))
    kind = row.basis.rpartition("_")[0]
    wanted = [f"{kind}_{REAL}".strip("_"), row.basis, *by_basis]
    chosen = next(basis for basis in wanted if basis in by_basis)
    drawn = by_basis[chosen]
    names = [name_year(parse_month(one.to_month)) for one in drawn]
    key = f"{draft.key}-{row.metric.replace('_', '-')}"
    labels = {one.basis: one.label for one in measure.bases}
    heads = [(labels[basis][:1].upper() + labels[basis][1:], measure) for basis in by_basis]
    title = f"{name_figure(measure, None)}, {desk.area.area_name}, by financial year"
    table = write_years(key, title, heads, list(by_basis.values()), desk.area.slug)
    draft.tables.append(table)
    drawing = draw_years(measure, drawn, names, _title_return(desk, measure, drawn, chosen))
    draft.charts.append(Chart(key, drawing, table.key))
    for rows in by_basis.values():
        add_figures(draft, desk, rows)


def _title_return(desk: Desk, measure: Measure, rows: Sequence[ValueRow], basis: str) -> str:
    """The finding: the last year's amount beside the first one's, and in which money."""
    there = [row for row in rows if row.value is not None]
    first, last = there[0], there[-1]
    did = "budgeted" if basis.startswith("budget") else "spent"
    a_head = " a resident" if measure.statistic == "per_head" else ""
    council = (
        name_place(desk.area)
        if desk.area.area_kind == "borough"
        else f"the councils of {name_place(desk.area)}"
    )
    prices = "in the money of each year"
    if basis.rpartition("_")[2] == REAL:
        found = last.method.partition("; real: ")[2].partition(" prices")[0]
        prices = f"in {found} prices" if found else "in real terms"
    told = (
        f"{council[:1].upper()}{council[1:]} {did} {show_value(measure, last.value)}{a_head} "
        f"{'for' if did == 'budgeted' else 'on'} {PURPOSES[measure.metric]} in {name_year(parse_month(last.to_month))}"
    )
    if first is not last:
        told += f", {show_value(measure, first.value)} in {name_year(parse_month(first.to_month))}"
    return f"{told} ({prices})"
