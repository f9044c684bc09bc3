-- The files of each month of a source and force up to an instant: those that counted then, and those that had given way.
-- $1 at: timestamptz
  select s.source,
         s.force,
         s.month,
         array_agg(r.file || ' of ' || r.vintage order by r.resource_id) filter (where not s.is_superseded)  as files,
         array_agg(r.file || ' of ' || r.vintage || ', replaced by ' || n.file || ' of ' || n.vintage
                   order by r.resource_id) filter (where s.is_superseded)                                    as superseded
    from (select *, coalesce(superseded_at <= $1::timestamptz, false) as is_superseded from resource_scope) s
    join resource r
   using (resource_id)
    left join resource n
      on n.resource_id = s.superseded_by
   where s.force > 0
     and r.loaded_at <= $1::timestamptz
group by s.source, s.force, s.month
