-- Add a set of boundaries and make it the current one; returns its number.
-- $1 vintage: text
-- $2 source: text
-- $3 resolution: text
insert into boundary_set (vintage, source, resolution, is_current)
values ($1::text, $2::text, $3::text, true)
returning boundary_set_id
