-- Give codes to words not seen before; they count as unknown.
-- $1 fields: text[]
-- $2 words: text[]
insert into vocabulary (field, code, word, class, is_unseen)
select g.field,
       (row_number() over (partition by g.field order by g.word)
        + (select max(v.code) from vocabulary v where v.field = g.field))::int2,
       g.word,
       'unknown',
       true
  from unnest($1::text[], $2::text[]) g (field, word)
    on conflict (field, word) do nothing
