"""Questions that figures raise: each names the figure it rests on, in reviewed words, and nobody."""

import re
import string
from typing import Any

import pytest

from api.report.bodies import name_police
from api.report.finding import make_finding
from api.report.findings import find_findings
from api.report.model import Question
from api.report.questions import SLOTS, find_template, raise_questions, write_question
from api.report.statement import Template, load_words, name_period
from api.show import show_value
from sql.measure import load_measures
from tests.api.report.rows import CENTRAL_EAST, CITY, HACKNEY, LONDON, MET, SNAPSHOT, make_row
from tests.api.report.test_findings import FALLEN, HIGHER, RATE, RATIO
from tests.api.test_sentences import AVOID

WORDS = load_words()
# Beyond the words that no sentence uses: blame, causes and guesses.
LOADED = (
    *(
        "fail",
        "poor",
        "unfair",
        "wrong",
        "blame",
        "bias",
        "racis",
        "discriminat",
        "disproportionate",
        "should",
        "worse",
    ),
    *(
        "better",
        "why is",
        "why are",
        "why does",
        "why did",
        "due to",
        "caused",
        "misus",
        "abus",
        "supplier",
        "hotspot",
    ),
)
FORBIDDEN = (*(word for word in AVOID if word not in ("good", "bad")), r"good\b(?! job)", r"bad\b")


def ask(*rows: Any, area: Any = HACKNEY) -> tuple[Question, ...]:
    return raise_questions(find_findings(SNAPSHOT, area, rows, {}), area.slug)


def list_metrics(template: Template) -> list[str]:
    """The metrics that a template is raised for: of ratios, money and BCUs those that have such findings."""
    statistics = {"ratio": ("ratio",), "money": ("amount", "per_head"), "hidden": ("rate", "share")}
    # payments are an estimate, and no finding
    found = []
    for metric, measure in load_measures().items():
        fits = any(measure.statistic in statistics.get(kind, (measure.statistic,)) for kind in template.kinds)
        if fits and not (template.kinds == ("money",) and metric.startswith("payments")):
            found.append(metric)
    return [metric for metric in found if not template.metrics or metric in template.metrics]


def render(template: Template, metric: str, way: str) -> tuple[str, str]:
    measure = load_measures()[metric]
    kind: Any = template.kinds[0]
    value = 0.34 if measure.statistic == "share" else 12.47
    given: dict[str, Any] = {
        "value": value,
        "lower": 0.3,
        "upper": 13.0,
        "numerator": 120,
        "before_value": 0.21,
    }
    group = "ethnicity:black" if measure.statistic == "ratio" else "total"
    row = make_row(metric, **given, **HIGHER, group=group)
    slots = {
        "counted": "higher under every way of counting we tried (1.10 to 2.20)",
        "others": "Central East",
        "signal": "January 2024 lies above the upper limit",
        "ends": "August 2024",
        "months": "11 of 12",
        "why": "The files are of the Met alone.",
    }
    finding = make_finding(SNAPSHOT, HACKNEY, row, kind, way, 50, row.sentence, **slots)
    return write_question(finding, template), show_value(measure, value)


@pytest.mark.parametrize("template", WORDS.template, ids=lambda one: one.template)
def test_every_template_asks_about_every_metric_it_applies_to(template: Template) -> None:
    metrics = list_metrics(template)
    assert metrics
    for metric in metrics:
        for way in template.ways or ("higher",):
            question, figure = render(template, metric, way)
            assert question.endswith("?"), question
            assert question[0].isupper() or question[0] == '"', question
            assert not [slip for slip in ("{", "  ", " ,", " .", "..") if slip in question], question
            assert "Hackney" in question, question
            if template.kinds != ("coverage",) and way != "zero":
                assert figure in question, question
            assert not find_forbidden(question), question


def find_forbidden(text: str) -> list[str]:
    # the name of a service
    lowered = text.casefold().replace("domestic abuse", "")
    return [word for word in (*FORBIDDEN, *LOADED) if re.search(rf"\b{word}", lowered)]


def test_templates_name_only_areas_metrics_figures_and_periods() -> None:
    for template in WORDS.template:
        for text in (template.question, template.whom):
            named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            assert named <= set(SLOTS), (template.template, named)
    assert not {"person", "officer", "name", "supplier", "payee", "cause"} & set(SLOTS)


def test_templates_that_assert_a_ratio_say_that_it_does_not_show_why() -> None:
    for template in WORDS.template:
        if template.kinds == ("ratio",):
            assert "do not show why" in template.question


def test_templates_name_metrics_and_ids_that_there_are() -> None:
    ids = [one.template for one in WORDS.template] + [one.template for one in WORDS.standing]
    assert len(ids) == len(set(ids))
    measures = load_measures()
    assert {metric for template in WORDS.template for metric in template.metrics} <= set(measures)
    assert set(WORDS.statements) <= set(measures)
    assert set(WORDS.subjects) >= {measure.source for measure in measures.values()}
    unsaid = set(measures) - set(WORDS.statements) - {"outcome_share"}
    assert all("ratio" in metric or metric.startswith("payments") for metric in unsaid), unsaid


def test_the_standing_questions_end_with_a_question_mark_and_name_nobody() -> None:
    for one in WORDS.standing:
        assert one.question.endswith("?")
        assert not find_forbidden(f"{one.question} {one.rests_on} {one.whom}"), one.template


def test_a_question_states_its_figure_as_it_is_shown_elsewhere() -> None:
    row = make_row("stop_search_rate", **RATE, **HIGHER)
    first = ask(row)[0]
    assert first.template == "search-rate"
    assert first.question.startswith(
        "In Hackney 12.5 searches were recorded per 1,000 residents in the year to August 2024, higher than in most boroughs. "
    )
    assert row.sentence in first.rests_on
    assert first.href.startswith("/figures/stop_search_rate/hackney?")
    assert first.whom == "The borough commander; the panel that reviews search records."


def test_a_ratio_is_asked_about_without_saying_why() -> None:
    question = ask(make_row("stop_search_rate_ratio", **RATIO))[0]
    assert question.question.startswith(
        "In Hackney, in the year to August 2024, searches per 1,000 Black residents are 4.11 times those per 1,000 White "
        "residents, from 1,723 and 1,056 searches, and higher under every way of counting we tried (3.09 to 4.25). "
        "These figures do not show why."
    )
    assert "neither proves nor rules out" in question.rests_on


def test_without_findings_there_are_three_questions_all_the_same() -> None:
    asked = raise_questions([], "hackney")
    assert [one.template for one in asked] == [one.template for one in WORDS.standing[:3]]
    one = ask(make_row("stop_search_rate", **RATE, **HIGHER))
    assert len(one) == 3
    assert one[1:] == asked[:2]


def test_at_most_six_two_of_a_part_one_of_a_metric_one_of_a_template() -> None:
    rates = (
        "stop_search_rate",
        "crime_rate",
        "use_of_force_rate",
        "strip_search_rate",
        "antisocial_behaviour_rate",
    )
    shares = (
        "stop_search_arrest_share",
        "stop_search_positive_outcome_share",
        "trust_police_share",
        "relied_on_share",
    )
    share = {**RATE, "value": 0.3}
    rows = [make_row(metric, **RATE, **HIGHER, **FALLEN) for metric in rates]
    rows += [make_row(metric, **share, **HIGHER) for metric in shares]
    rows.append(make_row("stop_search_rate_ratio", **RATIO))
    findings = find_findings(SNAPSHOT, HACKNEY, rows, {})
    asked = raise_questions(findings, "hackney")
    assert len(asked) == 6
    assert asked == raise_questions(findings[::-1], "hackney")
    metrics = [one.href.split("/")[2] for one in asked]
    assert len(set(metrics)) == 6
    assert len({one.template for one in asked}) == 6
    assert sum(metric.startswith("stop_search") and "ratio" not in metric for metric in metrics) <= 2


def test_the_template_for_a_way_comes_before_that_for_a_metric() -> None:
    row = make_row("stop_search_rate", **RATE, **FALLEN, change_flags=("break:x",))
    (finding,) = find_findings(SNAPSHOT, HACKNEY, [row], {})
    template = find_template(finding)
    assert template is not None
    assert template.template == "change-across-a-break"


def test_a_metric_without_reviewed_words_goes_by_its_title() -> None:
    row = make_row("outcome_share", **{**RATE, "value": 0.3}, **HIGHER)
    finding = make_finding(SNAPSHOT, HACKNEY, row, "funnel", "higher", 50, row.sentence)
    assert finding.slots["stated"] == 'the figure of "Share of crimes by outcome" was 30.0%'


@pytest.mark.parametrize(
    ("area", "told"),
    [
        (HACKNEY, "the borough commander"),
        (CITY, "City of London Police"),
        (CENTRAL_EAST, "the BCU commander"),
        (MET, "the Metropolitan Police"),
        (LONDON, "the Metropolitan Police and City of London Police"),
    ],
)
def test_roles_are_asked_and_no_person(area: Any, told: str) -> None:
    assert name_police(area) == told


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (("2023-09", "2024-08", "rolling_12"), "the year to August 2024"),
        (("2023-04", "2024-03", "financial_year"), "the financial year 2023-24"),
        (("2023-04", "2024-03", "rolling_12"), "the year to March 2024"),
        (("2024-03", "2024-05", None), "March to May 2024"),
        (("2023-11", "2024-02", None), "November 2023 to February 2024"),
        (("2024-03", "2024-03", None), "March 2024"),
    ],
)
def test_months_in_words(months: tuple[str, str, str | None], told: str) -> None:
    assert name_period(*months) == told
