-- Whether a metric has observations that no longer hold.
-- $1 metric: text
select exists (select 1
                 from observation
                where series_id = any (array(select series_id from series where metric = $1::text))
                  and last_release is not null)
