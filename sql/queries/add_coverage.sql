-- Add what is now known of one source, force and month.
-- $1 source: text
-- $2 force: int2
-- $3 month: date
-- $4 status: text
-- $5 reason: text
-- $6 words: text[]
-- $7 unusable_fields: jsonb
-- $8 events: int
-- $9 placed: int
-- $10 no_location: int
-- $11 outside: int
-- $12 first_release: int
insert into coverage (source, force, month, status, reason, words, unusable_fields, events, placed, no_location, outside, first_release)
values ($1::text, $2::int2, $3::date, $4::text, $5::text, $6::text[], $7::jsonb, $8::int, $9::int, $10::int, $11::int, $12::int)
