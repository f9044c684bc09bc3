-- Add an exposure for each population in use that has none.
-- $1 first_release: int
insert into exposure (population, borough, year, persons, vintage, first_release)
select p.population, p.borough, p.year, p.persons, p.vintage, $1::int
  from population_in_use p
 where not exists (select 1
                     from exposure e
                    where e.population = p.population
                      and e.borough = p.borough
                      and e.year = p.year
                      and e.last_release is null)
