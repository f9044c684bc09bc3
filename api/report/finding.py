"""A finding: a fact about one figure, with its words, its address and what its question may say. Pure."""

import re
from typing import Literal

import msgspec

from api.cite import cite_row
from api.figures.councils import is_money
from api.money_sentences import PURPOSES
from api.report.bodies import name_council, name_police
from api.report.statement import name_period, name_subject, state_figure
from api.report.words import name_figure, name_place
from api.scorecard import ScorecardRow
from api.series import label_group
from api.show import show_value
from api.snapshot import Area, Snapshot
from sql.measure import Measure, load_measures

Kind = Literal["funnel", "signal", "change", "coverage", "ratio", "hidden", "money"]

RATIOS, MONEY, COVERAGE = "disproportionality", "money", "coverage"
FAMILIES = {
    "stop_search": "searches",
    "thorough_search": "strip-search",
    "use_of_force": "force",
    "survey": "trust",
}
CRIME = "crime"
# Where the interval of a ratio begins in its sentence, the counts it is from, and whom its group is made of.
LIMITS = re.compile(r" \([\d.,]+ to ")
COUNTS = re.compile(r", (from [\d,]+ and [\d,]+ [a-z ]+)\.")
RESIDENTS = re.compile(r"per 1,000 (.+?) are ")


class Finding(msgspec.Struct, frozen=True, kw_only=True, rename={"from_month": "from", "to_month": "to"}):
    """A fact about one figure of an area, in words that name the figure.

    `id` is the same in every release that holds the fact. `way` says in which respect (higher, above, no_file, …).
    `href` is the address of the figure. `weight` orders findings, the largest first; `family` is the part of the report.
    `slots` are the words that its question may use.
    """

    id: str
    kind: Kind
    way: str
    metric: str
    group: str
    basis: str
    area_code: str
    area_name: str
    area_kind: str
    from_month: str
    to_month: str
    title: str
    words: str
    href: str
    weight: int
    family: str
    slots: dict[str, str]


def make_finding(
    snapshot: Snapshot,
    area: Area,
    row: ScorecardRow,
    kind: Kind,
    way: str,
    weight: int,
    words: str,
    fact: str | None = None,
    **more: str,
) -> Finding:
    """The finding of a row. `fact` is the end of its id where it is not of this way and month; `more` are further slots."""
    measure = load_measures()[row.metric]
    return Finding(
        id="/".join(
            (area.area_code, row.metric, row.group, row.basis, kind, fact or f"{way}/{row.to_month}")
        ),
        kind=kind,
        way=way,
        metric=row.metric,
        group=row.group,
        basis=row.basis,
        area_code=area.area_code,
        area_name=area.area_name,
        area_kind=area.area_kind,
        from_month=row.from_month,
        to_month=row.to_month,
        title=name_series(snapshot, measure, row),
        words=words,
        href=cite_row(row, area.slug),
        weight=weight,
        family=COVERAGE if kind == "coverage" else name_family(measure),
        slots=_fill(snapshot, area, measure, row, kind) | more,
    )


def name_family(measure: Measure) -> str:
    """The part of the report that a metric belongs to."""
    if is_money(measure.source):
        return MONEY
    return RATIOS if measure.statistic == "ratio" else FAMILIES.get(measure.source, CRIME)


def name_series(snapshot: Snapshot, measure: Measure, row: ScorecardRow) -> str:
    """A metric by its title, with its group."""
    return name_figure(measure, label_group(snapshot, measure, row.basis, row.group))


def name_window(row: ScorecardRow) -> str:
    """The months of a row in words."""
    return name_period(row.from_month, row.to_month, row.window)


def _fill(snapshot: Snapshot, area: Area, measure: Measure, row: ScorecardRow, kind: Kind) -> dict[str, str]:
    before = show_value(measure, row.before_value)
    others = "boroughs" if area.area_kind == "borough" else "BCUs"
    place = f"{row.position.lower()} than in most {others}" if row.position in ("Higher", "Lower") else ""
    against = f", against {before} a year before" if kind == "change" else f", {place}" if place else ""
    if measure.statistic == "ratio":
        stated = LIMITS.split(row.sentence)[0]
        stated = f"{stated[:1].lower()}{stated[1:]}"
        residents, counts = RESIDENTS.search(stated), COUNTS.search(row.sentence)
        stated += f", {counts[1]}" if counts else ""
        # those searched, or on whom force was used, need not live here
        group = residents[1].replace("residents", "people") if residents else "people of the group"
    else:
        stated = state_figure(
            measure, row, label_group(snapshot, measure, row.basis, row.group), name_council(area)
        )
        group = ""
    return {
        "area": name_place(area),
        "stated": stated,
        "figure": show_value(measure, row.value),
        "before": before,
        "against": against,
        "period": name_window(row),
        "place": place,
        "title": name_series(snapshot, measure, row),
        "group": group,
        "subject": PURPOSES.get(row.metric) or name_subject(measure.source),
        "police": name_police(area),
        "council": name_council(area),
    }
