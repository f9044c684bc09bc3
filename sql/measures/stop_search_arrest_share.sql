-- title = "Share of searches that ended in arrest"
-- definition = "Of the searches of people with a recorded outcome, the share that ended in arrest."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches whose outcome is arrest"
-- denominator = "person searches with a recorded outcome"
-- field = "search_outcome"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "An arrest is not a charge, and may be for something other than the object of the search.",
--     "Searches come in clusters, so the interval is too narrow.",
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
       c.arrests::bigint                    as numerator,
       null::bigint                         as reference_numerator,
       c.outcome_unknown::bigint            as unknown_numerator,
       (c.searches - c.outcome_unknown)::bigint  as base
  from stop_search_cell c
 where c.month between $1::date and $2::date
   and not c.unusable_fields ? 'search_outcome'
