"""Whose residents stand under a rate: person-time by borough and month (shared/methods.md, rule 2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BOROUGHS = 34
CENSUS_POPULATIONS = ("gender", "ethnicity", "ethnicity_officer", "ethnicity_perceived")


@dataclass(frozen=True, slots=True)
class Exposure:
    """One population of one vintage. `persons` is years × 34 boroughs by number, NaN where unknown."""

    population: str
    vintage: str
    years: NDArray[np.int64]
    persons: NDArray[np.float64]

    @property
    def is_census(self) -> bool:
        """A census stands for every month; a yearly estimate for its year, the last one for later months."""
        return self.population.partition(":")[0] in CENSUS_POPULATIONS

    def persons_by_month(self, first: int, last: int) -> NDArray[np.float64]:
        """Persons in each month of `first` to `last`: 34 boroughs × months, NaN before the first estimate."""
        years = np.arange(first, last + 1) // 12
        if self.is_census:
            return np.repeat(self.persons[-1][:, None], len(years), axis=1)
        at = np.searchsorted(self.years, years, side="right") - 1
        persons: NDArray[np.float64] = self.persons[np.maximum(at, 0)].T.copy()
        persons[:, at < 0] = np.nan
        return persons

    def is_carried_forward(self, first: int, last: int) -> NDArray[np.bool_]:
        """Whether each month from `first` to `last` lies after the last year of estimates."""
        months = np.arange(first, last + 1)
        if self.is_census:
            return np.zeros(len(months), dtype=bool)
        return np.asarray(months // 12 > self.years[-1])


def read_exposures(rows: Iterable[Mapping[str, Any]]) -> dict[str, Exposure]:
    """Exposures by population, from rows of population, borough, year, persons, vintage.

    Vintages are never mixed: of several for one population, the one that reaches furthest is used, the last
    by name among equals.
    """
    found: dict[str, dict[str, dict[tuple[int, int], int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        found[row["population"]][row["vintage"]][row["year"], row["borough"]] = row["persons"]
    exposures = {}
    for population, vintages in found.items():
        vintage = max(vintages, key=lambda name: (max(year for year, _ in vintages[name]), name))
        cells = vintages[vintage]
        years = sorted({year for year, _ in cells})
        persons = np.full((len(years), BOROUGHS), np.nan)
        for (year, borough), count in cells.items():
            persons[years.index(year), borough] = count
        exposures[population] = Exposure(population, vintage, np.array(years), persons)
    return exposures
