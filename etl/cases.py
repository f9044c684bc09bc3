"""What became of crimes: counted anew, for the months that a release recomputes, before the measures read it."""

from collections.abc import Mapping, Sequence
from datetime import date

import asyncpg

import sql.queries
from etl.months import add_months, month_ranges
from sql.measure import load_measures

# What an outcomes file lacks that was cut by the crimes of its own month, and how many outcomes it takes to see that.
OLDER_CASES = "older_cases"
ONLY_OWN = "it tells only of crimes of its own month"
LEAST_OUTCOMES, LOOKED_AHEAD = 50, 3
# What the counts join. Without statistics of what was just loaded, and of the words of a new database, two million crimes
# took minutes where they take seconds.
JOINED = "analyze crime, crime_outcome, vocabulary"
# Crimes are joined by three columns together, of which the planner expects a handful of rows: it would compare each with
# each, or sort them by identifier. The joins are done in the order in which they are written.
BY_HASH = (
    "set local enable_nestloop = off; set local enable_sort = off; set local work_mem = '64MB';"
    " set local join_collapse_limit = 1"
)
AS_BEFORE = (
    "set local enable_nestloop = on; set local enable_sort = on; set local work_mem to default;"
    " set local join_collapse_limit to default"
)


def find_cohorts(stale: Mapping[str, Sequence[date]]) -> list[date]:
    """The months of crimes, in order, whose cases the stale months of these metrics count."""
    measures = load_measures()
    return sorted(
        {
            month
            for metric, months in stale.items()
            if metric in measures and measures[metric].kind == "cohort"
            for month in months
        }
    )


async def mark_short_outcomes(conn: asyncpg.Connection) -> None:
    """Say of the outcomes files around the months that are stale whether they tell of older crimes."""
    cohorts = [measure.metric for measure in load_measures().values() if measure.kind == "cohort"]
    rows = await conn.fetch("select distinct month from stale where metric = any ($1::text[])", cohorts)
    months = [row["month"] for row in rows]
    if not months:
        return
    await conn.execute(JOINED)
    await conn.execute(BY_HASH)
    last = add_months(max(months), LOOKED_AHEAD)
    query = sql.queries.load("mark_short_outcomes")
    await conn.execute(query, min(months), last, OLDER_CASES, ONLY_OWN, LEAST_OUTCOMES)
    await conn.execute(AS_BEFORE)


async def count_cases(conn: asyncpg.Connection, months: Sequence[date]) -> None:
    """Count what became of the crimes of these months, within a transaction, from the files as they are now."""
    if not months:
        return
    await conn.execute(BY_HASH)
    for first, last in month_ranges(months):
        await conn.execute(sql.queries.load("drop_cases"), first, last)
        await conn.execute(sql.queries.load("count_cases"), first, last)
    await conn.execute(AS_BEFORE)
    await conn.execute("analyze case_tally")
