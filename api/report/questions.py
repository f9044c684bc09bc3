"""The questions that figures raise: three to six of them, from reviewed templates (`questions.toml`). Pure."""

from collections.abc import Sequence

from api.report.finding import Finding
from api.report.model import Question
from api.report.statement import Standing, Template, load_words

FEWEST, MOST = 3, 6
# A second question on one part of the report waits behind others, and there is no third.
MOST_OF_FAMILY, SECOND = 2, 20
# Lighter findings are facts for a feed, and none that a meeting has time for.
LEAST_WEIGHT = 16
# What a template may name: areas, metrics, figures and periods in words, and bodies to ask. No person, no supplier.
SLOTS = (
    *("area", "others", "period", "ends", "months"),
    *(
        "stated",
        "figure",
        "before",
        "against",
        "place",
        "title",
        "group",
        "subject",
        "counted",
        "signal",
        "why",
    ),
    *("police", "Police", "council"),
)


def raise_questions(findings: Sequence[Finding], slug: str) -> tuple[Question, ...]:
    """Three to six questions: of each metric and each template one at most, of each part of the report two.

    Those of the weightiest findings, then, where they are fewer than three, questions that hold for every area. `slug` is
    the area's. The same findings give the same questions, in any order.
    """
    chosen: list[tuple[Finding, Template]] = []
    left = sorted(
        (one for one in findings if one.weight >= LEAST_WEIGHT), key=lambda one: (-one.weight, one.id)
    )
    while left and len(chosen) < MOST:
        families = [finding.family for finding, _ in chosen]
        best = max(left, key=lambda one: one.weight - SECOND * families.count(one.family))
        left.remove(best)
        template = find_template(best)
        if template is None or families.count(best.family) == MOST_OF_FAMILY:
            continue
        if any(best.metric == one.metric or template == used for one, used in chosen):
            continue
        chosen.append((best, template))
    asked = [_write(finding, template) for finding, template in chosen]
    standing = load_words().standing[: max(0, FEWEST - len(asked))]
    return (*asked, *(_write_standing(one, slug) for one in standing))


def find_template(finding: Finding) -> Template | None:
    """The template of a finding: the first that names its metric and way, else its way, else its metric, else neither."""
    of_kind = [one for one in load_words().template if finding.kind in one.kinds]
    fitting = [
        one
        for one in of_kind
        if (not one.metrics or finding.metric in one.metrics) and (not one.ways or finding.way in one.ways)
    ]
    return min(fitting, key=_rank, default=None)


def write_question(finding: Finding, template: Template) -> str:
    """The question of a finding in the words of a template."""
    said = template.question.format_map(_name_slots(finding))
    return f"{said[:1].upper()}{said[1:]}"


def _write(finding: Finding, template: Template) -> Question:
    return Question(
        template=template.template,
        question=write_question(finding, template),
        rests_on=finding.words,
        href=finding.href,
        whom=template.whom.format_map(_name_slots(finding)),
    )


def _write_standing(standing: Standing, slug: str) -> Question:
    return Question(
        template=standing.template,
        question=standing.question,
        rests_on=standing.rests_on,
        href=standing.href.format(slug=slug),
        whom=standing.whom,
    )


def _rank(template: Template) -> tuple[bool, bool]:
    """Templates for a way come before those for a metric, and both before the general."""
    return not template.ways, not template.metrics


def _name_slots(finding: Finding) -> dict[str, str]:
    slots = dict.fromkeys(SLOTS, "") | finding.slots
    police = slots["police"]
    return slots | {"Police": f"{police[:1].upper()}{police[1:]}"}
