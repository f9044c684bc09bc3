-- Close the exposures whose population changed, is gone, or gave way to another vintage.
-- $1 last_release: int
update exposure e
   set last_release = $1::int
 where e.last_release is null
   and not exists (select 1
                     from population_in_use p
                    where p.population = e.population
                      and p.borough = e.borough
                      and p.year = e.year
                      and p.persons = e.persons
                      and p.vintage = e.vintage)
