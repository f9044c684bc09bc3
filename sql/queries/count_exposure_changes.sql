-- How many populations in use are not yet, or no longer, as the exposures say.
select count(*)
  from population_in_use p
  full join (select population, borough, year, persons, vintage from exposure where last_release is null) e
 using (population, borough, year)
 where p.persons is distinct from e.persons
    or p.vintage is distinct from e.vintage
