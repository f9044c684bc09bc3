-- Observations of money of the current release as one string of bytes, the release they belong to, and the version of the
-- method they were counted by.
-- Each is five big-endian integers of eight bytes: series and days since the first month (four bytes each), borough,
-- pence, payments, revision. More pence than four bytes hold are paid in a month.
-- $1 series: int[]
-- $2 first month: date
-- $3 last month: date
-- $4 boroughs: smallint[]
select (select max(release_id) from release)     as release_id,
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
   and last_release is null
