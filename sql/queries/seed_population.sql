-- Write the persons of one shipped population in one borough and year, or change them.
-- $1 population: text
-- $2 borough: int2
-- $3 year: int2
-- $4 persons: int4
-- $5 vintage: text
insert into population (population, borough, year, persons, vintage, origin, published)
values ($1::text, $2::int2, $3::int2, $4::int4, $5::text, 'shipped', null)
    on conflict (population, borough, year, vintage) do update
   set persons = excluded.persons,
       origin = excluded.origin,
       published = excluded.published
