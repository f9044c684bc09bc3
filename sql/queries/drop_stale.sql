-- Note that the observations of metrics in these months follow from the facts again.
-- $1 metrics: text[]
-- $2 months: date[]
delete from stale s
 using unnest($1::text[], $2::date[]) d (metric, month)
 where s.metric = d.metric
   and s.month = d.month
