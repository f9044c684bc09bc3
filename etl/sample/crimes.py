"""Sample street crime and outcomes of one force and month, in the publisher's form.

Oddities, each seen in real files (months are those of the real ones):

- anti-social behaviour has no Crime ID and no outcome;
- `No Location` (in outcome files `No location`) without point and LSOA: 2% of Met rows, 9% of the City's;
- `On or near ` with nothing after it: 8% of Met rows to 2023-03, fewer in 2023-04, then none;
- quoted commas in Location;
- crimes far away: `Birmingham 138A`, `Bolton 016E`, and just over the border;
- a burglary whose point lies in one borough and whose LSOA belongs to its neighbour;
- ids that stand twice in one street file with different last outcomes (Met; most in 2023-06);
- outcomes for crimes of earlier months, several for one id, a charge followed by an administrative word;
- `Last outcome category` as it stood when the month was published: the outcomes of that month, in street
  files' words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from etl.sample import cases
from etl.sample.draws import Draws, Integers
from etl.sample.places import Places
from etl.sample.profile import AROUND_CITY, BOROUGHS, CATEGORIES, MET, Force
from etl.sample_marks import SAMPLE_ID_PREFIX, SAMPLE_WORDS

__all__ = ["OUTCOME_COLUMNS", "STREET_COLUMNS", "Cohort", "make_cohort", "make_outcomes", "make_street"]

_PLACE_COLUMNS = ("Longitude", "Latitude", "Location", "LSOA code", "LSOA name")
_FORCE_COLUMNS = ("Reported by", "Falls within")
STREET_COLUMNS = (
    "Crime ID",
    "Month",
    *_FORCE_COLUMNS,
    *_PLACE_COLUMNS,
    "Crime type",
    "Last outcome category",
    "Context",
)
OUTCOME_COLUMNS = ("Crime ID", "Month", *_FORCE_COLUMNS, *_PLACE_COLUMNS, "Outcome type")

_NAMES = [category.name for category in CATEGORIES]
_ANTISOCIAL, _BURGLARY = _NAMES.index("Anti-social behaviour"), _NAMES.index("Burglary")
_ID_DIGITS = 64


_CHARGED_LATER, _LATER_STILL = 1_000, 3_000
_COURT_RESULT_UNAVAILABLE = len(cases.LAST_OUTCOME) - 1


@dataclass(frozen=True)
class Cohort:
    """The crimes of one force and month, and everything that ever becomes of them.

    `crimes` has one row a crime: `Crime ID`, `spot` (row of `Places.table`), `nameless`, `category`
    (position) and `quiet` (position in `cases.LAST_OUTCOME` while there is no outcome). `outcomes` has
    the first three of these, `crime` (row in `crimes`), `lag` (months after the crime) and `outcome`
    (position in `cases.OUTCOMES`).
    """

    force: Force
    month: date
    crimes: pl.DataFrame
    outcomes: pl.DataFrame


def make_cohort(force: Force, month: date, count: int, places: Places, draws: Draws) -> Cohort:
    """About `count` crimes of one force and month: every category has at least one."""
    met = force is MET
    category = _draw_categories(met, count, draws)
    n = len(category)
    borough = draws.pick_by(_weigh_boroughs(met), category)
    spot = places.draw(borough, draws)
    spot[draws.happens(1_900 if met else 9_000, n)] = places.nowhere
    if met:
        _move_oddly(spot, category, month, places, draws)
    tails = draws.hexadecimal(n, _ID_DIGITS - len(SAMPLE_ID_PREFIX))
    crimes = pl.DataFrame(
        {
            "Crime ID": [SAMPLE_ID_PREFIX + tail for tail in tails],
            "spot": spot,
            "nameless": draws.happens(_nameless_share(month) if met else 2_200, n) & (spot != places.nowhere),
            "category": category,
            "quiet": cases.NO_OUTCOME + draws.happens(9_000, n).astype(np.int64),
        }
    )
    happened = _draw_outcomes(month, met, category, borough, draws)
    details = crimes.select("Crime ID", "spot", "nameless")[happened["crime"]]
    return Cohort(force, month, crimes, pl.concat([details, happened], how="horizontal"))


def make_street(cohort: Cohort, places: Places, draws: Draws) -> pl.DataFrame:
    """The street file of the cohort's month, all columns as text, place by place.

    A crime with two outcomes in its own month stands in two rows, one for each.
    """
    crimes = cohort.crimes.with_row_index("crime")
    known = cohort.outcomes.filter(pl.col("lag") == 0).select(pl.col("crime").cast(pl.UInt32), "outcome")
    rows = crimes.join(known, on="crime", how="left", maintain_order="left_right")
    rows = rows.sort("spot", maintain_order=True)
    last = rows["outcome"].fill_null(rows["quiet"]).to_numpy().copy()
    last[(last == cases.CHARGED) & draws.happens(12_000, len(last))] = _COURT_RESULT_UNAVAILABLE
    is_case = pl.col("category") != _ANTISOCIAL
    return rows.select(
        pl.when(is_case).then("Crime ID").alias("Crime ID"),
        *_name_month(cohort.force, cohort.month),
        *_spell_places(rows, places),
        _spell(_NAMES, rows["category"]).alias("Crime type"),
        pl.when(is_case).then(_spell(cases.LAST_OUTCOME, pl.Series(last))).alias("Last outcome category"),
        pl.lit(SAMPLE_WORDS).alias("Context"),
    )


def make_outcomes(force: Force, month: date, happened: pl.DataFrame, places: Places) -> pl.DataFrame:
    """The outcome file of a month, all columns as text: `happened` holds rows of many cohorts' `outcomes`."""
    return happened.select(
        "Crime ID",
        *_name_month(force, month),
        # Outcome files write it with a small letter (2023-06).
        *[column.replace(["No Location"], ["No location"]) for column in _spell_places(happened, places)],
        _spell(cases.OUTCOMES, happened["outcome"]).alias("Outcome type"),
    )


def _draw_categories(met: bool, count: int, draws: Draws) -> Integers:
    """Positions of categories, each with its share of `count` give or take, and one at the least."""
    counts = []
    for category in CATEGORIES:
        expected = count * (category.met if met else category.city) // 1_000
        reach = math.isqrt(expected)
        counts.append(max(1, expected - reach + draws.one(2 * reach + 1)))
    return np.repeat(np.arange(len(CATEGORIES)), counts)


def _weigh_boroughs(met: bool) -> list[list[int]]:
    """Weights of the boroughs, one row a category. Each force records a few crimes in the other's area."""
    if not met:
        return [[AROUND_CITY.get(borough.name, 0) for borough in BOROUGHS] for _ in CATEGORIES]
    return [
        [
            borough.people
            * borough.crime
            * (100 + borough.centre * category.centre // 100)
            // (10 if borough.name == "City of London" else 1)
            for borough in BOROUGHS
        ]
        for category in CATEGORIES
    ]


def _move_oddly(spot: Integers, category: Integers, month: date, places: Places, draws: Draws) -> None:
    """Put a few crimes far away, and a few burglaries where point and LSOA disagree."""
    few = max(1, len(spot) // 5_000)
    turn = month.month + np.arange(few)
    spot[draws.below(len(spot), few)] = places.far[turn % len(places.far)]
    burglaries = np.flatnonzero(category == _BURGLARY)
    spot[burglaries[draws.below(len(burglaries), few)]] = places.disagreeing[turn % len(places.disagreeing)]


def _nameless_share(month: date) -> int:
    """How many Met rows in 100,000 have no street name after `On or near `: a fault that ended in 2023-04."""
    if month == date(2023, 4, 1):
        return 2_600
    return 8_000 if month < date(2023, 4, 1) else 0


def _draw_outcomes(
    month: date, met: bool, category: Integers, borough: Integers, draws: Draws
) -> pl.DataFrame:
    """All outcomes of a cohort: `crime`, `lag`, `outcome`; those of one crime in the order they happened."""
    n = len(category)
    outcome = draws.pick_by(cases.OUTCOME_WEIGHTS, category)
    charge = draws.happens(np.array([b.charged for b in BOROUGHS], dtype=np.int64)[borough] * 100, n)
    outcome[charge & (outcome == cases.NO_SUSPECT)] = cases.CHARGED
    lag = draws.pick_by(cases.OUTCOME_LAGS, outcome)
    crime = np.arange(n)

    # Reopened and charged; charged and then closed for the record; two outcomes in the month of the crime.
    reopened = (outcome == cases.NO_SUSPECT) & draws.happens(_CHARGED_LATER, n)
    closed = (outcome == cases.CHARGED) & draws.happens(_LATER_STILL, n)
    often = 0 if not met else 5_000 if month == date(2023, 6, 1) else 800
    twice = (outcome == cases.NO_SUSPECT) & (lag == 0) & ~reopened & draws.happens(often, n)
    later = lag + 1 + draws.below(3, n)
    parts = [
        (outcome != cases.NO_OUTCOME, lag, outcome),
        (reopened, later, np.full(n, cases.CHARGED)),
        (closed, later, np.full(n, cases.STALLED)),
        (twice, lag, np.full(n, cases.CHARGED)),
    ]
    table = pl.concat(
        [
            pl.DataFrame({"crime": crime[has], "lag": when[has], "outcome": what[has]})
            for has, when, what in parts
        ]
    )
    return table.filter(pl.col("lag") <= cases.OLDEST)


def _name_month(force: Force, month: date) -> list[pl.Expr]:
    """The columns that are the same in every row."""
    return [
        pl.lit(f"{month:%Y-%m}").alias("Month"),
        *[pl.lit(force.name).alias(column) for column in _FORCE_COLUMNS],
    ]


def _spell_places(rows: pl.DataFrame, places: Places) -> list[pl.Series]:
    """The place columns of rows that have `spot` and `nameless`."""
    found = places.table.select(_PLACE_COLUMNS)[rows["spot"]]
    return found.with_columns(
        pl.when(rows["nameless"]).then(pl.lit("On or near ")).otherwise("Location").alias("Location")
    ).get_columns()


def _spell(spelling: Sequence[str], position: pl.Series) -> pl.Series:
    """Words for positions."""
    return pl.Series(spelling, dtype=pl.String).gather(position.cast(pl.UInt32))
