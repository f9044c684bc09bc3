-- Whether a metric has current observations in a range of months.
-- $1 metric: text
-- $2 first_month: date
-- $3 last_month: date
select exists (select 1
                 from observation
                where series_id = any (array(select series_id from series where metric = $1::text))
                  and period_start between $2::date and $3::date
                  and last_release is null)
