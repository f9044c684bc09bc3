"""Population files in the database, beside the tables that ship with the project.

Figures stand on one vintage of each population (the view `population_in_use`). A file that says what stands already
changes nothing; one that says otherwise is a vintage of its own, holds every year that the one in use holds, and takes
its place as a whole. A census of 2011 is kept beside that of 2021 and never takes its place.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import asyncpg
import msgspec

import sql.queries
from etl.candidate import Candidate, read_bytes
from etl.errors import Refused
from etl.population_rows import CENSUS, CENSUS_2011, MID_YEAR, Population
from etl.population_tables import read_population
from etl.report import FileReport

Cell = tuple[str, int, int]
FIRST = date.min


class Vintage(msgspec.Struct, frozen=True):
    """One vintage of populations: persons by (population, borough, year). `published` None: shipped."""

    vintage: str
    published: date | None
    persons: dict[Cell, int]

    @property
    def years(self) -> set[tuple[str, int]]:
        """The years of each population."""
        return {(population, year) for population, _, year in self.persons}


async def load_population(conn: asyncpg.Connection, candidate: Candidate) -> FileReport:
    """Load a population file in one transaction. Raises Refused."""
    start = time.perf_counter()
    rows = read_population(read_bytes(candidate), Path(candidate.member or candidate.file).name)
    published = candidate.vintage or candidate.retrieved_at.date()
    async with conn.transaction():
        names = sorted({row.population for row in rows})
        stored = gather(await conn.fetch(sql.queries.load("read_populations"), names))
        vintage, message = choose_vintage(rows, published, stored)
        if vintage is not None:
            await conn.executemany(
                sql.queries.load("add_population"),
                [
                    (r.population, r.borough, r.year, r.persons, vintage, candidate.file, published)
                    for r in rows
                ],
            )
    count = len(rows)
    return FileReport(
        file=candidate.file,
        source="population",
        status="loaded" if vintage is not None else "unchanged",
        rows_read=count if vintage is not None else 0,
        rows_loaded=count if vintage is not None else 0,
        rows_placed=count if vintage is not None else 0,
        seconds=round(time.perf_counter() - start, 3),
        message=message,
    )


def gather(rows: Iterable[Mapping[str, object]]) -> list[Vintage]:
    """Stored rows as vintages: of each those populations that were asked for."""
    found: dict[tuple[str, date | None], dict[Cell, int]] = {}
    for row in rows:
        key = msgspec.convert((row["vintage"], row["published"]), tuple[str, date | None])
        cell = msgspec.convert((row["population"], row["borough"], row["year"]), Cell)
        found.setdefault(key, {})[cell] = msgspec.convert(row["persons"], int)
    return [Vintage(vintage, published, persons) for (vintage, published), persons in found.items()]


def choose_vintage(
    rows: Iterable[Population], published: date, stored: Iterable[Vintage]
) -> tuple[str | None, str]:
    """Under which vintage a file's rows go into the database, None where they change nothing; and what to tell.

    `stored`: what the database holds of the same populations. Raises Refused where the rows may not take the place of
    those in use.
    """
    listed = list(rows)
    label = listed[0].vintage
    if (year := max(row.year for row in listed)) > published.year:
        raise Refused(
            f"The file holds residents of {year}, which lies in the future. Check its years and its name."
        )
    persons = {(row.population, row.borough, row.year): row.persons for row in listed}
    kept = [one for one in stored if (one.vintage.startswith(CENSUS_2011)) == (label == CENSUS_2011)]
    if not kept:
        return label, _tell_first(label)
    in_use = max(kept, key=_rank)
    if all(in_use.persons.get(cell) == count for cell, count in persons.items()):
        return None, f"These figures stand already ({in_use.vintage})."
    new = Vintage(label, published, persons)
    _check_years(new, in_use)
    if published <= (in_use.published or FIRST):
        raise Refused(
            f"This copy (vintage {published}) is not newer than the one in use ({in_use.vintage}, vintage {in_use.published}),"
            " and differs from it. Say with --vintage YYYY-MM-DD when this one was published."
        )
    taken = {one.vintage for one in kept}
    if label in taken:
        label = f"{label}, copy of {published}"
    changed = sum(
        in_use.persons.get(cell) != count for cell, count in persons.items() if cell in in_use.persons
    )
    return label, (
        f"Takes the place of {in_use.vintage}: {changed:,} of {len(persons):,} figures differ from it."
    )


def _rank(vintage: Vintage) -> tuple[int, date, str]:
    """As in the view `population_in_use`: what reaches furthest, then what was published last."""
    return max(year for _, year in vintage.years), vintage.published or FIRST, vintage.vintage


def _check_years(new: Vintage, in_use: Vintage) -> None:
    """Raise Refused where a year or a group that is in use would be without residents, or the file would not be used.

    A later year by single years of age is the only file of its kind: it takes over though it holds one year.
    """
    lost = sorted(in_use.years - new.years)
    reaches_further = max(year for _, year in new.years) > max(year for _, year in in_use.years)
    is_by_age = all(population.startswith("age:") for population, _ in new.years)
    if lost and not (is_by_age and reaches_further):
        population, year = lost[0]
        raise Refused(
            f"The file differs from the figures in use ({in_use.vintage}) and lacks {population} of {year}, which they hold."
            " Vintages are never mixed, so it would leave that year without residents: load a file that holds all of them."
        )


def _tell_first(label: str) -> str:
    if label == CENSUS_2011:
        return f"Kept beside {CENSUS}, on which the figures stand."
    return f"The first figures of this kind ({label})." if label != MID_YEAR else ""
