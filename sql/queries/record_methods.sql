-- Record the method version of each metric as the one it is computed with.
-- $1 metrics: text[]
-- $2 method_versions: int[]
insert into published_method (metric, method_version)
select metric, method_version
  from unnest($1::text[], $2::int[]) m (metric, method_version)
    on conflict (metric) do update
   set method_version = excluded.method_version
