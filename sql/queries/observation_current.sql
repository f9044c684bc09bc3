-- Observations of the current release, months counted in days from the first; with the release they belong to.
-- $1 series: int[]
-- $2 first month: date
-- $3 last month: date
-- $4 boroughs: smallint[]
select (select max(release_id) from release)     as release_id,
       series_id,
       (period_start - $2::date)::int            as days,
       borough,
       force,
       numerator,
       coalesce(reference_numerator, 0)          as reference_numerator,
       coalesce(unknown_numerator, 0)            as unknown_numerator,
       coalesce(base, 0)                         as base,
       revision
  from observation
 where series_id = any ($1::int[])
   and period_start between $2::date and $3::date
   and borough = any ($4::smallint[])
   and last_release is null
