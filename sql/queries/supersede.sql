-- Record that months of a resource were superseded by another resource.
-- $1 resource_id: int
-- $2 force: int2
-- $3 months: date[]
-- $4 superseded_by: int
update resource_scope
   set superseded_by = $4::int,
       superseded_at = now()
 where resource_id = $1::int
   and force = $2::int2
   and month = any ($3::date[])
   and superseded_by is null
