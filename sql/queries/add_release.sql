-- Add a release and return its number. It is published after what was loaded by then, however long its transaction waited.
-- $1 release: text
-- $2 is_sample: bool
-- $3 content_sha256: text
-- $4 boundary_vintage: text
-- $5 deflators: text
insert into release (release, published_at, is_sample, content_sha256, boundary_vintage, deflators, changes)
values ($1::text, clock_timestamp(), $2::bool, $3::text, $4::text, $5::text, '{}'::jsonb)
returning release_id
