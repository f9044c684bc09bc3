"""From a measure's SQL to observations: add what is new, close what no longer holds."""

from collections.abc import Iterable
from datetime import date

import asyncpg

import sql.queries
from etl.months import month_ranges
from sql.measure import Measure, group_codes, load_measures


async def recompute(
    conn: asyncpg.Connection, measure: Measure, months: list[date], before: int, release_id: int
) -> tuple[int, int]:
    """Recompute one metric in the given months: close what no longer holds, add what is new.

    Returns how many observations were added and closed.
    """
    added = closed = 0
    for first, last in month_ranges(months):
        has_some = await conn.fetchval(sql.queries.load("has_observations"), measure.metric, first, last)
        statement = (REPLACE if has_some else ADD).replace("{measure}", measure.sql)
        if has_some:
            row = await conn.fetchrow(
                statement, first, last, measure.metric, release_id, measure.method_version, before
            )
            added, closed = added + row["added"], closed + row["closed"]
        else:
            status = await conn.execute(
                statement, first, last, measure.metric, release_id, measure.method_version
            )
            added += int(status.rsplit(" ", 1)[1])
    return added, closed


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


# A group without a series violates the not-null of series_id: a measure may not say what its head does not declare.
ADD = """
insert into observation (series_id, period_start, period_end, borough, force, numerator, reference_numerator,
                         unknown_numerator, base, method_version, revision, first_release)
select s.series_id, f.period_start, f.period_end, f.borough, f.force, f.numerator, f.reference_numerator,
       f.unknown_numerator, f.base, $5::int2, 0, $4::int4
  from ({measure}) f
  left join series s
    on s.metric = $3::text and s.basis = f.basis and s.group_code = f.group_code
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
       select f as fresh, c.row_id, c.revision, f.series_id is null as is_gone,
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
              $5::int2, coalesce(revision + 1, 0), $4::int4
         from compared
        where is_other
          and not is_gone
    returning 1
       )
select (select count(*) from added) as added, (select count(*) from closed) as closed
"""
