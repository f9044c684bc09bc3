"""The publisher's words for stops, in the vocabularies of each period, with the weight of each in the sample.

The words are real; the weights are invented. A word of `None` is an empty cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

__all__ = [
    "AGES",
    "GROUNDS",
    "OFFICER_DEFINED",
    "POSITIVE_OUTCOMES",
    "SELF_DEFINED_WEIGHTS",
    "UNDER_TEN",
    "no_action_word",
    "positive_words",
    "self_defined_words",
    "split",
]

Word = str | None
T = TypeVar("T")

#: Officer-defined ethnicity, in the order of the columns of `profile.BOROUGHS`; the last is an empty cell.
OFFICER_DEFINED: tuple[Word, ...] = ("White", "Black", "Asian", "Other", None)

UNDER_TEN = "under 10"
AGES: tuple[tuple[Word, int], ...] = (
    ("10-17", 165),
    ("18-24", 265),
    ("25-34", 210),
    ("over 34", 230),
    (None, 130),
)

#: (legislation, object of search, weight, how often it ends in an outcome other than no action: percent
#: of usual)
GROUNDS: tuple[tuple[Word, Word, int, int], ...] = (
    ("Misuse of Drugs Act 1971 (section 23)", "Controlled drugs", 5740, 112),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Stolen goods", 1800, 92),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Offensive weapons", 1720, 74),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Evidence of offences under the Act", 431, 90),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Articles for use in criminal damage", 61, 88),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Fireworks", 52, 40),
    ("Police and Criminal Evidence Act 1984 (section 1)", None, 23, 90),
    (
        "Criminal Justice and Public Order Act 1994 (section 60)",
        "Anything to threaten or harm anyone",
        102,
        30,
    ),
    ("Firearms Act 1968 (section 47)", "Firearms", 64, 100),
    (None, None, 1, 100),
)

#: Outcomes other than no action: to 2017-12, from 2018-01, weight.
POSITIVE_OUTCOMES: tuple[tuple[str, str, int], ...] = (
    ("Suspect arrested", "Arrest", 528),
    ("Local resolution", "Community resolution", 310),
    ("Offender given penalty notice", "Penalty Notice for Disorder", 101),
    ("Suspect summonsed to court", "Summons / charged by post", 49),
    ("Offender cautioned", "Caution (simple or conditional)", 12),
)

#: Self-defined ethnicity: to 2017-03, from 2017-04, weights by officer-defined White, Black, Asian,
#: Other, blank.
_SELF_DEFINED: tuple[tuple[Word, Word, tuple[int, int, int, int, int]], ...] = (
    (None, None, (8, 9, 8, 9, 400)),
    ("Not Stated (NS)", "Other ethnic group - Not stated", (250, 370, 285, 300, 330)),
    (
        "White - White British (W1)",
        "White - English/Welsh/Scottish/Northern Irish/British",
        (425, 8, 6, 20, 130),
    ),
    ("White - White Irish (W2)", "White - Irish", (22, 1, 1, 1, 6)),
    (
        "White - Any other White ethnic background (W9)",
        "White - Any other White background",
        (235, 4, 8, 95, 70),
    ),
    ("Asian or Asian British - Indian (A1)", "Asian/Asian British - Indian", (1, 1, 105, 4, 14)),
    ("Asian or Asian British - Pakistani (A2)", "Asian/Asian British - Pakistani", (1, 1, 84, 5, 12)),
    ("Asian or Asian British - Bangladeshi (A3)", "Asian/Asian British - Bangladeshi", (1, 1, 145, 3, 18)),
    (
        "Asian or Asian British - Any other Asian ethnic background (A9)",
        "Asian/Asian British - Any other Asian background",
        (12, 4, 290, 120, 45),
    ),
    (
        "Black or Black British - Caribbean (B1)",
        "Black/African/Caribbean/Black British - Caribbean",
        (1, 104, 1, 3, 35),
    ),
    (
        "Black or Black British - African (B2)",
        "Black/African/Caribbean/Black British - African",
        (1, 172, 1, 8, 60),
    ),
    (
        "Black or Black British - Any other Black ethnic background (B9)",
        "Black/African/Caribbean/Black British - Any other Black/African/Caribbean background",
        (3, 290, 6, 20, 70),
    ),
    (
        "Mixed - White and Black Caribbean (M1)",
        "Mixed/Multiple ethnic groups - White and Black Caribbean",
        (6, 16, 1, 6, 8),
    ),
    (
        "Mixed - White and Black African (M2)",
        "Mixed/Multiple ethnic groups - White and Black African",
        (2, 7, 1, 4, 4),
    ),
    ("Mixed - White and Asian (M3)", "Mixed/Multiple ethnic groups - White and Asian", (3, 1, 5, 4, 2)),
    (
        "Mixed - Any other Mixed ethnic background (M9)",
        "Mixed/Multiple ethnic groups - Any other Mixed/Multiple ethnic background",
        (15, 22, 14, 60, 20),
    ),
    (
        "Chinese or other ethnic group - Chinese (O1)",
        "Asian/Asian British - Chinese",
        (1, 0, 3, 14, 1),
    ),
    (
        "Chinese or other ethnic group - Any other ethnic group (O9)",
        "Other ethnic group - Any other ethnic group",
        (18, 8, 40, 290, 40),
    ),
    # Two codes that the Met's files have only from 2024-02 (weights of earlier months are zero).
    (None, "Other ethnic group - Arab", (4, 1, 10, 70, 10)),
    (None, "White - Gypsy or Irish Traveller", (3, 0, 0, 0, 1)),
)

_NEWER_CODES = 2

#: One row an officer-defined word, one column a self-defined word.
SELF_DEFINED_WEIGHTS: tuple[tuple[int, ...], ...] = tuple(
    tuple(weights[column] for _, _, weights in _SELF_DEFINED) for column in range(len(OFFICER_DEFINED))
)


def self_defined_words(month: date) -> tuple[Word, ...]:
    """Words of self-defined ethnicity in the month's files: with letters to 2017-03, without from 2017-04.

    Codes that did not exist yet become the nearest older word.
    """
    if month < date(2017, 4, 1):
        words = [old for old, _, _ in _SELF_DEFINED]
        words[-2:] = [
            "Chinese or other ethnic group - Any other ethnic group (O9)",
            "White - White Irish (W2)",
        ]
        return tuple(words)
    words = [new for _, new, _ in _SELF_DEFINED]
    if month < date(2024, 2, 1):
        words[-_NEWER_CODES:] = ["Other ethnic group - Any other ethnic group", "White - Irish"]
    return tuple(words)


def positive_words(month: date) -> tuple[str, ...]:
    """Words of the outcomes other than no action in the month's files: new ones from 2018-01."""
    return tuple(old if month < date(2018, 1, 1) else new for old, new, _ in POSITIVE_OUTCOMES)


def no_action_word(month: date) -> str:
    """How the month's files say that nothing followed."""
    return "Nothing found - no further action" if month < date(2018, 1, 1) else "A no further action disposal"


def split(pairs: Sequence[tuple[T, int]]) -> tuple[list[T], list[int]]:
    """The words and the weights of a table of pairs."""
    return [word for word, _ in pairs], [weight for _, weight in pairs]
