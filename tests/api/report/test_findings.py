"""Given rows of a scorecard, expect the facts that stand out in them, and nothing where nothing does."""

from typing import Any

import msgspec
import pytest

from api.figures.signals import Signal, describe_signal
from api.figures.windows import parse_month
from api.report.finding import Finding
from api.report.findings import find_findings
from api.report.signal_words import read_signal, write_signal
from api.scorecard import ScorecardRow
from tests.api.report.rows import CENTRAL_EAST, CITY, HACKNEY, SNAPSHOT, make_row, make_snapshot

RATE: dict[str, Any] = {
    "value": 12.47,
    "lower": 12.0,
    "upper": 12.9,
    "numerator": 3319,
    "denominator": 266_160.0,
}
HIGHER: dict[str, Any] = {"position": "Higher", "beyond": "99.8%"}
FALLEN: dict[str, Any] = {
    "before_value": 16.6,
    "before_numerator": 4000,
    "change_ratio": 0.76,
    "change_ratio_lower": 0.73,
    "change_ratio_upper": 0.80,
}
SIDED = "Higher under every way of counting we tried (3.09 to 4.25). This does not show why, and neither proves nor rules out."
RATIO: dict[str, Any] = {
    "group": "ethnicity:black",
    "value": 4.11,
    "lower": 3.81,
    "upper": 4.44,
    "numerator": 1723,
    "reference_numerator": 1056,
    "verdict": SIDED,
}


def find(*rows: ScorecardRow, area: Any = HACKNEY, ends: dict[str, str] | None = None) -> list[Finding]:
    return find_findings(SNAPSHOT, area, rows, ends or {})


def only(*rows: ScorecardRow, **given: Any) -> Finding:
    (found,) = find(*rows, **given)
    return found


def test_a_figure_within_the_limits_is_no_finding() -> None:
    assert find(make_row("stop_search_rate", **RATE, position="Similar")) == []


def test_a_figure_outside_the_funnel() -> None:
    finding = only(make_row("stop_search_rate", **RATE, **HIGHER))
    assert (finding.kind, finding.way, finding.family) == ("funnel", "higher", "searches")
    assert finding.words == (
        "Hackney, the year to August 2024: 12.5 searches per 1,000 residents a year (12.0 to 12.9), higher than most boroughs "
        "(outside the 99.8% limits)."
    )
    assert finding.id == "E09000012/stop_search_rate/total/officer_defined/funnel/higher/2024-08"
    assert finding.href == (
        "/figures/stop_search_rate/hackney?from=2023-09&to=2024-08&window=rolling_12&basis=officer_defined"
        "&as_of=2024-10-01-0000aaaa"
    )
    further = only(make_row("stop_search_rate", **RATE, position="Higher", beyond="95%"))
    assert finding.weight > further.weight


def test_a_figure_on_few_events_is_no_finding() -> None:
    assert find(make_row("stop_search_rate", **RATE, **HIGHER, status="low")) == []


def test_what_its_bcu_hides_of_a_borough_and_which_boroughs_a_bcu_hides() -> None:
    row = make_row("stop_search_rate", **RATE, **HIGHER, hidden_by_bcu=True, bcu_name="Central East")
    hidden, funnel = find(row)
    assert (hidden.kind, funnel.kind) == ("hidden", "funnel")
    assert hidden.slots["others"] == "Central East"
    bcu = make_row(
        "stop_search_rate", CENTRAL_EAST, **RATE, position="Similar", hides=("Hackney", "Tower Hamlets")
    )
    finding = only(bcu, area=CENTRAL_EAST)
    assert (finding.way, finding.slots["others"]) == ("bcu", "Hackney and Tower Hamlets")


def test_a_change_that_its_interval_sets_apart() -> None:
    finding = only(make_row("stop_search_rate", **RATE, **FALLEN))
    assert (finding.kind, finding.way) == ("change", "lower")
    assert "Lower than the 16.6 of a year before (0.73 to 0.80 times)." in finding.words
    even = {**FALLEN, "change_ratio_upper": 1.1}
    assert find(make_row("stop_search_rate", **RATE, **even)) == []
    tiny = {**FALLEN, "change_ratio": 0.97, "change_ratio_lower": 0.96, "change_ratio_upper": 0.98}
    assert find(make_row("stop_search_rate", **RATE, **tiny)) == []


def test_a_change_across_a_break_is_one_of_its_own_and_lighter() -> None:
    broken = only(make_row("stop_search_rate", **RATE, **FALLEN, change_flags=("break:met-2024-02",)))
    assert broken.way == "lower_across_break"
    assert broken.weight < only(make_row("stop_search_rate", **RATE, **FALLEN)).weight


def test_a_survey_changes_only_beyond_its_own_limit() -> None:
    change: dict[str, Any] = {
        "value": 0.5,
        "lower": 0.44,
        "upper": 0.56,
        "before_value": 0.6,
        "change_difference": -0.1,
        "change_difference_lower": -0.18,
        "change_difference_upper": -0.02,
    }
    assert find(make_row("trust_police_share", **change)) == []
    beyond = only(make_row("trust_police_share", **change, change_flags=("change_beyond_7.9_points",)))
    assert (beyond.kind, beyond.family) == ("change", "trust")


def test_a_ratio_on_one_side_however_it_is_counted() -> None:
    finding = only(make_row("stop_search_rate_ratio", **RATIO))
    assert (finding.kind, finding.way, finding.family) == ("ratio", "higher", "disproportionality")
    assert finding.slots["group"] == "Black people"
    assert "a weak denominator for one borough" in finding.words
    depends = {**RATIO, "verdict": "Depends on how ethnicity is counted. This does not show why."}
    assert find(make_row("stop_search_rate_ratio", **depends)) == []
    assert find(make_row("stop_search_rate_ratio", **RATIO, flags=("interval_includes_1",))) == []


def test_money_that_moved_by_a_tenth_or_was_returned_as_zero() -> None:
    spent: dict[str, Any] = {
        "section": "money",
        "from_month": "2023-04",
        "to_month": "2024-03",
        "window": "financial_year",
        "value": 5.23,
        "before_value": 7.06,
        "change_ratio": 0.741,
    }
    finding = only(make_row("community_safety_spend_per_head", **spent))
    assert (finding.kind, finding.way) == ("money", "lower")
    assert "£5.23" in finding.words
    assert "£7.06" in finding.words
    assert find(make_row("community_safety_spend_per_head", **{**spent, "change_ratio": 0.95})) == []
    zero = {**spent, "value": 0.0, "flags": ("returned_zero",), "change_ratio": None, "before_value": None}
    assert only(make_row("cctv_spend_per_head", **zero)).way == "zero"
    # what payments seem to be for is an estimate
    paid = {**spent, "value": 500.0}
    assert find(make_row("payments_community_safety_total", **paid)) == []


@pytest.mark.parametrize(
    ("rule", "direction", "first", "last", "said"),
    [
        ("outside", "above", "2024-01", "2024-01", "January 2024 lies above the upper limit"),
        (
            "one_side",
            "below",
            "2023-01",
            "2023-09",
            "every month from January to September 2023 lies below the average",
        ),
        (
            "one_side",
            "above",
            "2023-09",
            "2024-08",
            "every month from September 2023 to August 2024 lies above",
        ),
        (
            "trend",
            "falling",
            "2023-07",
            "2023-12",
            "the monthly figure falls without a pause from July to December 2023",
        ),
    ],
)
def test_a_signal_is_read_back_as_it_was_said(
    rule: Any, direction: Any, first: str, last: str, said: str
) -> None:
    signal = Signal(rule, direction, parse_month(first), parse_month(last))
    read = read_signal(f"{describe_signal(signal)}.")
    assert (read.rule, read.direction, read.first, read.last) == (rule, direction, first, last)
    assert write_signal(read).startswith(said)


def test_a_run_that_grows_is_the_same_finding() -> None:
    def name(signal: str) -> str:
        return only(make_row("stop_search_rate", **RATE, signals=(signal,))).id

    grown = name("9 months in a row below the centre, 2023-09 to 2024-05.")
    assert name("8 months in a row below the centre, 2023-09 to 2024-04.") == grown
    assert name("8 months in a row below the centre, 2023-10 to 2024-05.") != grown


def test_few_events_are_too_light_for_a_question() -> None:
    few = {**RATE, "numerator": 9}
    assert only(make_row("stop_search_section_60_rate", **few, **HIGHER)).weight < 16


def test_a_source_without_a_file_is_told_once() -> None:
    gone: dict[str, Any] = {"status": "missing", "reason": "No use of force file was received."}
    rows = [make_row(metric, **gone) for metric in ("use_of_force_taser_share", "use_of_force_rate")]
    finding = only(*rows)
    assert (finding.kind, finding.way, finding.metric) == ("coverage", "no_file", "use_of_force_rate")
    assert "no figure. No use of force file was received." in finding.words


def test_of_the_city_what_is_published_of_the_met_alone() -> None:
    why = "The files of use of force are of the Met alone, so the City of London has no figure."
    finding = only(make_row("use_of_force_rate", CITY, status="missing", reason=why), area=CITY)
    assert finding.way == "not_published"


def test_a_part_of_the_kinds_of_crime() -> None:
    burglary = make_row("crime_rate", **RATE, group="category:burglary")
    total = make_row("crime_rate", status="missing", reason="The file holds only burglary.")
    assert only(total, burglary).way == "no_total"


def test_months_missing_and_ethnicity_not_recorded_and_counts_that_differ() -> None:
    assert only(make_row("stop_search_rate", **RATE, months_received=11)).slots["months"] == "11 of 12"
    share: dict[str, Any] = {
        "value": 0.06,
        "lower": 0.05,
        "upper": 0.07,
        "numerator": 60,
        "denominator": 1000.0,
    }
    assert only(make_row("stop_search_ethnicity_unknown_share", **share)).way == "unknown"
    assert find(make_row("stop_search_ethnicity_unknown_share", **{**share, "value": 0.05})) == []
    assert only(make_row("control_total_ratio", value=0.7)).way == "control"
    assert find(make_row("control_total_ratio", value=0.95)) == []


def test_a_return_that_a_council_did_not_make() -> None:
    row = make_row("community_safety_spend_per_head", status="missing", reason="Hackney did not return it.")
    assert only(row).way == "not_returned"


def test_figures_older_than_they_need_be() -> None:
    strip = make_row(
        "strip_search_rate", **RATE, from_month="2022-04", to_month="2023-03", window="financial_year"
    )
    why = "Whole files reach January 2024."
    (finding,) = find_findings(make_snapshot("2024-10-01"), HACKNEY, [strip], {"thorough_search": why})
    assert (finding.way, finding.slots["ends"]) == ("ended", "March 2023")
    assert finding.words == f"The latest figures of strip searches here end with March 2023. {why}"
    assert find_findings(make_snapshot("2023-06-01"), HACKNEY, [strip], {}) == []


def test_a_figure_that_is_withheld_is_no_finding_and_no_gap() -> None:
    row = make_row(
        "strip_search_rate_ratio",
        group="ethnicity:asian",
        status="suppressed",
        reason="Withheld so that no count of 1 to 4 people can be seen or worked out.",
    )
    assert find(row, make_row("strip_search_rate", **RATE, to_month="2024-08")) == []


def test_findings_come_by_weight_and_can_be_sent() -> None:
    rows = [
        make_row("stop_search_rate", **RATE, **FALLEN),
        make_row("crime_rate", **RATE, **HIGHER),
        make_row("stop_search_rate_ratio", **RATIO),
    ]
    found = find(*rows)
    assert found == find(*reversed(rows))
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert msgspec.json.decode(msgspec.json.encode(found), type=list[Finding]) == found
