"""What the page of a metric says beside its table: definition, finding, method, downloads. Pure."""

from collections.abc import Sequence

from api.draw.row_words import say_counts
from api.figures.money import STATISTICS
from api.figures.ranking import NO_CHANCE
from api.pages.metric_choices import Asked, write_address
from api.period_words import name_period
from api.respond import MAP
from api.standing import ComparisonRow
from sql.measure import Measure

KIND_WORDS = {
    "flow": "Events by month. Any twelve months can be asked for.",
    "cohort": "Cases by the month of the crime, each followed for as many months as its way of counting says.",
    "survey": "A survey: only the rolling years that its publisher gives.",
    "annual": "Returns by financial year, April to March.",
}
SMALL = "It counts few people, so it is given by year only, and counts of 1 to 4 are withheld with what would tell them."
EVENTS = (
    "These are all recorded events, not a sample; the interval shows how far the figure would move by chance alone if the "
    "underlying rate stayed the same."
)
POSITION = (
    "Higher and Lower lie outside the limits within which chance, and the usual differences between areas, would put 95 of "
    "100 areas; Similar lies within. A position says that a figure differs, never why."
)
FUNNEL = (
    "In the funnel plot the limits are wide where a figure stands on few and narrow where it stands on many. The inner lines "
    "are the 95% limits, the outer ones the 99.8% limits."
)
FORMAT_WORDS = {
    "csv": "CSV",
    "xlsx": "Excel",
    "ods": "OpenDocument",
    "parquet": "Parquet",
    "geojson": "GeoJSON (map)",
    "gpkg": "GeoPackage (map)",
    "json": "JSON",
}
EMBED = (
    '<iframe src="https://THIS-SITE/embed/chart/{metric}?kind=dots&amp;area=hackney" title="{title}" width="100%" '
    'height="640"></iframe>'
)


def list_facts(measure: Measure, basis: str) -> list[tuple[str, str]]:
    """The definition in parts: terms and what they mean."""
    facts = [
        ("Counted", measure.numerator),
        ("Divided by", measure.denominator),
        ("Unit", measure.unit),
        ("Interval", measure.interval),
        ("Kind", KIND_WORDS[measure.kind] + (f" {SMALL}" if measure.small else "")),
        ("Way of counting", next(one.label for one in measure.bases if one.basis == basis)),
        ("Method", f"version {measure.method_version}, in use since {measure.since}"),
    ]
    return [(term, words) for term, words in facts if words]


def tell_finding(rows: Sequence[ComparisonRow], kind: str) -> str:
    """The first sentence under the title: how many areas lie where."""
    there = sum(row.value is not None for row in rows)
    words = "boroughs" if kind == "borough" else "Basic Command Units"
    period = name_period(rows[0].from_month, rows[0].to_month)
    if not there:
        return f"{period}: none of the {len(rows)} {words} has a figure."
    placed = [row.position for row in rows if row.position in ("Higher", "Similar", "Lower")]
    told = f"{period}: {there} of {len(rows)} {words} have a figure"
    return f"{told}; {say_counts(placed)}." if placed else f"{told}."


def list_method(measure: Measure, *, has_funnel: bool) -> list[str]:
    """How to read the figures."""
    told = []
    if measure.statistic in STATISTICS:
        told.append(NO_CHANCE)
    elif measure.kind != "survey":
        told.append(EVENTS)
    if has_funnel:
        told += [POSITION, FUNNEL]
    return told


def list_downloads(measure: Measure, asked: Asked) -> list[tuple[str, str]]:
    """The same rows in every format that there is."""
    path = f"/v1/metrics/{measure.metric}/comparison"
    return [
        (words, write_address(path, {**asked, "format": name}))
        for name, words in FORMAT_WORDS.items()
        if name in MAP
    ]


def write_embed(measure: Measure) -> str:
    """The code that shows the chart on another site."""
    return EMBED.format(metric=measure.metric, title=measure.title)
