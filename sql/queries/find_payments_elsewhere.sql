-- Where the bytes of a file of payments count now: by whom they are said to be, and in which months.
-- $1 sha256: text
  select r.resource_id,
         r.publisher,
         s.force,
         array_agg(s.month order by s.month)  as months
    from resource r
    join resource_scope s
   using (resource_id)
   where r.source = 'payment'
     and r.sha256 = $1::text
     and s.superseded_by is null
group by r.resource_id, r.publisher, s.force
order by r.resource_id, s.force
