-- Record a resource of one month under the number it was given, what it covers, and what it makes stale.
-- $1 resource_id: int
-- $2 source: text
-- $3 publisher: text
-- $4 file: text
-- $5 sha256: text
-- $6 bytes: bigint
-- $7 retrieved_at: timestamptz
-- $8 vintage: date
-- $9 is_sample: bool
-- $10 only_words: jsonb
-- $11 rows_read: int
-- $12 rows_loaded: int
-- $13 rows_rejected: int
-- $14 rows_placed: int
-- $15 no_location: int
-- $16 outside: int
-- $17 notes: jsonb
-- $18 force: int2
-- $19 month: date
-- $20 words: int2[]
-- $21 first_event: timestamptz
-- $22 last_event: timestamptz
-- $23 unusable_fields: jsonb
-- $24 metrics: text[]
  with added as (
       insert into resource (resource_id, source, publisher, file, sha256, bytes, retrieved_at, vintage, is_sample, only_words,
                             rows_read, rows_loaded, rows_rejected, rows_placed, rows_unplaced, notes)
       overriding system value
       values ($1::int, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::timestamptz, $8::date, $9::bool,
               nullif($10::jsonb, 'null'), $11::int, $12::int, $13::int, $14::int, $15::int + $16::int, $17::jsonb)
       ),
       covered as (
       insert into resource_scope (resource_id, source, force, month, words, events, placed, no_location, outside,
                                   first_event, last_event, unusable_fields)
       values ($1::int, $2::text, $18::int2, $19::date, $20::int2[], $12::int, $14::int, $15::int, $16::int,
               $21::timestamptz, $22::timestamptz, $23::jsonb)
       )
insert into stale (metric, month)
select metric, $19::date
  from unnest($24::text[]) m (metric)
    on conflict do nothing
