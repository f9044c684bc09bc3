-- The current boundaries, in the order of the boroughs.
-- $1 resolution: text
select b.borough,
       b.geojson
  from boundary b
  join boundary_set s
 using (boundary_set_id)
 where s.is_current
   and b.resolution = $1::text
 order by b.borough
