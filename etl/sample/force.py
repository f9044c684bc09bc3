"""Sample uses of force, in the form of the Met's yearly file: one row an officer and a subject, a column a question.

Oddities: `Tactic Effective 20` beside `Effective 1` to `Effective 19`; blanks where a question was not put; boroughs
that are blank or outside the Met; several rows of one event, one for each officer. The file is written in cp1252.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from etl.months import add_months
from etl.sample.draws import Draws
from etl.sample.profile import BOROUGHS
from etl.sample_marks import SAMPLE_WORDS

__all__ = ["FORCE_COLUMNS", "make_force"]

_USES_A_MONTH = 400
_LOCATIONS = (
    *("Street/Highway", "Public Transport", "Retail Premises", "Open Ground (eg Park)", "Licensed Premises"),
    *("Sports or Event Stadia", "Hospital/A&E (Non Mental Health Setting)", "Mental Health Setting"),
    *(
        "Police Vehicle with Prisoner Handling Cage",
        "Police Vehicle without Prisoner Handling Cage",
        "Dwelling",
    ),
    *("Police Station (Excluding Custody Block)", "Custody Block", "Ambulance", "Other"),
)
_IMPACTS = (
    *("Possession of a Weapon", "Alcohol", "Drugs", "Mental Health", "Prior Knowledge", "Size/Gender/Build"),
    *("Acute Behavioural Disorder", "Crowd", "Other"),
)
_REASONS = (
    *("Protect Self", "Protect Public", "Protect Subject", "Protect Other Officers", "Prevent Offence"),
    *("Secure Evidence", "Effect Search", "Effect Arrest", "Method of Entry", "Remove Handcuffs"),
    *("Prevent Harm", "Prevent Escape", "Other"),
)
_DEVICE = ("Drawn", "Aimed", "Arced", "Red-Dotted", "Drive Stun", "Angle Drive Stun", "Fired")
_TACTICS = 20

FORCE_COLUMNS: tuple[str, ...] = (
    *("IncidentDate", "IncidentTime"),
    *(f"Incident Location: {name}" for name in _LOCATIONS),
    *("Borough", "PrimaryConduct", "AssaultedBySubject", "ThreatenedWithWeapon", "AssaultedWithWeapon"),
    *(f"Impact Factor: {name}" for name in _IMPACTS),
    *(f"Reason for Force: {name}" for name in _REASONS),
    *("MainDuty", "SingleCrewed", "TrainedCED", "CarryingCED"),
    *(
        name
        for at in range(1, _TACTICS + 1)
        for name in (f"Tactic {at}", "Tactic Effective 20" if at == _TACTICS else f"Effective {at}")
    ),
    "CED Used",
    *(f"{device} {how}" for device in ("CED", "CED2", "CED3", "CED4") for how in _DEVICE),
    *("Firearms Aimed", "Firearms Fired", "StaffInjured", "StaffInjuryIntentional", "StaffInjuryLevel"),
    *("SubjectAge", "SubjectGender", "SubjectEthnicity", "PhysicalDisability", "MentalDisability"),
    *("SubjectInjured", "SubjectNatureOfInjury", "SubjectMedOffered", "SubjectMedProvided"),
    *("Outcome: Arrested", "Outcome: Hospitalised", "Outcome: Detained - Mental Health Act"),
    *("Outcome: Made off/escaped", "Outcome: Fatality", "Outcome: Other"),
)

_GROUPS = (
    ("White", "white", 10),
    ("Black (or Black British)", "black", 32),
    ("Asian (or Asian British)", "asian", 11),
    ("Other", "other", 9),
)
_ETHNICITY_ELSE = (("Mixed", 60), ("Don't know", 30), ("Chinese", 10))
_AGES = (("0-10", 1), ("11-17", 90), ("18-34", 540), ("35-49", 270), ("50-64", 80), ("65 and over", 19))


def make_force(months: Sequence[date], seed: int) -> pl.DataFrame:
    """The uses of force of these months in one file, all columns as text."""
    return pl.concat([_make_month(month, Draws(seed, 8, month.year * 12 + month.month)) for month in months])


def _make_month(month: date, draws: Draws) -> pl.DataFrame:
    n = draws.near(_USES_A_MONTH, 10)
    days = (add_months(month, 1) - month).days
    met = BOROUGHS[1:]
    weights = [b.people * b.crime * getattr(b, part) * times for b in met for _, part, times in _GROUPS]
    cell = draws.pick(np.array(weights, dtype=np.int64) // 100, n)
    boroughs: list[str | None] = [met[at].name for at in (cell // len(_GROUPS)).tolist()]
    ethnicity = [_GROUPS[at][0] for at in (cell % len(_GROUPS)).tolist()]
    for at in np.flatnonzero(draws.happens(4_000, n)).tolist():
        boroughs[at] = (None, "Out of force")[draws.one(2)]
    elsewhere = draws.pick([weight for _, weight in _ETHNICITY_ELSE], n).tolist()
    for at in np.flatnonzero(draws.happens(8_000, n)).tolist():
        ethnicity[at] = _ETHNICITY_ELSE[elsewhere[at]][0]
    device, cuffs = draws.happens(9_000, n), draws.happens(46_000, n)
    fired = device & draws.happens(11_000, n)
    ages = draws.pick([weight for _, weight in _AGES], n).tolist()
    held = draws.happens(40_000, n)
    columns: dict[str, Sequence[str | None]] = {
        "IncidentDate": [f"{month + timedelta(days=d):%d/%m/%Y}" for d in draws.below(days, n).tolist()],
        "IncidentTime": [f"{at // 60:02d}:{at % 60:02d}" for at in draws.below(1_440, n).tolist()],
        "Incident Location: Street/Highway": _say(draws.happens(62_000, n)),
        "Borough": boroughs,
        "MainDuty": [SAMPLE_WORDS] * n,
        "Tactic 1": [
            ("Compliant Handcuffing", "Non-Compliant Handcuffing")[at] for at in draws.below(2, n).tolist()
        ],
        "Effective 1": _say(draws.happens(95_000, n)),
        "Tactic 2": [
            None
            if only
            else f"CED (Taser) {'Fired' if shot else 'Drawn'}"
            if taser
            else "Unarmed Skills"
            if other
            else "Ground Restraint"
            for only, taser, shot, other in zip(cuffs & ~device, device, fired, held, strict=True)
        ],
        "CED Used": _say(device),
        "CED Drawn": [("Yes" if used else None) for used in device.tolist()],
        "CED Fired": [
            ("Yes" if shot else "No") if used else None for used, shot in zip(device, fired, strict=True)
        ],
        "Firearms Aimed": _say(draws.happens(400, n)),
        "Firearms Fired": ["No"] * n,
        "SubjectAge": [_AGES[at][0] for at in ages],
        "SubjectGender": [("Male", "Female")[at] for at in draws.pick((84, 16), n).tolist()],
        "SubjectEthnicity": ethnicity,
        "SubjectInjured": _say(draws.happens(7_000, n)),
        "Outcome: Arrested": _say(draws.happens(64_000, n)),
        "Outcome: Hospitalised": _say(draws.happens(5_000, n)),
        "Outcome: Detained - Mental Health Act": _say(draws.happens(6_000, n)),
        "Outcome: Made off/escaped": _say(draws.happens(1_000, n)),
        "Outcome: Fatality": ["No"] * n,
    }
    blank: list[str | None] = [None] * n
    return pl.DataFrame(
        {name: columns.get(name, blank) for name in FORCE_COLUMNS},
        schema=dict.fromkeys(FORCE_COLUMNS, pl.String),
    )


def _say(yes: np.typing.NDArray[np.bool_]) -> list[str | None]:
    return ["Yes" if is_so else "No" for is_so in yes.tolist()]
