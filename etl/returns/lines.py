"""The lines of returns that are kept, and the words under which they are stored.

A line is found by its label, never by its number, which changes from year to year. A word of the vocabulary field
`spending_line` is a stage and a line: "budget: community safety (crime reduction)", of the class `budget_crime_reduction`.
"""

import re

import msgspec

BUDGET, OUTTURN = "budget", "outturn"


class Line(msgspec.Struct, frozen=True):
    """A line of a return. `labels`: how forms name it, in the spelling of `spell`, without a leading "total"."""

    line: str
    label: str
    labels: tuple[str, ...]


# RA, and RO5, where they stand beside the totals of other services
COMMUNITY_SAFETY = (
    Line("crime_reduction", "community safety (crime reduction)", ("community safety crime reduction",)),
    Line("safety_services", "community safety (safety services)", ("community safety safety services",)),
    Line("cctv", "community safety (CCTV)", ("community safety cctv",)),
)
# RA, RS and RSX: the services that "total service expenditure" is made of. In 2010-11 social care is one line, from
# 2011-12 two; public health is a line from 2013-14 on.
SERVICES = (
    Line("education", "education services", ("education services",)),
    Line("highways", "highways and transport services", ("highways and transport services",)),
    Line("social_care", "social care, children and adults", ("social care",)),
    Line(
        "childrens_social_care",
        "children's social care",
        ("children social care", "childrens social care", "children s social care"),
    ),
    Line("adult_social_care", "adult social care", ("adult social care",)),
    Line("public_health", "public health", ("public health",)),
    Line(
        "housing", "housing services (general fund only)", ("housing services gfra only", "housing services")
    ),
    Line("cultural", "cultural and related services", ("cultural and related services",)),
    Line(
        "environmental", "environmental and regulatory services", ("environmental and regulatory services",)
    ),
    Line("planning", "planning and development services", ("planning and development services",)),
    Line("police", "police services", ("police services",)),
    Line("fire", "fire and rescue services", ("fire and rescue services",)),
    Line("central", "central services", ("central services",)),
    Line("other", "other services", ("other services",)),
    Line("total_service", "total service expenditure", ("service expenditure",)),
)
# section 251 outturn
YOUTH = (
    Line("youth_universal", "universal services for young people", ("universal services for young people",)),
    Line("youth_targeted", "targeted services for young people", ("targeted services for young people",)),
    Line("youth_total", "total services for young people", ("services for young people",)),
    Line("youth_justice", "youth justice", ("youth justice",)),
)

_BY_LABEL = {label: line for line in (*COMMUNITY_SAFETY, *SERVICES) for label in line.labels}
# "(C7 = C3 - C6)", "(total of lines 190 to 698)"
FORMULA = re.compile(r"\((?:c\d|total of lines)[^)]*\)", re.IGNORECASE)


def spell(label: str) -> str:
    """A label in small letters, without formulas, marks and repeated spaces."""
    plain = FORMULA.sub(" ", label).casefold().replace("’", "'")
    return " ".join(re.sub(r"[^a-z0-9]", " ", plain).split())


def find_line(label: str) -> Line | None:
    """The line of revenue returns that a label names, None where it is none that is kept.

    The lines of community safety may stand behind the name of their service.
    """
    name = spell(label).removeprefix("total ")
    if name in _BY_LABEL:
        return _BY_LABEL[name]
    return next((line for line in COMMUNITY_SAFETY if name.endswith(f" {line.labels[0]}")), None)


def find_youth_line(label: str) -> Line | None:
    """The line of section 251 that a label names, None where it is none that is kept.

    "27 Universal services for young people (including youth work, positive activities …)" in 2012-13, cut short in 2011-12;
    "Total Youth Justice" to 2010-11, "Youth Justice" from 2011-12. Not "Youth work - (memorandum …)".
    """
    name = re.sub(r"^\d+ ?", "", spell(label))
    universal, targeted, total, justice = YOUTH
    if name.startswith(universal.labels[0]):
        return universal
    if name.startswith(targeted.labels[0]):
        return targeted
    if name.removeprefix("total ") in justice.labels:
        return justice
    return total if name == f"total {total.labels[0]}" else None


def word_of(stage: str, line: Line) -> str:
    """The word of the vocabulary under which a line is stored."""
    return f"{stage}: {line.label}"


def class_of(stage: str, line: Line) -> str:
    """The class of that word."""
    return f"{stage}_{line.line}"
