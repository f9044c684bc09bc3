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
       b.basis                              as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(u.searches, 0)::bigint      as numerator,
       null::bigint                         as reference_numerator,
       0::bigint                            as unknown_numerator,
       coalesce(t.searches, 0)::bigint      as base
  from stop_search_cell c
 cross join stop_search_group b
  left join stop_search_tally t
    on t.force = c.force and t.month = c.month and t.borough = c.borough
   and t.division = 'total' and t.month between $1::date and $2::date
  left join stop_search_tally u
    on u.force = c.force and u.month = c.month and u.borough = c.borough
   and u.division = b.division and u.class = b.class and u.month between $1::date and $2::date
 where b.dimension = 'ethnicity'
   and b.class = 'unknown'
   and c.month between $1::date and $2::date
