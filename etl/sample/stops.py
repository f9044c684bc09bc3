"""Sample stops and searches of one force and month, in the publisher's form.

Oddities, each seen in real files (months are those of the real ones):

- a partial month: the Met's 2022-12 ends on the 17th (`last_day`);
- no coordinates in 10% of Met rows, 7–8% from 2024-03;
- `Outcome linked to object of search` blank for the Met to 2024-01, then `False` in every row; the City
  really uses it;
- `Removal of more than just outer clothing` blank for the Met to 2024-01, filled from 2024-02;
- from 2024-03 gender "Other" leaps to 15% and blanks vanish; two new ethnicity codes from 2024-02;
- a few searches of "under 10", more from 2024-03;
- self-defined ethnicity not stated or blank in 31%, officer-defined blank in 2% (the double from 2024-03);
- stamps in UTC, so that a summer file opens with rows of 23:00 on the last day of the month before;
- identical rows that are two searches;
- vehicle searches, which mostly describe no person; a few rows without an outcome (2024-05 and 2024-06);
- a Met stop in Newcastle (in each September).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from etl.months import add_months
from etl.sample import words
from etl.sample.draws import Draws, Integers, Mask
from etl.sample.places import Places
from etl.sample.profile import AROUND_CITY, BOROUGHS, MET, Force
from etl.sample_marks import SAMPLE_WORDS

__all__ = ["STOP_COLUMNS", "make_stops"]

STOP_COLUMNS = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)

_TYPES = ("Person search", "Person and Vehicle search", "Vehicle search")
_GROUPS = 4
_HOURS = (42, 35, 27, 20, 12, 7, 6, 8, 15, 23, 33, 43, 49, 59, 76, 98, 100, 84, 66, 62, 62, 56, 52, 49)
_MINUTES = tuple(
    {0: 260, 30: 230, 15: 120, 45: 125, 20: 130, 40: 120, 50: 125}.get(m, 75 if m % 5 == 0 else 27)
    for m in range(60)
)


def make_stops(
    force: Force, month: date, count: int, last_day: int | None, places: Places, draws: Draws
) -> pl.DataFrame:
    """`count` searches of one force in one month, oldest first, all columns as text.

    With `last_day` the file breaks off after that day, as if copied too early: the days before hold their
    usual share.
    """
    days = (add_months(month, 1) - month).days
    n = max(3, count * (last_day or days) // days)
    met = force is MET
    pairs = max(int(met), n * 5 // 1_000)
    n -= pairs
    newer, newest = month >= date(2024, 2, 1), month >= date(2024, 3, 1)

    borough, ethnicity = _draw_who_and_where(met, n, draws)
    spot = places.draw(borough, draws)
    spot[draws.happens(7_500 if newest else 10_200, n)] = places.nowhere
    vehicle = draws.happens(1_200, n)
    unknown = draws.happens(2_900 if newest else 1_400, n) | (vehicle & draws.happens(75_000, n))
    ethnicity[unknown] = len(words.OFFICER_DEFINED) - 1
    self_defined = draws.pick_by(words.SELF_DEFINED_WEIGHTS, ethnicity)

    ages, age_weights = words.split(words.AGES)
    age = draws.pick(age_weights, n)
    age[vehicle & draws.happens(80_000, n)] = ages.index(None)
    under_ten = max(int(met), n * (180 if newest else 30) // 100_000)
    age[draws.shuffled(n)[:under_ten]] = len(ages)

    ground = draws.pick([weight for _, _, weight, _ in words.GROUNDS], n)
    usual = np.array([b.positive for b in BOROUGHS], dtype=np.int64)[borough]
    chance = usual * np.array([percent for *_, percent in words.GROUNDS], dtype=np.int64)[ground] * 10
    positive = draws.happens(chance, n)
    positive[draws.one(n)] = True
    outcome = np.where(positive, 1 + draws.pick([weight for *_, weight in words.POSITIVE_OUTCOMES], n), 0)
    outcome_words = [words.no_action_word(month), *words.positive_words(month), None]
    if met and month in (date(2024, 5, 1), date(2024, 6, 1)):
        outcome[draws.one(n)] = len(outcome_words) - 1

    gender = draws.pick((7_600, 860, 1_540, 0) if newest else (8_970, 860, 190 if newer else 12, 20), n)
    gender[vehicle & draws.happens(75_000, n)] = 2 if newest else 3
    if met and month.month == 9:
        spot[draws.one(n)] = places.newcastle
    frame = pl.DataFrame(
        {
            "Type": _spell(_TYPES, np.where(vehicle, 2, draws.happens(19_000, n))),
            "Date": _draw_stamps(month, last_day or days, n, draws),
            # The City leaves the first of these blank (2016-06, 2017-03).
            "Part of a policing operation": pl.repeat(
                "False" if met else None, n, dtype=pl.String, eager=True
            ),
            "Policing operation": pl.repeat(SAMPLE_WORDS, n, eager=True),
            "Latitude": places.table["Latitude"].gather(spot),
            "Longitude": places.table["Longitude"].gather(spot),
            "Gender": _spell(("Male", "Female", "Other", None), gender),
            "Age range": _spell((*ages, words.UNDER_TEN), age),
            "Self-defined ethnicity": _spell(words.self_defined_words(month), self_defined),
            "Officer-defined ethnicity": _spell(words.OFFICER_DEFINED, ethnicity),
            "Legislation": _spell([law for law, *_ in words.GROUNDS], ground),
            "Object of search": _spell([thing for _, thing, *_ in words.GROUNDS], ground),
            "Outcome": _spell(outcome_words, outcome),
            "Outcome linked to object of search": _spell_linked(met, newer, positive, draws),
            "Removal of more than just outer clothing": _spell(
                ("False", "True") if newer or not met else (None, None), draws.happens(1_700, n)
            ),
        }
    )
    # Identical rows, one after the other: two people searched together.
    return frame[np.sort(np.concatenate([np.arange(n), draws.shuffled(n)[:pairs]]))]


def _spell(spelling: Sequence[str | None], position: Integers | Mask) -> pl.Series:
    """Words for positions."""
    return pl.Series(spelling, dtype=pl.String).gather(position.astype(np.uint32))


def _spell_linked(met: bool, newer: bool, positive: Mask, draws: Draws) -> pl.Series:
    """Was the outcome linked to the object? The City answers where something followed; the Met never does."""
    if met:
        return _spell(("False" if newer else None,), np.zeros(len(positive), dtype=np.int64))
    answer = np.where(positive, 1 + draws.happens(72_000, len(positive)), 0)
    answer[np.argmax(positive)] = 2
    return _spell((None, "False", "True"), answer)


def _draw_who_and_where(met: bool, n: int, draws: Draws) -> tuple[Integers, Integers]:
    """For each search the position of the borough and of the group (White, Black, Asian, Other)."""
    weights: list[int] = []
    for borough in BOROUGHS:
        people = (borough.white, borough.black, borough.asian, borough.other)
        ratios = (10, borough.black_ratio, borough.asian_ratio, borough.other_ratio)
        # Each force searches a few people in the other's area.
        home = (4 if borough.name == "City of London" else 10) if met else AROUND_CITY.get(borough.name, 0)
        size = borough.people * borough.searched if met else 100
        weights.extend(home * size * share * ratio for share, ratio in zip(people, ratios, strict=True))
    cell = draws.pick(np.array(weights, dtype=np.int64) // (1_000 if met else 1), n)
    return cell // _GROUPS, cell % _GROUPS


def _draw_stamps(month: date, last_day: int, n: int, draws: Draws) -> pl.Series:
    """UTC stamps of `n` searches, oldest first: days evenly filled, hours as busy as they are in London."""
    day = (np.arange(n, dtype=np.int64) * 1_000 + draws.below(1_000, n)) * last_day // (n * 1_000)
    minute = draws.pick(_HOURS, n) * 60 + draws.pick(_MINUTES, n)
    opening, ending = _summer_time(month.year)
    here = [month + timedelta(days=at) for at in range(last_day)]
    early = np.array([60 if opening < d <= ending else 0 for d in here], dtype=np.int64)
    late = np.array([60 if opening <= d < ending else 0 for d in here], dtype=np.int64)
    # On the two Sundays the clock changes at about 02:00: no search falls in an hour that does not exist.
    minute -= np.where(minute < 120, early[day], late[day])
    stamps = np.sort(day * 1_440 + minute)
    start = datetime(month.year, month.month, 1)  # noqa: DTZ001 - written as UTC below
    return pl.select(
        (pl.lit(start) + pl.duration(minutes=pl.lit(pl.Series(stamps)))).dt.strftime(
            "%Y-%m-%dT%H:%M:%S+00:00"
        )
    ).to_series()


def _summer_time(year: int) -> tuple[date, date]:
    """The last Sundays of March and of October, when the clocks change."""
    march, october = date(year, 3, 31), date(year, 10, 31)
    return (
        march - timedelta(days=(march.weekday() + 1) % 7),
        october - timedelta(days=(october.weekday() + 1) % 7),
    )
