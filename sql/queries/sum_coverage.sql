-- What is covered now, by source and publisher. force_name is null where the publisher is no force.
select c.source,
       c.force,
       a.area_name                              as force_name,
       count(*)                                 as months,
       min(c.month)                             as first_month,
       max(c.month)                             as last_month,
       count(*) filter (where c.status = 'partial')  as partial,
       coalesce(array_agg(to_char(c.month, 'YYYY-MM') order by c.month) filter (where c.status = 'partial'), '{}')  as partial_months,
       sum(c.events)::int8                      as events,
       count(*) filter (where cardinality(c.words) < 8)  as months_of_few,
       array_agg(distinct array_to_string(c.words, ', ')) filter (where cardinality(c.words) < 8)  as few_kinds,
       (sum(c.placed)::float8 / sum(c.events))  as placed_share
  from coverage c
  left join area a
    on a.area_kind = 'force' and a.home_force = c.force
 where c.last_release is null
 group by c.source, c.force, a.area_name
 order by c.source, c.force
