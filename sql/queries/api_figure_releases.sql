-- The releases with which anything under the figures of some series, months and boroughs became known, or ceased to be:
-- counts, what was received, residents. The earliest first.
-- $1 series: int[]
-- $2 first month: date
-- $3 last month: date
-- $4 boroughs: smallint[]
-- $5 sources: text[]
-- $6 last month of the sources: date
  with changed as (
       select first_release as release_id
         from observation
        where series_id = any ($1::int[])
          and period_start between $2::date and $3::date
          and borough = any ($4::smallint[])
          and last_release is null
        union
       select unnest(array[first_release, last_release + 1])
         from observation
        where series_id = any ($1::int[])
          and period_start between $2::date and $3::date
          and borough = any ($4::smallint[])
          and last_release is not null
        union
       select unnest(array[first_release, last_release + 1])
         from coverage
        where source = any ($5::text[])
          and month between $2::date and $6::date
        union
       select unnest(array[first_release, last_release + 1])
         from exposure
        where borough = any ($4::smallint[])
       )
  select distinct (select min(r.release_id) from release r where r.release_id >= c.release_id)  as release_id
    from changed c
   where c.release_id is not null
order by release_id
