-- Population files beside the tables that ship with the project.

-- origin: shipped, or the file's name. published: the vintage of the file; null where shipped.
alter table population
    add column origin text not null default 'shipped',
    add column published date;

-- The one vintage of each population on which figures stand: that which reaches furthest, among equals the copy
-- published last. Vintages are never mixed. A census of 2011 stays beside that of 2021 and never takes its place.
create view population_in_use as
    select p.population,
           p.borough,
           p.year,
           p.persons,
           p.vintage
      from population p
      join (select distinct on (population)
                   population,
                   vintage
              from (select population,
                           vintage,
                           max(year)       as reach,
                           max(published)  as published
                      from population
                  group by population, vintage) v
          order by population, reach desc, published desc nulls last, vintage collate "C" desc) chosen
     using (population, vintage);
