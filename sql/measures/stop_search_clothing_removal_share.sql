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
  with counted as (
       select t.force, t.month, t.borough,
              sum(t.searches) filter (where t.clothing_removed)  as counted,
              sum(t.searches) filter (where t.clothing_removed is not null)  as known,
              sum(t.searches)  as searches
         from stop_search_tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
        where t.tally = 'search' and t.month between $1::date and $2::date
          and not m.unusable_fields ? 'clothing_removed'
     group by t.force, t.month, t.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
          and not unusable_fields ? 'clothing_removed'
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
       coalesce(n.known, 0)::bigint         as base
  from cell c
  left join counted n
 using (force, month, borough)
