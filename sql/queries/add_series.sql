-- Give a number to each series that has none.
-- $1 metrics: text[]
-- $2 bases: text[]
-- $3 group_codes: text[]
insert into series (metric, basis, group_code)
select g.metric,
       g.basis,
       g.group_code
  from unnest($1::text[], $2::text[], $3::text[]) g (metric, basis, group_code)
 where not exists (select 1
                     from series s
                    where s.metric = g.metric
                      and s.basis = g.basis
                      and s.group_code = g.group_code)
