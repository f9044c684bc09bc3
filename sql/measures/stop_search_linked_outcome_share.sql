-- title = "Share of searches with a positive outcome linked to the object of search"
-- definition = "Of the searches of people for which the police said whether the outcome was linked to what they searched for, the share with a positive outcome that was linked."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches with a positive outcome linked to the object of the search"
-- denominator = "person searches with the linked field filled"
-- field = "linked"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "No field says that the item was found: this share must not be read so.",
--     "For the Met the field is blank to 2024-01 and False in every row from 2024-02: the figure is missing, not 0.",
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
       c.linked_positive::bigint            as numerator,
       null::bigint                         as reference_numerator,
       (c.searches - c.linked_known)::bigint  as unknown_numerator,
       c.linked_known::bigint               as base
  from stop_search_cell c
 where c.month between $1::date and $2::date
   and not c.unusable_fields ? 'linked'
