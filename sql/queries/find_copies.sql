-- The copies of some months that count now, month by month, and those with the same bytes that did once, with what
-- superseded them; the later vintage first.
-- $1 source: text
-- $2 force: int2
-- $3 months: date[]
-- $4 sha256: text
  select r.resource_id,
         r.file,
         r.vintage,
         r.rows_loaded,
         r.notes ->> 'content_sha256'  as content,
         s.month,
         s.events,
         s.words,
         s.superseded_by is null       as is_current,
         r.sha256 = $4::text           as is_same,
         n.file                        as superseding_file,
         n.vintage                     as superseding_vintage
    from resource_scope s
    join resource r
   using (resource_id)
    left join resource n
      on n.resource_id = s.superseded_by
   where s.source = $1::text
     and s.force = $2::int2
     and s.month = any ($3::date[])
     and (s.superseded_by is null or r.sha256 = $4::text)
order by r.vintage desc, s.month
