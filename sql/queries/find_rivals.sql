-- The current copies of one month.
-- $1 source: text
-- $2 force: int2
-- $3 month: date
select r.resource_id,
       r.file,
       r.vintage,
       s.words
  from resource_scope s
  join resource r
 using (resource_id)
 where s.source = $1::text
   and s.force = $2::int2
   and s.month = $3::date
   and s.superseded_by is null
