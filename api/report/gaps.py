"""What is missing under an area's figures: sources without a file, parts of files, months, what is not recorded. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.figures.councils import PAYMENTS, is_money
from api.figures.coverage import WITHOUT_CITY
from api.figures.windows import number_of, parse_month
from api.report.statement import name_month, name_period, name_subject
from api.scorecard import ScorecardRow
from api.snapshot import Snapshot
from sql.measure import TOTAL, load_measures

GONE = ("missing", "incomplete")
# A source by which of its metrics it is asked for, and how many months after their end its figures are mostly out.
LEADS = (
    "stop_search_rate",
    "crime_rate",
    "use_of_force_rate",
    "strip_search_rate",
    "trust_police_share",
    "community_safety_spend_per_head",
    "youth_services_spend_per_head",
    "payments_total",
)
USUAL_MONTHS = {"flow": 4, "cohort": 6, "survey": 9, "annual": 36}
FORCE_FILES_YEARLY = {"use_of_force": 15, "thorough_search": 9}
UNKNOWN = "stop_search_ethnicity_unknown_share"
CONTROL = "control_total_ratio"
MOST_UNKNOWN = 0.05
CONTROL_RANGE = (0.9, 1.1)
WEIGHTS = {
    "no_file": 36,
    "not_published": 36,
    "unknown": 34,
    "no_total": 32,
    "not_returned": 32,
    "control": 26,
    "months": 24,
    "ended": 22,
    "no_field": 18,
    "not_of_all": 12,
}
LIGHT = 10


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing in one respect. `row` is the figure concerned, `since` what tells it from others of its way."""

    way: str
    row: ScorecardRow
    words: str
    since: str
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """How early it is said. That payments were not loaded, or that one of several councils did not return a line, is no
        question for a meeting.
        """
        is_of_several = self.way == "not_returned" and self.row.area_kind != "borough"
        if is_of_several or load_measures()[self.row.metric].source == PAYMENTS:
            return LIGHT
        return WEIGHTS[self.way]


def list_gaps(snapshot: Snapshot, rows: Sequence[ScorecardRow], ends: Mapping[str, str]) -> list[Gap]:
    """What is missing under the rows of a scorecard. `ends` says of a source why nothing later can be used."""
    by_source: dict[str, list[ScorecardRow]] = {}
    for row in rows:
        if row.metric != CONTROL:
            by_source.setdefault(load_measures()[row.metric].source, []).append(row)
    found = [
        gap for source, listed in by_source.items() for gap in _read_source(snapshot, source, listed, ends)
    ]
    return [*found, *_read_counts(rows)]


def _read_source(
    snapshot: Snapshot, source: str, rows: Sequence[ScorecardRow], ends: Mapping[str, str]
) -> Iterator[Gap]:
    lead = min(rows, key=lambda row: LEADS.index(row.metric) if row.metric in LEADS else len(LEADS))
    slots = {"subject": name_subject(source)}
    there = [row for row in rows if row.value is not None]
    gone = [row for row in rows if row.value is None and row.status in GONE]
    if not there and len(gone) == len(rows):
        way = "not_published" if lead.reason in WITHOUT_CITY.values() else "no_file"
        if way == "no_file" and lead.reason and lead.reason.startswith(tuple(WITHOUT_CITY.values())):
            way = "not_of_all"
        if lead.reason and "did not return" in lead.reason:
            way = "not_returned"
        yield Gap(way, lead, _say(lead), source, slots | {"why": lead.reason or ""})
        return
    divided = {row.metric for row in there if row.group != TOTAL}
    parts = [row for row in gone if row.group == TOTAL and row.metric in divided]
    if parts:
        whole = next((row for row in parts if row.metric in LEADS), parts[0])
        yield Gap("no_total", whole, _say(whole), source, slots)
    for row in gone:
        if not parts and row.group == TOTAL and not is_money(source):
            yield Gap("no_field", row, _say(row), row.to_month, slots)
        elif is_money(source) and row.reason and "did not return" in row.reason:
            yield Gap("not_returned", row, _say(row), row.to_month, slots)
    yield from _read_months(source, there, slots)
    yield from _read_end(snapshot, source, there, ends, slots)


def _read_months(source: str, there: Sequence[ScorecardRow], slots: Mapping[str, str]) -> Iterator[Gap]:
    short = next((row for row in there if 0 < row.months_received < row.months_expected), None)
    if short is not None and source != PAYMENTS:
        months = f"{short.months_received} of {short.months_expected}"
        yield Gap("months", short, _say(short), f"{source}/{short.to_month}", {**slots, "months": months})


def _read_end(
    snapshot: Snapshot,
    source: str,
    there: Sequence[ScorecardRow],
    ends: Mapping[str, str],
    slots: Mapping[str, str],
) -> Iterator[Gap]:
    """That a source's last figures are older than they need be; nothing where a report was asked for an earlier month."""
    if not there or snapshot.release is None or source == PAYMENTS:
        return
    row = max(there, key=lambda one: (one.to_month, one.metric in LEADS))
    usual = FORCE_FILES_YEARLY.get(source, USUAL_MONTHS[load_measures()[row.metric].kind])
    last, held = parse_month(row.to_month), snapshot.last_month(source)
    is_asked_for = held is not None and held - last > 12
    if is_asked_for or number_of(snapshot.release.published_at.date()) - last <= usual:
        return
    until = name_month(row.to_month)
    why = ends.get(source, "")
    words = f"The latest figures of {slots['subject']} here end with {until}. {why}".rstrip()
    yield Gap("ended", row, words, f"{source}/{row.to_month}", {**slots, "ends": until})


def _read_counts(rows: Sequence[ScorecardRow]) -> Iterator[Gap]:
    """Ethnicity that was not recorded, and counts that are far from the Met's own."""
    for row in rows:
        if row.value is None:
            continue
        if row.metric == UNKNOWN and row.value > MOST_UNKNOWN and row.status != "low":
            yield Gap("unknown", row, _say(row), row.to_month)
        if row.metric == CONTROL and not CONTROL_RANGE[0] <= row.value <= CONTROL_RANGE[1]:
            yield Gap("control", row, _say(row), row.to_month)


def _say(row: ScorecardRow) -> str:
    return f"{row.area_name}, {name_period(row.from_month, row.to_month, row.window)}: {row.sentence}"
