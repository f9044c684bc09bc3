"""From a measure's SQL to observations: add what is new, close what no longer holds."""

from collections.abc import Iterable
from datetime import date

import asyncpg

import sql.queries
from etl.months import add_months, month_ranges
from etl.sources import SOURCES, TABLE_SOURCES
from sql.measure import Measure, group_codes, load_measures

# what the measures of a source read
TABLES = {source.source: source.tally.tables for source in SOURCES if source.tally} | {
    source.source: (source.table,) for source in TABLE_SOURCES
}
TABLES |= {
    "payment": ("payment",),
    "revenue_return": ("spending_return",),
    "section_251": ("spending_return",),
}
PERIODS = {source.source: source.period for source in TABLE_SOURCES} | {
    "revenue_return": 12,
    "section_251": 12,
}
# Measures join on the columns of a cell together. The planner takes each column by itself, for a poor key, and would
# merge on some of them, comparing every class of a cell with every other: four times as slow. A small sample says
# enough of tables as even as these.
SETTINGS = """
set local enable_mergejoin = off;
set local jit = off;
set local default_statistics_target = 10
"""


async def tend(conn: asyncpg.Connection, metrics: Iterable[str]) -> None:
    """Bring statistics up to date for what the measures of these metrics read."""
    measures = [load_measures()[metric] for metric in metrics if metric in load_measures()]
    sources = {name for measure in measures for name in (measure.source, measure.follows) if name}
    tables = [table for source in sorted(sources) for table in TABLES.get(source, ())]
    # without statistics the planner takes the small tables for large ones
    await conn.execute(f"analyze {', '.join(['coverage, vocabulary_class, area, series', *tables])}")


async def recompute(
    conn: asyncpg.Connection, measure: Measure, months: list[date], before: int, release_id: int
) -> tuple[int, int]:
    """Recompute one metric in the given months: close what no longer holds, add what is new.

    Returns how many observations were added and closed.
    """
    added = closed = 0
    has_past = await conn.fetchval(sql.queries.load("has_past"), measure.metric)
    add, replace = (
        statement.replace("{revision}", NEXT_REVISION if has_past else "0").replace("{measure}", measure.sql)
        for statement in (ADD, REPLACE)
    )
    for first, last in list_ranges(measure, months):
        has_some = await conn.fetchval(sql.queries.load("has_observations"), measure.metric, first, last)
        if has_some:
            row = await conn.fetchrow(
                replace, first, last, measure.metric, release_id, measure.method_version, before
            )
            added, closed = added + row["added"], closed + row["closed"]
        else:
            status = await conn.execute(add, first, last, measure.metric, release_id, measure.method_version)
            added += int(status.rsplit(" ", 1)[1])
    return added, closed


def list_ranges(measure: Measure, months: list[date]) -> list[tuple[date, date]]:
    """The ranges in which the observations begin that follow from the files of these months.

    A month of a survey is the last of the twelve that its figure covers: all years between are one range.
    """
    period = PERIODS.get(measure.source, 1)
    if period == 1:
        return month_ranges(months)
    starts = [add_months(month, 1 - period) for month in months]
    return [(min(starts), max(starts))]


async def add_all_series(conn: asyncpg.Connection, metrics: Iterable[str]) -> None:
    """Give a number to each series that the metrics have: basis × group."""
    classes = {
        row["field"]: tuple(row["classes"]) for row in await conn.fetch(sql.queries.load("read_classes"))
    }
    triples = [
        (measure.metric, basis, code)
        for metric in metrics
        if (measure := load_measures().get(metric))
        for basis in measure.basis_codes
        for code in group_codes(measure, basis, classes)
    ]
    columns = [list(column) for column in zip(*triples, strict=True)] or [[], [], []]
    await conn.execute(sql.queries.load("add_series"), *columns)


# A cell that had a figure, then none, and has one again: what it says now is no first word.
NEXT_REVISION = """coalesce((select max(p.revision) + 1
                   from observation p
                  where p.series_id = f.series_id
                    and p.period_start = f.period_start
                    and p.borough = f.borough
                    and p.force = f.force
                    and p.last_release is not null), 0)"""

# A group without a series violates the not-null of series_id: a measure may not say what its head does not declare.
ADD = """
insert into observation (series_id, period_start, period_end, borough, force, numerator, reference_numerator,
                         unknown_numerator, base, method_version, revision, first_release)
select f.series_id, f.period_start, f.period_end, f.borough, f.force, f.numerator, f.reference_numerator,
       f.unknown_numerator, f.base, $5::int2, {revision}, $4::int4
  from (select s.series_id, m.*
          from ({measure}) m
          left join series s
            on s.metric = $3::text and s.basis = m.basis and s.group_code = m.group_code) f
"""

REPLACE = """
  with fresh as materialized (
       select s.series_id, f.*
         from ({measure}) f
         left join series s
           on s.metric = $3::text and s.basis = f.basis and s.group_code = f.group_code
       ),
       current as materialized (
       select o.ctid as row_id, o.*
         from observation o
        where o.series_id = any (array(select series_id from series where metric = $3::text))
          and o.period_start between $1::date and $2::date
          and o.last_release is null
       ),
       compared as (
       select f as fresh, c.row_id, f.series_id is null as is_gone,
              -- another method is no revision of what the figure counts
              case when c.row_id is null then {revision}
                   when (f.numerator, f.reference_numerator, f.unknown_numerator, f.base)
                        is distinct from
                        (c.numerator, c.reference_numerator, c.unknown_numerator, c.base) then c.revision + 1
                   else c.revision
               end as revision,
              (f.series_id, f.numerator, f.reference_numerator, f.unknown_numerator, f.base, $5::int2)
              is distinct from
              (c.series_id, c.numerator, c.reference_numerator, c.unknown_numerator, c.base, c.method_version) as is_other
         from fresh f
         full join current c
           on c.series_id = f.series_id and c.period_start = f.period_start
          and c.borough = f.borough and c.force = f.force
       ),
       closed as (
       update observation o
          set last_release = $6::int4
         from compared c
        where o.ctid = c.row_id
          and c.is_other
    returning 1
       ),
       added as (
       insert into observation (series_id, period_start, period_end, borough, force, numerator, reference_numerator,
                                unknown_numerator, base, method_version, revision, first_release)
       select (fresh).series_id, (fresh).period_start, (fresh).period_end, (fresh).borough, (fresh).force,
              (fresh).numerator, (fresh).reference_numerator, (fresh).unknown_numerator, (fresh).base,
              $5::int2, revision, $4::int4
         from compared
        where is_other
          and not is_gone
    returning 1
       )
select (select count(*) from added) as added, (select count(*) from closed) as closed
"""
