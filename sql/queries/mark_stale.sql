-- Note that the observations of metrics no longer follow from the facts, each in its month.
-- $1 metrics: text[]
-- $2 months: date[]
insert into stale (metric, month)
select m.metric, m.month
  from unnest($1::text[], $2::date[]) m (metric, month)
    on conflict do nothing
