-- Record what a resource covers in one month.
-- $1 resource_id: int
-- $2 source: text
-- $3 force: int2
-- $4 month: date
-- $5 words: int2[]
-- $6 events: int
-- $7 placed: int
-- $8 no_location: int
-- $9 outside: int
-- $10 first_event: timestamptz
-- $11 last_event: timestamptz
-- $12 unusable_fields: jsonb
insert into resource_scope (resource_id, source, force, month, words, events, placed, no_location, outside,
                            first_event, last_event, unusable_fields)
values ($1::int, $2::text, $3::int2, $4::date, $5::int2[], $6::int, $7::int, $8::int, $9::int,
        $10::timestamptz, $11::timestamptz, $12::jsonb)
