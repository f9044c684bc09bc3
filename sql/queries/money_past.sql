-- Observations of money as a past release knew them, written as by money_current.
-- $1 series: int[]
-- $2 first month: date
-- $3 last month: date
-- $4 boroughs: smallint[]
-- $5 release: int
select $5::int                                   as release_id,
       max(method_version)                      as method_version,
       string_agg(
           int8send((series_id::int8 << 32) + (period_start - $2::date))
           || int8send(borough::int8)
           || int8send(numerator)
           || int8send(coalesce(base, 0)::int8)
           || int8send(revision::int8), '')     as observations
  from observation
 where series_id = any ($1::int[])
   and period_start between $2::date and $3::date
   and borough = any ($4::smallint[])
   and first_release <= $5::int
   and (last_release is null or last_release >= $5::int)
