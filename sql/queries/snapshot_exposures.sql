-- Populations as a release knew them.
-- $1 release: int
  select population,
         borough,
         year,
         persons,
         vintage
    from exposure
   where first_release <= $1::int
     and (last_release is null or last_release >= $1::int)
order by population, vintage, year, borough
