-- Copies of one month with the same bytes, and what superseded them.
-- $1 source: text
-- $2 force: int2
-- $3 month: date
-- $4 sha256: text
select r.vintage,
       s.superseded_by,
       n.file  as superseding_file
  from resource_scope s
  join resource r
 using (resource_id)
  left join resource n
    on n.resource_id = s.superseded_by
 where s.source = $1::text
   and s.force = $2::int2
   and s.month = $3::date
   and r.sha256 = $4::text
 order by r.vintage desc
