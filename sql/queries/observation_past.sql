-- Observations as a past release knew them, written as by observation_current.
-- $1 series: int[]
-- $2 first month: date
-- $3 last month: date
-- $4 boroughs: smallint[]
-- $5 release: int
  with known as (
       select series_id, period_start, borough, force, numerator, reference_numerator, unknown_numerator, base, revision,
              method_version
         from observation
        where series_id = any ($1::int[])
          and period_start between $2::date and $3::date
          and borough = any ($4::smallint[])
          and last_release is null
          and first_release <= $5::int
        union all
       select series_id, period_start, borough, force, numerator, reference_numerator, unknown_numerator, base, revision,
              method_version
         from observation
        where series_id = any ($1::int[])
          and period_start between $2::date and $3::date
          and borough = any ($4::smallint[])
          and last_release is not null
          and first_release <= $5::int
          and last_release >= $5::int
       )
select $5::int                                   as release_id,
       max(method_version)                      as method_version,
       string_agg(
           int8send((series_id::int8 << 32) + (period_start - $2::date))
           || int8send((borough::int8 << 32) + force)
           || int8send((numerator::int8 << 32) + coalesce(reference_numerator, 0))
           || int8send((coalesce(unknown_numerator, 0)::int8 << 32) + coalesce(base, 0))
           || int4send(revision), '')            as observations
  from known
