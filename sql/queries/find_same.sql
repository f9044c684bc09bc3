-- The months of the resources with these bytes, whether they count now, and what superseded them; the later vintage first.
-- $1 sha256: text
  select r.resource_id,
         r.file,
         s.source,
         s.force,
         s.month,
         s.superseded_by is null       as is_current,
         true                          as is_same,
         n.file                        as superseding_file,
         n.vintage                     as superseding_vintage
    from resource r
    join resource_scope s
   using (resource_id)
    left join resource n
      on n.resource_id = s.superseded_by
   where r.sha256 = $1::text
order by r.vintage desc, s.month
