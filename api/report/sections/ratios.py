"""The section on disproportionality: rates of groups beside those of White residents, with chance and counting shown."""

from collections.abc import Sequence

from api.report.cells import NOT_AVAILABLE, write_limits, write_rest, write_value
from api.report.charts import draw_bands
from api.report.desk import Desk, measure_of
from api.report.model import Cell, Chart, Column, Table
from api.report.plans import RATIO
from api.report.sections.blocks import Draft, add_figures, begin_lacking, name_files
from api.report.tables import list_reasons
from api.report.words import begin, name_place, name_window
from api.scorecard import ScorecardRow
from api.sentences import EVEN
from api.show import mark_status, show_rate, show_value
from sql.measure import Measure

WHY = "This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010)."
NOTES = (
    WHY,
    "Ethnicity is as the officer recorded it, residents are those of the Census of 2021. The range runs over every way of "
    "counting we tried: ethnicity as people stated it, unknown ethnicity counted all as White or all as the group, Mixed "
    "White-and-Black residents counted as Black or not.",
    "Residents are a weak denominator for one borough, since people are searched where they are and not where they live, and a "
    "fair one for London: read a ratio beside that of the rest of the Met area. Ratios are never ranked.",
    "The difference in number is how many more (or fewer) there were than there would have been at White residents' rate.",
)
EVEN_FLAG, UNKNOWN_FLAG = "interval_includes_1", "unknown_count_withheld"
NAMES = {
    "stop_search_rate_ratio": "Searches",
    "use_of_force_rate_ratio": "Uses of force",
    "strip_search_rate_ratio": "Strip searches",
}


async def write_ratios(desk: Desk) -> Draft:
    """A drawing and a table for each of searches, uses of force and strip searches that has a ratio."""
    draft = Draft(RATIO.key, RATIO.title)
    lacking: dict[str, list[ScorecardRow]] = {}
    for metric in RATIO.metrics:
        rows = desk.list_rows(metric)
        if any(row.value is not None for row in rows):
            _add_ratios(draft, desk, rows)
        elif rows:
            lacking[metric] = rows
    for metric, rows in lacking.items():
        head = f"{begin_lacking(rows[0])} {NAMES[metric].lower()} by ethnic group in {name_place(desk.area)}."
        told = [head, name_files(rows), rows[0].reason]
        draft.sentences.append(" ".join(part for part in told if part))
        add_figures(draft, desk, rows)
    if draft.charts:
        draft.sentences.append(WHY)
        draft.notes += NOTES[1:]
    return draft


def _add_ratios(draft: Draft, desk: Desk, rows: Sequence[ScorecardRow]) -> None:
    measure = measure_of(rows[0])
    names = [desk.label(row) or row.group for row in rows]
    lead = rows[0]
    draft.sentences.append(f"{begin(name_window(lead))}: {strip_verdict(lead.sentence)}")
    key = f"{draft.key}-{measure.metric.removesuffix('_rate_ratio').replace('_', '-')}"
    table = _write_table(desk, key, measure, rows, names)
    draft.tables.append(table)
    draft.charts.append(Chart(key, draw_bands(measure, rows, names, _title(desk, measure, rows, names)), key))
    add_figures(draft, desk, rows)


def strip_verdict(sentence: str) -> str:
    """A sentence without the words that stand once for all ratios of the section."""
    return sentence.replace(f" {WHY}", "")


def _title(desk: Desk, measure: Measure, rows: Sequence[ScorecardRow], names: Sequence[str]) -> str:
    """The finding: the first group's ratio, and whether chance or counting could make it."""
    what = NAMES[measure.metric]
    row, name = next((row, name) for row, name in zip(rows, names, strict=True) if row.value is not None)
    if row.lower is not None and row.upper is not None and row.lower <= 1 <= row.upper:
        more = ": chance alone could explain it"
    else:
        verdict = (row.verdict or "").removesuffix(f" {WHY}").rstrip(".")
        more = f": {verdict[:1].lower()}{verdict[1:]}" if verdict else ""
    return (
        f"{what} per 1,000 {name} residents in {name_place(desk.area)} were {show_value(measure, row.value)} times those per 1,000 "
        f"White residents, {name_window(row)}{more}"
    )


def _write_table(
    desk: Desk, key: str, measure: Measure, rows: Sequence[ScorecardRow], names: Sequence[str]
) -> Table:
    columns = (
        Column("group", "Ethnic group"),
        Column("events", NAMES[measure.metric], "number"),
        Column("rate", "Per 1,000 residents of the group", "number", 1),
        Column("ratio", "Ratio to White", "number", 2),
        Column("interval", "95% interval", "number", 2),
        Column("range", "Range over ways of counting", "number", 2),
        Column("difference", "Difference per 1,000", "number", 1),
        Column("difference_in_number", "Difference in number", "number"),
        Column("rest_of_met", "Ratio in the rest of the Met area", "number", 2),
        Column("verdict", "Under other ways of counting"),
    )
    lines = [_write_line(desk, measure, row, name) for row, name in zip(rows, names, strict=True)]
    white = next((row for row in rows if row.reference_numerator is not None), None)
    if white is not None:
        lines.append(_write_white(white))
    return Table(
        key=key,
        title=f"{NAMES[measure.metric]} by ethnic group, {desk.area.area_name}, {name_window(rows[0])}",
        columns=columns,
        rows=tuple(lines),
        notes=tuple(list_reasons(rows, lambda row: desk.label(row))),
    )


def _write_line(desk: Desk, measure: Measure, row: ScorecardRow, name: str) -> tuple[Cell, ...]:
    none = Cell(mark_status(row.status) if row.value is None else NOT_AVAILABLE)
    verdict = (row.verdict or "").removesuffix(f" {WHY}")
    if EVEN_FLAG in row.flags:
        verdict = f"{EVEN.strip()} {verdict}".rstrip()
    # How many are of unknown ethnicity is withheld, and with it what would tell it.
    band = Cell("[c]") if UNKNOWN_FLAG in row.flags and row.value is not None else none
    if row.assumption_low is not None and row.assumption_high is not None:
        low, high = (show_value(measure, limit) for limit in (row.assumption_low, row.assumption_high))
        band = Cell(f"{low} to {high}")
    return (
        Cell(name),
        none if row.numerator is None else Cell(f"{row.numerator:,.0f}", row.numerator),
        _write_rate(row.numerator, row.denominator, none),
        write_value(measure, row, desk.area.slug),
        write_limits(measure, row),
        band,
        none
        if row.difference_per_1000 is None
        else _sign(row.difference_per_1000, 1 if abs(row.difference_per_1000) >= 1 else 2),
        none if row.difference_in_number is None else _sign(row.difference_in_number, 0),
        write_rest(measure, row),
        Cell(verdict) if verdict else band,
    )


def _write_white(row: ScorecardRow) -> tuple[Cell, ...]:
    """The line of those whom the others are compared with."""
    none = Cell("[z]")
    count = row.reference_numerator
    return (
        Cell("White (compared with)"),
        none if count is None else Cell(f"{count:,.0f}", count),
        _write_rate(count, row.reference_denominator, none),
        *([none] * 7),
    )


def _write_rate(count: float | None, residents: float | None, none: Cell) -> Cell:
    if count is None or not residents:
        return none
    rate = 1000 * count / residents
    return Cell(show_rate(rate), rate)


def _sign(value: float, decimals: int) -> Cell:
    """A difference with its sign; what rounds to nothing has none."""
    told = f"{value:+,.{decimals}f}"
    return Cell(told if told.strip("+-0.,") else told[1:], value)
