-- Record a resource under the number it was given, what it covers month by month, and what it makes stale. A month that
-- another resource holds in a later vintage is superseded from the start, and makes nothing stale.
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
-- $15 notes: jsonb
-- $16 force: int2
-- $17 words: int2[]
-- $18 stale_metrics: text[]
-- $19 months: date[]
-- $20 events: int[]
-- $21 placed: int[]
-- $22 no_location: int[]
-- $23 outside: int[]
-- $24 first_event: timestamptz[]
-- $25 last_event: timestamptz[]
-- $26 unusable_fields: jsonb[]
-- $27 superseded_by: int[]
-- $28 stale_months: date[]
  with added as (
       insert into resource (resource_id, source, publisher, file, sha256, bytes, retrieved_at, vintage, is_sample, only_words,
                             rows_read, rows_loaded, rows_rejected, rows_placed, rows_unplaced, notes)
       overriding system value
       values ($1::int, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::timestamptz, $8::date, $9::bool,
               nullif($10::jsonb, 'null'), $11::int, $12::int, $13::int, $14::int, $12::int - $14::int, $15::jsonb)
       ),
       month as (
       select *
         from unnest($19::date[], $20::int[], $21::int[], $22::int[], $23::int[], $24::timestamptz[], $25::timestamptz[],
                     $26::jsonb[], $27::int[])
              m (month, events, placed, no_location, outside, first_event, last_event, unusable_fields, superseded_by)
       ),
       covered as (
       insert into resource_scope (resource_id, source, force, month, words, events, placed, no_location, outside,
                                   first_event, last_event, unusable_fields, superseded_by, superseded_at)
       select $1::int, $2::text, $16::int2, month, $17::int2[], events, placed, no_location, outside,
              first_event, last_event, unusable_fields, superseded_by, case when superseded_by is not null then now() end
         from month
       )
insert into stale (metric, month)
select s.metric, s.month
  from unnest($18::text[], $28::date[]) s (metric, month)
    on conflict do nothing
