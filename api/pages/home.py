"""The front page: what this is, and the 33 boroughs at a glance."""

from collections.abc import Mapping, Sequence
from html import escape

from api.model import ValueRow
from api.pages.frame import write_page
from api.render.as_csv import MARKERS, NOT_AVAILABLE
from api.respond import label_release
from api.snapshot import Snapshot
from sql.measure import Measure

HEADLINES = ("stop_search_rate", "crime_rate")
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
        INTRODUCTION + said + write_table(measures, figures) + write_links(figures) + CAUTIONS,
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
    lines = []
    for cells in zip(*figures.values(), strict=True):
        first = cells[0]
        name = f'<th scope="row"><a href="/v1/areas/{first.area_code}">{escape(first.area_name)}</a></th>'
        lines.append(f"<tr>{name}{''.join(write_figure(row) for row in cells)}</tr>")
    return (
        '<div class="scroll"><table><caption>Rates a year in the 33 boroughs, latest 12 months</caption>'
        f'<thead><tr><th scope="col">Borough</th>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def write_figure(row: ValueRow) -> str:
    """One cell: the figure with its interval, or why there is none."""
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
