-- Make stale the received months of metrics that were last computed with another method version, or never.
-- $1 metrics: text[]
-- $2 sources: text[]
-- $3 method_versions: int[]
insert into stale (metric, month)
select distinct m.metric, c.month
  from unnest($1::text[], $2::text[], $3::int[]) m (metric, source, method_version)
  join coverage c
    on c.source = m.source and c.last_release is null
  left join published_method p
    on p.metric = m.metric
 where p.method_version is distinct from m.method_version
    on conflict do nothing
