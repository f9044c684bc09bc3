-- Record a resource under the number it was given.
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
-- $15 rows_unplaced: int
-- $16 notes: jsonb
insert into resource (resource_id, source, publisher, file, sha256, bytes, retrieved_at, vintage, is_sample, only_words,
                      rows_read, rows_loaded, rows_rejected, rows_placed, rows_unplaced, notes)
overriding system value
values ($1::int, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::timestamptz, $8::date, $9::bool, nullif($10::jsonb, 'null'),
        $11::int, $12::int, $13::int, $14::int, $15::int, $16::jsonb)
