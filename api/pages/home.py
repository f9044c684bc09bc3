"""The front page: what this is, and the 33 boroughs at a glance. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from api.figures.councils import PAYMENTS, name_year
from api.figures.windows import parse_month
from api.model import ValueRow
from api.period_words import name_period
from api.report.model import Cell, Column, Table
from api.show import STATUS_WORDS, mark_status, show_figure, show_limits
from api.snapshot import Area, Snapshot
from geo.publishers import council_of
from sql.measure import Measure

HEADLINES = ("stop_search_rate", "crime_rate", "community_safety_spend_per_head")
# Of an area with many more people by day than residents.
DAYTIME_FLAG = "daytime_population"
# Statuses that need no word beside a figure.
PLAIN = ("ok", "provisional", "revised")


def make_table(
    measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]], areas: Mapping[str, Area]
) -> Table:
    """The table of the boroughs, a column for each metric of which there is any figure.

    `figures`: for each headline metric its rows, a borough each, in the same order.
    """
    shown = list_shown(figures)
    rows = []
    for first, *cells in zip(next(iter(figures.values())), *shown.values(), strict=True):
        name = Cell(first.area_name, href=f"/reports/{areas[first.area_code].slug}")
        rows.append((name, *(write_cell(measures[row.metric], row) for row in cells)))
    columns = [
        Column(metric, f"{measures[metric].title}, {describe_column(measures[metric], found)}", "number")
        for metric, found in shown.items()
    ]
    return Table(
        key="boroughs",
        title="The 33 boroughs: figures of the latest year of each",
        columns=(Column("borough", "Borough"), *columns),
        rows=tuple(rows),
    )


def list_shown(figures: Mapping[str, Sequence[ValueRow]]) -> dict[str, Sequence[ValueRow]]:
    """The metrics of which any borough has a figure that may be set beside others."""
    return {
        metric: rows
        for metric, rows in figures.items()
        if any(row.value is not None and DAYTIME_FLAG not in row.flags for row in rows)
    }


def keep_latest(rows: Sequence[ValueRow]) -> list[ValueRow]:
    """Of several years' rows those of the latest year in which any borough has a figure, else of the latest."""
    held = [row.to_month for row in rows if row.value is not None] or [row.to_month for row in rows]
    return [row for row in rows if row.to_month == max(held)]


def is_alone(rows: Sequence[ValueRow]) -> bool:
    """Whether only areas have a figure whose rate on residents is not to be set beside others."""
    there = [row for row in rows if row.value is not None]
    return bool(there) and all(DAYTIME_FLAG in row.flags for row in there)


def tell_gaps(measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]) -> tuple[str, ...]:
    """A sentence for each metric that some boroughs lack, with the commonest reason."""
    told = []
    for metric, rows in figures.items():
        lacking = [row for row in rows if row.value is None]
        if not lacking:
            continue
        why, most = Counter(row.reason or "" for row in lacking).most_common(1)[0]
        count = "1 borough has" if len(lacking) == 1 else f"{len(lacking)} boroughs have"
        if most < len(lacking):
            why = f"Of {most} of them: {why}"
        alone = (
            " The figure of the City alone is not shown: nothing can be set beside it."
            if is_alone(rows)
            else ""
        )
        gone = " It has no column here." if alone or len(lacking) == len(rows) else ""
        told.append(f"{measures[metric].title}: {count} no figure. {why}{alone}{gone}")
    return tuple(told)


def write_cell(measure: Measure, row: ValueRow) -> Cell:
    """One cell: the figure with its interval, or why there is none."""
    if row.value is None:
        return Cell(mark_status(row.status), note=STATUS_WORDS.get(row.status, row.status))
    parts = [show_limits(measure, row.lower, row.upper)]
    if row.status not in PLAIN:
        parts.append(STATUS_WORDS.get(row.status, row.status))
    if row.months_received < row.months_expected:
        parts.append(f"{row.months_received} of {row.months_expected} months")
    note = "; ".join(part for part in parts if part)
    # without a value, so that who sorts the table finds it apart: it is not to be set beside others
    value = None if DAYTIME_FLAG in row.flags else row.value
    return Cell(show_figure(measure, row), value=value, note=note or None)


def describe_column(measure: Measure, rows: Sequence[ValueRow]) -> str:
    """What a column covers: months and interval, or the financial year of a return, and of what."""
    if not rows:
        return ""
    first = rows[0]
    if measure.kind != "annual":
        return f"{name_period(first.from_month, first.to_month)}, with 95% interval"
    label = next(one.label for one in measure.bases if one.basis == first.basis)
    return f"{name_year(parse_month(first.to_month))}; {label}"


def list_downloads(
    measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]
) -> list[tuple[str, str]]:
    """Links to the same rows as data: those of months together, those of financial years apart."""
    shown = list_shown(figures)
    monthly = [metric for metric in shown if measures[metric].kind != "annual"]
    asked = {}
    if monthly:
        asked["police figures"] = "&".join(f"metric={metric}" for metric in monthly) + "&area=boroughs"
    for metric, rows in shown.items():
        if metric not in monthly:
            last = rows[0].to_month
            asked["money"] = f"metric={metric}&area=boroughs&window=financial_year&from={last}&to={last}"
    return [
        (f"{name}, {words}", f"/v1/values?{query}&format={name.lower()}")
        for words, query in asked.items()
        for name in ("JSON", "CSV", "GeoJSON")
    ]


def list_money(snapshot: Snapshot) -> tuple[str, list[tuple[str, str]]]:
    """The council with most months of payments, and links to money as data, of it and of all."""
    boroughs = [area for area in snapshot.areas.values() if area.borough is not None]
    months = {
        area.area_code: len(snapshot.coverage.get((PAYMENTS, council_of(area.borough or 0)), ()))
        for area in boroughs
    }
    area = max(boroughs, key=lambda one: months[one.area_code])
    path = f"/v1/areas/{area.slug}"
    budgets = "/v1/values?metric=community_safety_spend_per_head&area=boroughs&window=financial_year"
    return area.area_name, [
        (f"what the council of {area.area_name} paid", f"{path}/payments"),
        ("to whom it paid most", f"{path}/payments?totals=supplier"),
        (f"every figure of {area.area_name}", f"{path}/scorecard"),
        ("what councils budgeted for community safety", budgets),
        ("what councils returned to the government", "/v1/records/spending_return"),
    ]
