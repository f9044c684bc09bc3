-- Add one borough's boundary to a set.
-- $1 boundary_set_id: int
-- $2 resolution: text
-- $3 borough: int2
-- $4 geojson: jsonb
insert into boundary (boundary_set_id, resolution, borough, geojson)
values ($1::int, $2::text, $3::int2, $4::jsonb)
