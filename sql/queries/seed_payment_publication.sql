-- Write what one council publishes of its payments, or change it.
-- $1 borough: int2
-- $2 frequency: text
-- $3 threshold: text
-- $4 earliest: date
-- $5 latest: date
-- $6 is_gross: boolean
-- $7 is_verified: boolean
-- $8 address: text
-- $9 note: text
insert into payment_publication (borough, frequency, threshold, earliest, latest, is_gross, is_verified, address, note)
values ($1::int2, $2::text, $3::text, $4::date, $5::date, $6::boolean, $7::boolean, $8::text, $9::text)
    on conflict (borough) do update
   set frequency = excluded.frequency,
       threshold = excluded.threshold,
       earliest = excluded.earliest,
       latest = excluded.latest,
       is_gross = excluded.is_gross,
       is_verified = excluded.is_verified,
       address = excluded.address,
       note = excluded.note
