-- Write the shipped deflator of one financial year, or change it.
-- $1 financial_year: int2
-- $2 index_value: numeric
-- $3 vintage: text
insert into deflator (financial_year, index_value, vintage, origin, published)
values ($1::int2, $2::numeric, $3::text, 'shipped', null)
    on conflict (financial_year, vintage) do update
   set index_value = excluded.index_value,
       origin = excluded.origin,
       published = excluded.published
