-- All that the figures of a release follow from, in one order on every machine: current files and populations.
select part,
       content
  from (select s.source                                as part,
               s.force || ' ' || s.month || ' ' || r.sha256  as content
          from resource_scope s
          join resource r
         using (resource_id)
         where s.superseded_by is null
           and s.force > 0
         union all
        select 'population',
               population || ' ' || borough || ' ' || year || ' ' || persons || ' ' || vintage
          from population) everything
 order by part collate "C", content collate "C"
