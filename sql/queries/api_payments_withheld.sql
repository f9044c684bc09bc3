-- Payments of a series of figures by borough, as the latest release has them.
-- $1 series: int
-- $2 boroughs: smallint[]
-- $3 first month: date
-- $4 last month: date
  select borough,
         sum(base)::int8       as payments,
         sum(numerator)::int8  as amount_pence
    from observation
   where series_id = $1::int
     and borough = any ($2::smallint[])
     and period_start between $3::date and $4::date
     and last_release is null
group by borough
