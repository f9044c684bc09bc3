-- The boroughs whose council has few payments of a series in a year, in whichever release: 1 to 4 of them, or 1 to 4 more
-- than another release had. A release counts where it tells of the year: with all twelve months, or with nine of them
-- and a later one, after which the others are hardly to come.
-- $1 series: int
-- $2 first month: date
-- $3 last month: date
-- $4 kind of payment: text
  with whole as (
       select r.release_id,
              (c.force - 100)::smallint         as borough
         from release r
         join coverage c
           on c.first_release <= r.release_id
          and (c.last_release is null or c.last_release >= r.release_id)
        where c.source = 'payment'
          and c.force between 101 and 133
          and c.month >= $2::date
          and c.status = 'received'
          and (c.words is null or $4::text = any (c.words))
        group by r.release_id, c.force
       having count(*) filter (where c.month <= $3::date) = 12
           or (count(*) filter (where c.month <= $3::date) >= 9 and max(c.month) > $3::date)
       ),
       counted as (
       select distinct
              w.borough,
              (select coalesce(sum(o.base), 0)
                 from observation o
                where o.series_id = $1::int
                  and o.borough = w.borough
                  and o.period_start between $2::date and $3::date
                  and o.first_release <= w.release_id
                  and (o.last_release is null or o.last_release >= w.release_id))  as payments
         from whole w
       ),
       apart as (
       select borough,
              payments,
              payments - lag(payments) over (partition by borough order by payments)  as more
         from counted
       )
select distinct borough
  from apart
 where payments between 1 and 4
    or more between 1 and 4
 order by borough
