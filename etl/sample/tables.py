"""Sample files of many months: thorough searches, borough-level crime, and the attitude survey, in their publishers' form.

Oddities, each seen in the real files: `positve_outcome` and `approporiate_adult_present_if_required?` in the header of
thorough searches, M/F/U/V for sex, `City of Westminster`, an airport command in place of a borough, `#N/A` and
`Not Recorded`; crime counts in columns named after months, with an `Unknown` borough; a survey whose dates put the month
first and whose City of London is not there.

These sources are small, so they are written in about real volume whatever the scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from etl.months import add_months
from etl.sample.draws import Draws
from etl.sample.profile import BOROUGHS
from etl.sample_marks import SAMPLE_WORDS

__all__ = ["MAJOR_WORDS", "make_borough_crime", "make_survey", "make_thorough_searches"]

_SEARCHES_A_MONTH = 300
_REASONS = (
    ("B Drugs (s.23 Misuse of Drugs Act)", 800),
    ("D Weapons, Point & Blades (s.1 PACE, s.139 CJ Act)", 120),
    ("All Other Searches", 68),
    ("K s.60 CJPO Weapons", 9),
    ("C Firearms (s.47 Firearms Act)", 3),
)
_RESULTS = (
    ("B Drugs", 620),
    ("All Other Outcome Reasons", 190),
    ("B Drugs Possession Only", 130),
    ("D Weapons, Points & Blades Offences", 60),
)
_AGES = (("18 or older", 9_330), ("Under 18", 660), ("Not Recorded", 6), ("Recorded as 0 or Not Known", 4))
_SEXES = (("M", 950), ("F", 46), ("U", 3), ("V", 1))
_UNKNOWN_ETHNICITY = (("Unknown", 80), ("#N/A", 15), ("Not Recorded", 5))
_GROUPS = ("White", "Black", "Asian", "Other")
_AIRPORT = "Aviation Security (SO18)"

# Category of data.police.uk -> the Met's words for about the same offences, MajorText and MinorText.
MAJOR_WORDS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "Bicycle theft": (("THEFT", "BICYCLE THEFT", 100),),
    "Burglary": (
        ("BURGLARY", "BURGLARY - RESIDENTIAL", 70),
        ("BURGLARY", "BURGLARY BUSINESS AND COMMUNITY", 30),
    ),
    "Criminal damage and arson": (
        ("ARSON AND CRIMINAL DAMAGE", "CRIMINAL DAMAGE", 96),
        ("ARSON AND CRIMINAL DAMAGE", "ARSON", 4),
    ),
    "Drugs": (
        ("DRUG OFFENCES", "POSSESSION OF DRUGS", 82),
        ("DRUG OFFENCES", "TRAFFICKING OF DRUGS", 18),
    ),
    "Other crime": (("MISCELLANEOUS CRIMES AGAINST SOCIETY", "MISC CRIMES AGAINST SOCIETY", 100),),
    "Other theft": (("THEFT", "OTHER THEFT", 100),),
    "Possession of weapons": (("POSSESSION OF WEAPONS", "POSSESSION OF WEAPONS", 100),),
    "Public order": (("PUBLIC ORDER OFFENCES", "PUBLIC FEAR ALARM OR DISTRESS", 100),),
    "Robbery": (
        ("ROBBERY", "ROBBERY OF PERSONAL PROPERTY", 92),
        ("ROBBERY", "ROBBERY OF BUSINESS PROPERTY", 8),
    ),
    "Shoplifting": (("THEFT", "SHOPLIFTING", 100),),
    "Theft from the person": (("THEFT", "THEFT FROM THE PERSON", 100),),
    "Vehicle crime": (
        ("VEHICLE OFFENCES", "THEFT FROM A VEHICLE", 55),
        ("VEHICLE OFFENCES", "THEFT OR UNAUTH TAKING OF A MOTOR VEH", 45),
    ),
    "Violence and sexual offences": (
        ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITHOUT INJURY", 56),
        ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY", 34),
        ("SEXUAL OFFENCES", "OTHER SEXUAL OFFENCES", 10),
    ),
}

_SURVEYED = (
    ('"Good Job" local', 50),
    ("Contact ward officer", 16),
    ("Informed local", 28),
    ("Listen to concerns", 59),
    ("Relied on to be there", 60),
    ("Treat everyone fairly", 61),
    ("Understand issues", 62),
    ("Trust MPS", 71),
)


def make_thorough_searches(months: Sequence[date], seed: int) -> pl.DataFrame:
    """The Met's thorough searches of these months in one file, all columns as text."""
    return pl.concat(
        [_search_month(month, Draws(seed, 5, month.year * 12 + month.month)) for month in months]
    )


def _search_month(month: date, draws: Draws) -> pl.DataFrame:
    n = draws.near(_SEARCHES_A_MONTH, 10)
    days = (add_months(month, 1) - month).days
    met = BOROUGHS[1:]
    weights = [b.people * b.searched * part for b in met for part in (b.white, 3 * b.black, b.asian, b.other)]
    cell = draws.pick(np.array(weights, dtype=np.int64) // 100, n)
    names = [_spell_borough(b.name) for b in met]
    borough = [names[at] for at in (cell // len(_GROUPS)).tolist()]
    ethnicity = [_GROUPS[at] for at in (cell % len(_GROUPS)).tolist()]
    for at in np.flatnonzero(draws.happens(800, n)).tolist():
        ethnicity[at] = _UNKNOWN_ETHNICITY[draws.pick([weight for _, weight in _UNKNOWN_ETHNICITY], 1)[0]][0]
    for at in np.flatnonzero(draws.happens(400, n)).tolist():
        borough[at] = _AIRPORT
    positive = draws.happens(46_000, n).tolist()
    results = _words(_RESULTS, n, draws)
    ages = _words(_AGES, n, draws)
    day = draws.below(days, n).tolist()
    return pl.DataFrame(
        {
            "stop_date": [f"{month + timedelta(days=d):%Y-%m-%d} 00:00:00.000000" for d in day],
            "area": [SAMPLE_WORDS] * n,
            "borough": borough,
            "age_group": ages,
            "sex": _words(_SEXES, n, draws),
            "ethnic_appearance": ethnicity,
            "stop_reason": _words(_REASONS, n, draws),
            "outcome_reason": [
                result if is_positive else "Not Applicable"
                for result, is_positive in zip(results, positive, strict=True)
            ],
            "approporiate_adult_present_if_required?": ["Y" if age == "Under 18" else None for age in ages],
            "positve_outcome": ["Yes" if is_positive else "No" for is_positive in positive],
        }
    )


def make_borough_crime(counts: Mapping[tuple[str, str, date], int], seed: int) -> pl.DataFrame:
    """The Met's own wide table of offences: a row a borough and offence, a column a month.

    `counts`: street crimes by borough name, category and month, of which the Met's count is a few percent more or less.
    """
    months = sorted({month for _, _, month in counts})
    draws = Draws(seed, 6)
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for (borough, category, month), count in sorted(counts.items()):
        for major, minor, percent in MAJOR_WORDS.get(category, ()):
            expected = count * percent // 100
            row = rows.setdefault((major, minor, borough), {f"{one:%Y%m}": "0" for one in months})
            row[f"{month:%Y%m}"] = str(draws.near(expected, 6) if expected else 0)
    rows[SAMPLE_WORDS, SAMPLE_WORDS, "Unknown"] = {f"{one:%Y%m}": "0" for one in months}
    return pl.DataFrame(
        [
            {"MajorText": major, "MinorText": minor, "BoroughName": borough, **row}
            for (major, minor, borough), row in rows.items()
        ]
    )


def make_survey(months: Sequence[date], seed: int) -> pl.DataFrame:
    """The attitude survey's borough table: a row a quarter, borough and question; dates with the month first."""
    rows: list[dict[str, str]] = []
    ends = [add_months(month, 1) - timedelta(days=1) for month in months if month.month % 3 == 0]
    for end in ends:
        for measure, percent in _SURVEYED:
            draws = Draws(seed, 7, end.year * 12 + end.month, percent)
            for borough in BOROUGHS[1:]:
                share = percent + (borough.positive - 33) // 2 + draws.one(9) - 4
                rows.append(
                    {
                        "": str(len(rows)),
                        "Date": f"{end.month}/{end.day}/{end.year}",
                        "Survey": "PAS",
                        "Borough": _spell_borough(borough.name),
                        "Measure": measure,
                        "Proportion": _spell_share(share),
                        "MPS": _spell_share(percent),
                    }
                )
    for row in rows[:1]:
        rows.append({**row, "": str(len(rows)), "Survey": SAMPLE_WORDS})
    return pl.DataFrame(rows)


def _spell_share(percent: int) -> str:
    return f"{percent / 100:g}"


def _spell_borough(name: str) -> str:
    return "City of Westminster" if name == "Westminster" else name


def _words(weighted: Sequence[tuple[str, int]], n: int, draws: Draws) -> list[str]:
    picked = draws.pick([weight for _, weight in weighted], n)
    return [weighted[at][0] for at in picked.tolist()]
