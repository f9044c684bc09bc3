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
       select t.force, t.month, t.borough,
              sum(t.searches) filter (where v.class = 'cjpoa_section_60')  as counted,
              sum(t.searches) filter (where v.class <> 'unknown')  as known,
              sum(t.searches)  as searches
         from stop_search_tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
         join vocabulary v
           on v.field = 'legislation' and v.code = t.legislation
        where t.tally = 'search' and t.month between $1::date and $2::date
     group by t.force, t.month, t.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
        union
       select force, month, borough from counted
       )
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       (c.month + interval '1 month - 1 day')::date  as period_end,
       coalesce(n.counted, 0)::bigint       as numerator,
       null::bigint                         as reference_numerator,
       (coalesce(n.searches, 0) - coalesce(n.known, 0))::bigint  as unknown_numerator,
       coalesce(n.searches, 0)::bigint         as base
  from cell c
  left join counted n
 using (force, month, borough)
