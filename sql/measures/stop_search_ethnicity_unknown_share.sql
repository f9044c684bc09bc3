-- title = "Share of searches with ethnicity unknown"
-- definition = "Of all searches of people, the share with no usable ethnicity: blank or not stated."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches whose ethnicity is not stated or blank"
-- denominator = "person searches"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Unknowns are not spread evenly: of those who do not state their ethnicity the officer records far more as Black than among those who do.",
--     "Officer-defined unknowns double in 2024-03.",
-- ]
-- [[bases]]
-- basis = "officer_defined"
-- label = "ethnicity as the officer recorded it"
-- [[bases]]
-- basis = "self_defined_filled"
-- label = "ethnicity as the person stated it, gaps filled by the officer's record"
-- [[bases]]
-- basis = "self_defined"
-- label = "ethnicity as the person stated it"
select 'total'                              as group_code,
       g.basis                              as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(n.searches, 0)::bigint      as numerator,
       null::bigint                         as reference_numerator,
       0::bigint                            as unknown_numerator,
       c.searches::bigint                   as base
  from stop_search_cell c
 cross join stop_search_group g
  left join stop_search_tally n
    on n.force = c.force and n.month = c.month and n.borough = c.borough
   and n.division = g.division and n.class = g.class and n.month between $1::date and $2::date
 where c.month between $1::date and $2::date
   and g.dimension = 'ethnicity'
   and g.class = 'unknown'
