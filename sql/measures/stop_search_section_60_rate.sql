-- title = "Searches without suspicion (section 60) per 1,000 residents"
-- definition = "Searches of people under section 60 of the Criminal Justice and Public Order Act 1994, which needs no suspicion of the person, per 1,000 residents in a year."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "rate"
-- unit = "searches per 1,000 residents a year"
-- numerator = "person searches located in the area whose power was section 60 of the Criminal Justice and Public Order Act 1994"
-- denominator = "residents, mid-year estimate, one twelfth for each month"
-- population = "residents"
-- interval = "Byar; exact Poisson under 10 searches"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Section 60 searches come in single operations of hours: the interval is much too narrow.",
--     "Place of search, not of residence.",
--     "British Transport Police is not included.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
  with counted as (
       select force, month, borough, legislation, count(*) as searches
         from stop_search
        where month between $1::date and $2::date
          and search_type = any (array(select code from vocabulary where field = 'search_type' and class = 'person'))
     group by force, month, borough, legislation
       ),
       tally as (
       select c.force, c.month, c.borough,
              sum(c.searches) filter (where v.class = 'cjpoa_section_60')  as section_60,
              sum(c.searches) filter (where v.class = 'unknown')           as unknown,
              sum(c.searches)                                              as searches
         from counted c
         join received_month m
           on m.source = 'stop_search' and m.force = c.force and m.month = c.month
         join vocabulary v
           on v.field = 'legislation' and v.code = c.legislation
     group by c.force, c.month, c.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
        union
       select force, month, borough from tally
       )
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       (c.month + interval '1 month - 1 day')::date  as period_end,
       coalesce(t.section_60, 0)::bigint    as numerator,
       null::bigint                         as reference_numerator,
       coalesce(t.unknown, 0)::bigint       as unknown_numerator,
       coalesce(t.searches, 0)::bigint      as base
  from cell c
  left join tally t
 using (force, month, borough)
