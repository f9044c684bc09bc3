-- Every observation of some months that any release knew, written as by observation_current, each followed by two more
-- integers: its first release and its last (0: none yet).
-- $1 series: int[]
-- $2 first month: date
-- $3 last month: date
  with known as (
       select series_id, period_start, borough, force, numerator, reference_numerator, unknown_numerator, base, revision,
              first_release, last_release
         from observation
        where series_id = any ($1::int[])
          and period_start between $2::date and $3::date
          and last_release is null
        union all
       select series_id, period_start, borough, force, numerator, reference_numerator, unknown_numerator, base, revision,
              first_release, last_release
         from observation
        where series_id = any ($1::int[])
          and period_start between $2::date and $3::date
          and last_release is not null
       )
select string_agg(
           int8send((series_id::int8 << 32) + (period_start - $2::date))
           || int8send((borough::int8 << 32) + force)
           || int8send((numerator::int8 << 32) + coalesce(reference_numerator, 0))
           || int8send((coalesce(unknown_numerator, 0)::int8 << 32) + coalesce(base, 0))
           || int4send(revision)
           || int8send((first_release::int8 << 32) + coalesce(last_release, 0)), '')  as observations
  from known
