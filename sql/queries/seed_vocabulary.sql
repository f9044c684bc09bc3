-- Write words with their classes; a word that is new gets the next code of its field. Returns the fields in which a
-- word that was there changed its class.
-- $1 fields: text[]
-- $2 words: text[]
-- $3 classes: text[]
  with given as (
       select g.field, g.word, g.class, row_number() over (partition by g.field order by g.position) - 1 as position
         from unnest($1::text[], $2::text[], $3::text[]) with ordinality g (field, word, class, position)
        where not exists (select 1 from vocabulary v where v.field = g.field and v.word = g.word)
       ),
       known as (
       update vocabulary v
          set class = g.class,
              is_unseen = false
         from unnest($1::text[], $2::text[], $3::text[]) g (field, word, class)
        where v.field = g.field
          and v.word = g.word
          and (v.class <> g.class or v.is_unseen)
    returning v.field
       ),
       added as (
       insert into vocabulary (field, code, word, class)
       select g.field,
              (g.position + coalesce((select max(v.code) + 1 from vocabulary v where v.field = g.field), 0))::int2,
              g.word,
              g.class
         from given g
       )
select distinct field
  from known
