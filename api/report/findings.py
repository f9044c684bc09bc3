"""What stands out in an area's figures, from the rows of its scorecard: facts to ask about, the weightiest first.

Nothing is worked out anew: a finding says in which respect a figure that is shown differs, and never why.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from api.figures.beside import BEYOND_SURVEY
from api.figures.councils import PAYMENTS, is_money
from api.figures.windows import parse_month
from api.report.finding import Finding, Kind, make_finding, name_series, name_window
from api.report.gaps import list_gaps
from api.report.signal_words import read_signal, write_signal
from api.scorecard import ScorecardRow
from api.snapshot import Area, Snapshot
from sql.measure import Measure, load_measures
from sql.queries import load

__all__ = ["Finding", "Kind", "find_findings", "list_findings"]

# A finding's weight is that of its kind and of how much its metric matters: it orders findings, and means nothing else.
FUNNEL = {"95%": 60, "99.8%": 78}
HIDDEN, RATIO, CHANGE, BROKEN, MONEY, ZERO, SIGNAL = 5, 66, 52, 26, 44, 48, 34
BLACK, BY_DAY, LOWER, OF_RATIO, OLD = 6, -45, -52, -24, -6
IMPORTANCE = {
    "stop_search_rate": 10,
    "use_of_force_rate": 10,
    "crime_rate": 10,
    "charged_share": 8,
    "trust_police_share": 8,
    "strip_search_rate": 8,
    "strip_search_under_18_count": 8,
    "community_safety_spend_per_head": 6,
    "stop_search_positive_outcome_share": 6,
    "stop_search_section_60_rate": 2,
    "stop_search_arrest_share": -2,
    "strip_search_positive_outcome_share": -5,
    "use_of_force_handcuffs_only_share": -8,
    "stop_search_ethnicity_unknown_share": -20,
}
# Of a large area the least change is more than chance: below these it is no finding. Of money a tenth.
LEAST_RATIO, LEAST_POINTS, LEAST_MONEY = 0.05, 0.02, 0.10
OLD_MONTHS = 5
FEW, LIGHT = 10, 12
# That there are few of these is a fact, and no question.
NO_QUESTION_LOW = ("stop_search_section_60_rate", "stop_search_ethnicity_unknown_share")
# Money of years ago is history, and no question for the next meeting.
OLD_YEARS = 60
# Of one borough: who is searched there need not live there (methods, section 3).
WEAK = (
    " Events count where they took place and residents where they live: a weak denominator for one borough."
)
# The classes of cases together are everything, and how complete our counts are says nothing about policing.
NOT_READ = ("outcome_share", "control_total_ratio")


async def list_findings(
    conn: Any, snapshot: Snapshot, area: Area, rows: Sequence[ScorecardRow]
) -> list[Finding]:
    """The findings in the rows of an area's scorecard, the weightiest first; equal ones by id."""
    ends: dict[str, str] | None = snapshot.memo.get("source_ends")
    if ends is None:
        ends = {row["source"]: row["after_that"] for row in await conn.fetch(load("api_source_ends"))}
        snapshot.memo["source_ends"] = ends
    return find_findings(snapshot, area, rows, ends)


def find_findings(
    snapshot: Snapshot, area: Area, rows: Sequence[ScorecardRow], ends: Mapping[str, str]
) -> list[Finding]:
    """The same; `ends` says of a source why nothing after its last whole file can be used."""
    latest = max((parse_month(row.to_month) for row in rows if row.value is not None), default=0)
    fresh = [row for row in rows if latest - parse_month(row.to_month) < OLD_YEARS]
    found = [_lighten(finding, row) for row in fresh for finding in _read_row(snapshot, area, row)]
    for gap in list_gaps(snapshot, rows, ends):
        fact = f"{gap.way}/{gap.since}"
        found.append(
            make_finding(
                snapshot, area, gap.row, "coverage", gap.way, gap.weight, gap.words, fact, **gap.slots
            )
        )
    return sorted(found, key=lambda one: (-one.weight, one.id))


def _read_row(snapshot: Snapshot, area: Area, row: ScorecardRow) -> Iterator[Finding]:
    measure = load_measures()[row.metric]
    if row.value is None or row.status == "low" or measure.metric in NOT_READ:
        return
    worth = IMPORTANCE.get(row.metric, 0)
    if is_money(measure.source):
        yield from _read_money(snapshot, area, measure, row, worth)
        return
    told = f"{area.area_name}, {name_window(row)}: {row.sentence}"
    yield from _read_place(snapshot, area, row, told, worth)
    yield from _read_ratio(snapshot, area, row, told)
    yield from _read_change(snapshot, area, measure, row, told, worth)
    for text in row.signals:
        yield _read_signal(snapshot, area, measure, row, text, worth)


def _lighten(finding: Finding, row: ScorecardRow) -> Finding:
    """A finding on few events stays a fact, and is too light to be asked about."""
    counts = [count for count in (row.numerator, row.before_numerator) if count is not None]
    if not counts or max(counts) >= FEW or is_money(load_measures()[row.metric].source):
        return finding
    return msgspec.structs.replace(finding, weight=min(finding.weight, LIGHT))


def _read_place(
    snapshot: Snapshot, area: Area, row: ScorecardRow, told: str, worth: int
) -> Iterator[Finding]:
    """A figure outside the funnel's limits, and where that is hidden in a BCU's figure."""
    if row.position in ("Higher", "Lower") and row.beyond is not None:
        weight = FUNNEL[row.beyond] + worth
        if row.position == "Lower" and row.metric in NO_QUESTION_LOW:
            weight = LIGHT
        yield make_finding(snapshot, area, row, "funnel", row.position.lower(), weight, told)
        if row.hidden_by_bcu and row.bcu_name:
            bcu = row.bcu_name
            yield make_finding(snapshot, area, row, "hidden", "borough", weight + HIDDEN, told, others=bcu)
    if row.hides:
        weight, others = FUNNEL["95%"] + worth, " and ".join(row.hides)
        yield make_finding(snapshot, area, row, "hidden", "bcu", weight, told, others=others)


def _read_ratio(snapshot: Snapshot, area: Area, row: ScorecardRow, told: str) -> Iterator[Finding]:
    """A ratio that lies on one side of 1 however it is counted, and beyond what chance could explain."""
    counted = (row.verdict or "").partition(". ")[0].removesuffix(".")
    is_sided = counted.startswith(("Higher under every way", "Lower under every way"))
    if not is_sided or "interval_includes_1" in row.flags:
        return
    way = "higher" if counted.startswith("Higher") else "lower"
    weight = RATIO + (BLACK if row.group == "ethnicity:black" else 0) + (LOWER if way == "lower" else 0)
    if "daytime_population" in row.flags:
        weight += BY_DAY
    counted = f"{counted[:1].lower()}{counted[1:]}"
    if area.area_kind == "borough":
        told += WEAK
    yield make_finding(snapshot, area, row, "ratio", way, weight, told, counted=counted)


def _read_change(
    snapshot: Snapshot, area: Area, measure: Measure, row: ScorecardRow, told: str, worth: int
) -> Iterator[Finding]:
    """A change that its interval sets apart from none, and that is large enough to ask about."""
    if row.before_value is None or row.change_reason is not None:
        return
    if row.change_ratio is not None:
        lower, upper, even = row.change_ratio_lower, row.change_ratio_upper, 1.0
        is_large = abs(row.change_ratio - 1) >= LEAST_RATIO
    else:
        lower, upper, even = row.change_difference_lower, row.change_difference_upper, 0.0
        is_large = abs(row.change_difference or 0.0) >= LEAST_POINTS
    if lower is None or upper is None or lower <= even <= upper or not is_large:
        return
    if measure.kind == "survey" and row.area_kind == "borough" and BEYOND_SURVEY not in row.change_flags:
        return
    way, base = ("higher" if lower > even else "lower"), CHANGE
    if any(flag.startswith("break:") for flag in row.change_flags):
        way, base = f"{way}_across_break", BROKEN
    yield make_finding(snapshot, area, row, "change", way, base + worth, told)


def _read_money(
    snapshot: Snapshot, area: Area, measure: Measure, row: ScorecardRow, worth: int
) -> Iterator[Finding]:
    """A return of zero, or one that moved by a tenth. What payments seem to be for is an estimate, and no finding."""
    if measure.source == PAYMENTS:
        return
    if "returned_zero" in row.flags and row.value == 0:
        yield make_finding(snapshot, area, row, "money", "zero", ZERO + worth, row.sentence)
    elif row.change_ratio is not None and abs(row.change_ratio - 1) >= LEAST_MONEY:
        way = "higher" if row.change_ratio > 1 else "lower"
        yield make_finding(snapshot, area, row, "money", way, MONEY + worth, row.sentence)


def _read_signal(
    snapshot: Snapshot, area: Area, measure: Measure, row: ScorecardRow, text: str, worth: int
) -> Finding:
    """A signal of the monthly series; the same one while a run grows longer."""
    signal = read_signal(text)
    weight = SIGNAL + worth // 2 + (OF_RATIO if measure.statistic == "ratio" else 0)
    if signal.count_months_before(row.to_month) > OLD_MONTHS:
        weight += OLD
    said = write_signal(signal)
    title = name_series(snapshot, measure, row)
    told = f"{area.area_name}, {title}: month by month, {said}. Over {name_window(row)}: {row.sentence}"
    fact = f"{signal.rule}/{signal.direction}/{signal.first}"
    return make_finding(snapshot, area, row, "signal", signal.direction, weight, told, fact, signal=said)
