"""What becomes of a sample case: words and dates of outcomes. The words are real, the weights invented."""

from __future__ import annotations

import numpy as np

__all__ = [
    "CHARGED",
    "LAST_OUTCOME",
    "NO_OUTCOME",
    "NO_SUSPECT",
    "OLDEST",
    "OUTCOMES",
    "OUTCOME_LAGS",
    "OUTCOME_WEIGHTS",
    "STALLED",
]

NO_SUSPECT, STALLED, CHARGED = 0, 1, 2

#: Outcome types as outcome files write them.
OUTCOMES = (
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Suspect charged",
    "Offender given a caution",
    "Offender given penalty notice",
    "Offender given a drugs possession warning",
    "Local resolution",
    "Action to be taken by another organisation",
    "Formal action is not in the public interest",
    "Further investigation is not in the public interest",
    "Suspect charged as part of another case",
)

#: The position after the last outcome: nothing has come of the case within a year.
NO_OUTCOME = len(OUTCOMES)

#: How street files write the same outcomes, then the words for cases with none.
LAST_OUTCOME = (
    *(word if word != "Suspect charged" else "Awaiting court outcome" for word in OUTCOMES),
    "Under investigation",
    "Status update unavailable",
    "Court result unavailable",
)

#: One row a category of `profile.CATEGORIES`, one column an outcome and, last, none within a year. Per 1,000.
OUTCOME_WEIGHTS = (
    # NoSus Unab Chrg Caut Pen Warn Loc Oth For Fur Prt None
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000),  # anti-social behaviour: no case
    (930, 15, 10, 1, 0, 0, 1, 0, 0, 0, 0, 43),  # bicycle theft
    (838, 50, 52, 1, 1, 0, 1, 1, 1, 1, 2, 52),  # burglary
    (715, 160, 58, 8, 1, 0, 10, 1, 2, 2, 0, 43),  # criminal damage and arson
    (90, 90, 225, 40, 60, 200, 180, 1, 14, 5, 0, 95),  # drugs
    (330, 270, 230, 20, 1, 0, 10, 30, 6, 3, 0, 100),  # other crime
    (898, 38, 16, 2, 1, 0, 3, 1, 1, 1, 0, 39),  # other theft
    (130, 150, 470, 70, 5, 0, 30, 1, 12, 2, 0, 130),  # possession of weapons
    (520, 280, 88, 12, 6, 0, 14, 6, 4, 4, 0, 66),  # public order
    (798, 70, 72, 1, 0, 0, 1, 1, 1, 1, 2, 53),  # robbery
    (678, 90, 145, 8, 6, 0, 12, 1, 2, 1, 1, 56),  # shoplifting
    (958, 9, 8, 0, 0, 0, 1, 0, 0, 0, 0, 24),  # theft from the person
    (928, 14, 13, 1, 0, 0, 1, 0, 0, 0, 1, 42),  # vehicle crime
    (348, 446, 92, 12, 1, 0, 18, 10, 4, 9, 0, 60),  # violence and sexual offences
)

#: No outcome of the sample comes more than this many months after the crime.
OLDEST = 12

_QUICK = (330, 300, 130, 70, 45, 30, 22, 17, 14, 12, 11, 10, 9)
_SLOW = (140, 230, 180, 120, 90, 65, 50, 40, 28, 22, 15, 10, 10)
_CHARGE = (280, 170, 115, 90, 70, 60, 50, 45, 40, 30, 20, 15, 15)
_INFORMAL = (420, 260, 130, 65, 40, 25, 18, 12, 8, 8, 6, 5, 3)

#: Months from crime to outcome: one row an outcome (one more, unused, for none), one column a month from 0.
#: Per 1,000.
OUTCOME_LAGS = np.array([_QUICK, _SLOW, _CHARGE, *[_INFORMAL] * 4, *[_SLOW] * 5], dtype=np.int64)
