-- title = "Share of searches with more than outer clothing removed"
-- definition = "Of the searches of people for which the field was filled, the share in which more than outer clothing (coat, jacket, gloves) was removed. This is not the strip-search count."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches in which more than outer clothing was removed"
-- denominator = "person searches with the field filled"
-- field = "clothing_removed"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "For the Met the field is blank to 2024-01: the figure is missing for those months.",
--     "It is not the number of strip searches, which the Met publishes apart.",
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
       c.clothing_removed::bigint           as numerator,
       null::bigint                         as reference_numerator,
       (c.searches - c.clothing_known)::bigint  as unknown_numerator,
       c.clothing_known::bigint             as base
  from stop_search_cell c
 where c.month between $1::date and $2::date
   and not c.unusable_fields ? 'clothing_removed'
