-- Everything that is stored of some populations, whichever vintage is in use.
-- $1 populations: text[]
  select population,
         borough,
         year,
         persons,
         vintage,
         published
    from population
   where population = any ($1::text[])
order by vintage, population, year, borough
