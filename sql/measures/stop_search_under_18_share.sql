-- title = "Share of searches that were of 10 to 17 year olds"
-- definition = "Of the searches of people with a known age range, the share in the range 10 to 17."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches with age range 10-17"
-- denominator = "person searches with a known age range"
-- field = "age"
-- small = true
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Age is blank or \"under 10\" in about one Met row in seven: both count as unknown.",
--     "Figures about children are given by whole calendar or financial year only, and small counts are withheld.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
  with counted as (
       select force, month, borough,
              sum(searches) filter (where class = '10_17')    as under_18,
              sum(searches) filter (where class = 'unknown')  as unknown
         from stop_search_tally
        where division = 'age' and month between $1::date and $2::date
     group by force, month, borough
       )
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(n.under_18, 0)              as numerator,
       null::bigint                         as reference_numerator,
       coalesce(n.unknown, 0)               as unknown_numerator,
       c.searches - coalesce(n.unknown, 0)  as base
  from stop_search_cell c
  left join counted n
 using (force, month, borough)
 where c.month between $1::date and $2::date
   and not c.unusable_fields ? 'age'
