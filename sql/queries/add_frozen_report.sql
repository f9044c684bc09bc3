-- Keep a report; nothing where the same document is kept already. Gives the hash where it is new.
-- $1 hash: text, the hash of the document, SHA-256
-- $2 area code: text, the code of the area
-- $3 slug: text, the slug of the area
-- $4 title: text
-- $5 meeting: date, the day of the meeting, if any
-- $6 release: text, the name of the release
-- $7 is sample: boolean, whether its figures are of sample data
-- $8 app version: text, the version of the program
-- $9 document: bytea
insert into frozen_report (hash, area_code, slug, title, meeting, release, is_sample, app_version, document)
     values ($1::text, $2::text, $3::text, $4::text, $5::date, $6::text, $7::boolean, $8::text, $9::bytea)
on conflict (hash) do nothing
  returning hash
