"""The front page: what this is, and the 33 boroughs at a glance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from api.figures.councils import PAYMENTS, name_year
from api.figures.money import STATISTICS
from api.figures.windows import parse_month
from api.model import ValueRow
from api.money_sentences import pounds
from api.pages.frame import write_page
from api.render.as_csv import MARKERS, NOT_APPLICABLE, NOT_AVAILABLE
from api.respond import label_release
from api.snapshot import Snapshot
from geo.publishers import council_of
from sql.measure import Measure

HEADLINES = ("stop_search_rate", "crime_rate", "community_safety_spend_per_head")
# Of an area with many more people by day than residents.
DAYTIME_FLAG = "daytime_population"
ALONE = "No other borough has a figure, and the residents of this one are few beside the people there by day."
STATUS_WORDS = {
    "missing": "no data",
    "incomplete": "not enough months",
    "suppressed": "withheld",
    "not_applicable": "does not apply",
}


def write_home(
    snapshot: Snapshot, measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]
) -> bytes:
    """The page. `figures`: for each headline metric its rows, a borough each, in the same order."""
    release = label_release(snapshot)
    said = (
        f"<p>Release <code>{escape(release.release)}</code>, published {release.published_at:%-d %B %Y}; "
        f"boundaries: {escape(release.boundary_vintage)}.</p>"
    )
    return write_page(
        "London's boroughs, figure by figure",
        INTRODUCTION
        + said
        + write_table(measures, figures)
        + write_gaps(measures, figures)
        + write_links(measures, figures)
        + write_money(snapshot)
        + CAUTIONS,
        is_sample=snapshot.is_sample,
    )


INTRODUCTION = """
<p>What the police and the councils publish, as figures for each London borough and each Metropolitan Police
Basic Command Unit (BCU), with their uncertainty, their gaps and their history. Every figure here is also
data: see <a href="/schema/explorer">the API</a>.</p>
"""
CAUTIONS = """
<h2>How to read these figures</h2>
<ul>
<li>These are all recorded events, not a sample; the interval shows how far the figure would move by chance
alone if the underlying rate stayed the same. Searches come in clusters, so the interval is too narrow.</li>
<li>A search or crime counts where it took place, not where the person lives. The City of London and
Westminster have many times more people by day than residents: their rates are not to be ranked.</li>
<li>A gap is a gap: where a file is missing or partial there is no figure, never a zero.</li>
<li>A budget is what a council planned, not what it spent; payments leave out salaries and what is below each
council's threshold. Neither has an interval: money is counted, not sampled.</li>
<li>British Transport Police is not included.</li>
</ul>
"""


def write_table(measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]) -> str:
    """The table of the boroughs, a column for each metric of which there is any figure."""
    shown = list_shown(figures)
    heads = "".join(
        f'<th scope="col" class="number"><a href="/v1/metrics/{metric}">{escape(measures[metric].title)}</a>'
        f"<br><small>{escape(describe_column(measures[metric], rows))}</small></th>"
        for metric, rows in shown.items()
    )
    alone = [is_alone(rows) for rows in shown.values()]
    lines = []
    for first, *cells in zip(next(iter(figures.values())), *shown.values(), strict=True):
        name = f'<th scope="row"><a href="/v1/areas/{first.area_code}">{escape(first.area_name)}</a></th>'
        written = [
            write_figure(row, is_alone=one, is_money=measures[row.metric].statistic in STATISTICS)
            for row, one in zip(cells, alone, strict=True)
        ]
        lines.append(f"<tr>{name}{''.join(written)}</tr>")
    return (
        '<div class="scroll"><table><caption>The 33 boroughs: figures of the latest year of each</caption>'
        f'<thead><tr><th scope="col">Borough</th>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def list_shown(figures: Mapping[str, Sequence[ValueRow]]) -> dict[str, Sequence[ValueRow]]:
    """The metrics of which any borough has a figure."""
    return {metric: rows for metric, rows in figures.items() if any(row.value is not None for row in rows)}


def keep_latest(rows: Sequence[ValueRow]) -> list[ValueRow]:
    """Of several years' rows those of the latest year in which any borough has a figure, else of the latest."""
    held = [row.to_month for row in rows if row.value is not None] or [row.to_month for row in rows]
    return [row for row in rows if row.to_month == max(held)]


def is_alone(rows: Sequence[ValueRow]) -> bool:
    """Whether only areas have a figure whose rate on residents is not to be set beside others."""
    there = [row for row in rows if row.value is not None]
    return bool(there) and all(DAYTIME_FLAG in row.flags for row in there)


def write_gaps(measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]) -> str:
    """Under the table, a sentence for each metric that some boroughs lack, with the commonest reason."""
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
        gone = " It has no column here." if len(lacking) == len(rows) else ""
        told.append(f"<p>{escape(measures[metric].title)}: {count} no figure. {escape(why)}{alone}{gone}</p>")
    return "".join(told)


def write_figure(row: ValueRow, *, is_alone: bool = False, is_money: bool = False) -> str:
    """One cell: the figure with its interval, or why there is none. `is_alone`: it could be compared with nothing."""
    if row.value is not None and is_alone:
        return f'<td class="number"><abbr title="{escape(ALONE)}">{NOT_APPLICABLE}</abbr> <small>not comparable</small></td>'
    if row.value is None:
        marker = MARKERS.get(row.status, NOT_AVAILABLE)
        words = STATUS_WORDS.get(row.status, row.status)
        why = f'<abbr title="{escape(row.reason or words)}">{marker}</abbr>'
        return f'<td class="number">{why} <small>{words}</small></td>'
    interval = (
        "" if row.lower is None or row.upper is None else f"<small>{row.lower:.2f} to {row.upper:.2f}</small>"
    )
    partial = (
        f"<br><small>{row.months_received} of {row.months_expected} months</small>"
        if row.months_received < row.months_expected
        else ""
    )
    said = "" if row.status in ("ok", "provisional", "revised") else f" <small>{escape(row.status)}</small>"
    told = pounds(row.value, is_small=True) if is_money else f"{row.value:.2f}"
    return f'<td class="number">{told}{said} {interval}{partial}</td>'


def describe_column(measure: Measure, rows: Sequence[ValueRow]) -> str:
    """What a column covers: months and interval, or the financial year of a return, and of what."""
    if not rows:
        return ""
    first = rows[0]
    if measure.kind != "annual":
        return f"{first.from_month} to {first.to_month}; 95% interval"
    label = next(one.label for one in measure.bases if one.basis == first.basis)
    return f"{name_year(parse_month(first.to_month))}; {label}"


def write_links(measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]) -> str:
    """Links to the same rows as data: those of months together, those of financial years apart."""
    shown = list_shown(figures)
    monthly = [metric for metric in shown if measures[metric].kind != "annual"]
    asked = ["&".join(f"metric={metric}" for metric in monthly) + "&area=boroughs"] if monthly else []
    asked += [
        f"metric={metric}&area=boroughs&window=financial_year&from={rows[0].to_month}&to={rows[0].to_month}"
        for metric, rows in shown.items()
        if metric not in monthly
    ]
    told = [
        ", ".join(
            f'<a href="{escape(f"/v1/values?{query}&format={name.lower()}")}">{name}</a>'
            for name in ("JSON", "CSV", "GeoJSON")
        )
        for query in asked
    ]
    same = f"The same rows: {'; '.join(told)}. " if told else ""
    return f'<p>{same}What arrived and what did not: <a href="/v1/coverage?format=json">coverage</a>.</p>'


def write_money(snapshot: Snapshot) -> str:
    """Links to the money of councils; those of one council are of the one with most months of payments."""
    boroughs = [area for area in snapshot.areas.values() if area.borough is not None]
    months = {
        area.area_code: len(snapshot.coverage.get((PAYMENTS, council_of(area.borough or 0)), ()))
        for area in boroughs
    }
    area = max(boroughs, key=lambda one: months[one.area_code])
    path = f"/v1/areas/{area.slug}"
    budgets = "/v1/values?metric=community_safety_spend_per_head&area=boroughs&window=financial_year"
    links = (
        (f"{path}/payments", f"what the council of {area.area_name} paid"),
        (f"{path}/payments?totals=supplier", "to whom it paid most"),
        (f"{path}/scorecard", f"the scorecard of {area.area_name}"),
        (budgets, "what councils budgeted for community safety"),
        ("/v1/records/spending_return", "what councils returned to the government"),
    )
    listed = "".join(f'<li><a href="{escape(address)}">{escape(words)}</a></li>' for address, words in links)
    return (
        f"<h2>Money of councils</h2><p>As data, for example of {escape(area.area_name)}:</p><ul>{listed}</ul>"
    )
