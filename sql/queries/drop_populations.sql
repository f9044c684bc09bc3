-- Drop the shipped populations that are not among these. What was loaded from a file stays.
-- $1 populations: text[]
-- $2 boroughs: int2[]
-- $3 years: int2[]
-- $4 vintages: text[]
delete from population p
 where not exists (select 1
                     from unnest($1::text[], $2::int2[], $3::int2[], $4::text[]) g (population, borough, year, vintage)
                    where g.population = p.population
                      and g.borough = p.borough
                      and g.year = p.year
                      and g.vintage = p.vintage)
   and p.origin = 'shipped'
