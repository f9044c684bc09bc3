-- title = "Searches without suspicion (section 60) per 1,000 residents"
-- definition = "Searches of people under section 60 of the Criminal Justice and Public Order Act 1994, which needs no suspicion of the person, per 1,000 residents in a year."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "rate"
-- unit = "searches without suspicion (section 60) per 1,000 residents a year"
-- numerator = "person searches located in the area whose power was section 60 of the Criminal Justice and Public Order Act 1994"
-- denominator = "residents, mid-year estimate, one twelfth for each month"
-- population = "residents"
-- field = "legislation"
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
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       c.section_60::bigint                 as numerator,
       null::bigint                         as reference_numerator,
       coalesce(u.searches, 0)::bigint      as unknown_numerator,
       c.searches::bigint                   as base
  from stop_search_cell c
  left join stop_search_tally u
    on u.force = c.force and u.month = c.month and u.borough = c.borough
   and u.division = 'legislation' and u.class = 'unknown' and u.month between $1::date and $2::date
 where c.month between $1::date and $2::date
   and not c.unusable_fields ? 'legislation'
