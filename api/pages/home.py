"""The front page: what this is, and the 33 boroughs at a glance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from api.model import ValueRow
from api.pages.frame import write_page
from api.render.as_csv import MARKERS, NOT_APPLICABLE, NOT_AVAILABLE
from api.respond import label_release
from api.snapshot import Snapshot
from sql.measure import Measure

HEADLINES = ("stop_search_rate", "crime_rate")
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
        + write_links(figures)
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
<li>British Transport Police is not included.</li>
</ul>
"""


def write_table(measures: Mapping[str, Measure], figures: Mapping[str, Sequence[ValueRow]]) -> str:
    """The table of the boroughs, a column for each metric and its interval."""
    heads = "".join(
        f'<th scope="col" class="number"><a href="/v1/metrics/{metric}">{escape(measures[metric].title)}</a>'
        f"<br><small>{escape(describe_months(rows))}; 95% interval</small></th>"
        for metric, rows in figures.items()
    )
    alone = [is_alone(rows) for rows in figures.values()]
    lines = []
    for cells in zip(*figures.values(), strict=True):
        first = cells[0]
        name = f'<th scope="row"><a href="/v1/areas/{first.area_code}">{escape(first.area_name)}</a></th>'
        written = [write_figure(row, is_alone=one) for row, one in zip(cells, alone, strict=True)]
        lines.append(f"<tr>{name}{''.join(written)}</tr>")
    return (
        '<div class="scroll"><table><caption>Rates a year in the 33 boroughs, latest 12 months</caption>'
        f'<thead><tr><th scope="col">Borough</th>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


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
        told.append(f"<p>{escape(measures[metric].title)}: {count} no figure. {escape(why)}{alone}</p>")
    return "".join(told)


def write_figure(row: ValueRow, *, is_alone: bool = False) -> str:
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
    return f'<td class="number">{row.value:.2f}{said} {interval}{partial}</td>'


def describe_months(rows: Sequence[ValueRow]) -> str:
    """The months that a column covers."""
    return f"{rows[0].from_month} to {rows[0].to_month}" if rows else ""


def write_links(figures: Mapping[str, Sequence[ValueRow]]) -> str:
    """Links to the same rows as data."""
    query = "&".join(f"metric={metric}" for metric in figures) + "&area=boroughs"
    address = escape(f"/v1/values?{query}")
    return (
        f'<p>The same rows: <a href="{address}&amp;format=json">JSON</a>, '
        f'<a href="{address}&amp;format=csv">CSV</a>, '
        f'<a href="{address}&amp;format=geojson">GeoJSON</a>. What arrived and what did not: '
        '<a href="/v1/coverage?format=json">coverage</a>.</p>'
    )
