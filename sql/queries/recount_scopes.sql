-- Count anew how many events of each current resource were placed, after placing them again.
-- $1 source: text
-- $2 none: int2
-- $3 outside: int2
  with counted as (
       select resource_id,
              force,
              month,
              count(*) filter (where place not in ($2::int2, $3::int2))  as placed,
              count(*) filter (where place = $2::int2)                   as no_location,
              count(*) filter (where place = $3::int2)                   as outside
         from (select resource_id, force, month, place, 'stop_search' as source from stop_search
                union all
               select resource_id, force, month, place, 'street' from crime
                union all
               select resource_id, force, month, place, 'outcomes' from crime_outcome) f
        where source = $1::text
     group by resource_id, force, month
       )
update resource_scope s
   set placed = c.placed,
       no_location = c.no_location,
       outside = c.outside
  from counted c
 where s.resource_id = c.resource_id
   and s.force = c.force
   and s.month = c.month
