-- Months of files that came, or ceased to count, after one instant and up to another; with what took their place.
-- $1 after: timestamptz
-- $2 until: timestamptz
select s.source,
       s.force,
       s.month,
       r.file,
       r.vintage,
       s.events,
       r.loaded_at > $1::timestamptz                                                as came,
       coalesce(s.superseded_at > $1::timestamptz
                and s.superseded_at <= $2::timestamptz, false)                      as went,
       n.file                                                                       as successor,
       n.vintage                                                                    as successor_vintage
  from resource_scope s
  join resource r
 using (resource_id)
  left join resource n
    on n.resource_id = s.superseded_by
   and s.superseded_at <= $2::timestamptz
 where s.force > 0
   and r.loaded_at <= $2::timestamptz
   and (r.loaded_at > $1::timestamptz
        or (s.superseded_at > $1::timestamptz and s.superseded_at <= $2::timestamptz))
 order by s.source, s.force, s.month, r.loaded_at, r.resource_id
