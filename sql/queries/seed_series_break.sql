-- Write one break of series, or change it.
-- $1 series_break: text
-- $2 month: date
-- $3 sources: text[]
-- $4 dimensions: text[]
-- $5 effect: text
-- $6 explanation: text
-- $7 reference: text
-- $8 force: smallint
insert into series_break (series_break, month, sources, dimensions, effect, explanation, reference, force)
values ($1::text, $2::date, $3::text[], $4::text[], $5::text, $6::text, $7::text, $8::smallint)
    on conflict (series_break) do update
   set month = excluded.month,
       sources = excluded.sources,
       dimensions = excluded.dimensions,
       effect = excluded.effect,
       explanation = excluded.explanation,
       reference = excluded.reference,
       force = excluded.force
