-- Note that the observations of metrics in these months no longer follow from the facts.
-- $1 metrics: text[]
-- $2 months: date[]
insert into stale (metric, month)
select m.metric, n.month
  from unnest($1::text[]) m (metric)
 cross join unnest($2::date[]) n (month)
    on conflict do nothing
