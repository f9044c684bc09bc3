-- Write one source, or change it.
-- $1 source: text
-- $2 title: text
-- $3 publisher: text
-- $4 licence: text
-- $5 address: text
-- $6 description: text
-- $7 whole_to: date
-- $8 after_that: text
insert into source (source, title, publisher, licence, address, description, whole_to, after_that)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::date, $8::text)
    on conflict (source) do update
   set title = excluded.title,
       publisher = excluded.publisher,
       licence = excluded.licence,
       address = excluded.address,
       description = excluded.description,
       whole_to = excluded.whole_to,
       after_that = excluded.after_that
