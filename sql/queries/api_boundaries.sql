-- The shapes of the boroughs of a set of boundaries, as GeoJSON.
-- $1 vintage: text
-- $2 resolution: text
  select b.borough,
         b.geojson::text as geojson,
         s.source,
         s.resolution
    from boundary b
    join boundary_set s
      on s.boundary_set_id = b.boundary_set_id
   where s.vintage = $1::text
     and b.resolution = $2::text
order by b.borough
