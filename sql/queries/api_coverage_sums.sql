-- What a release counts in series, over all boroughs, by force and month.
-- $1 release: int
-- $2 series: int[]
  select series_id,
         force,
         period_start                         as month,
         sum(numerator)::int8                 as numerator,
         sum(coalesce(unknown_numerator, 0))::int8  as unknown,
         sum(coalesce(base, 0))::int8         as base
    from observation
   where series_id = any ($2::int[])
     and first_release <= $1::int
     and (last_release is null or last_release >= $1::int)
group by series_id, force, period_start
