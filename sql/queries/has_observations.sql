-- Whether a metric has current observations in a range of months.
-- $1 metric: text
-- $2 first_month: date
-- $3 last_month: date
select exists (select 1
                 from observation o
                 join series s
                   on s.series_id = o.series_id
                where s.metric = $1::text
                  and o.last_release is null
                  and o.period_start between $2::date and $3::date)
