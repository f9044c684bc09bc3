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
  with tally as (
       select s.force, s.month, s.borough,
              count(*) filter (where s.clothing_removed)  as counted,
              count(*) filter (where s.clothing_removed is not null)  as known,
              count(*)  as searches
         from stop_search s
         join received_month m
           on m.source = 'stop_search' and m.force = s.force and m.month = s.month
        where s.month between $1::date and $2::date
          and not m.unusable_fields ? 'clothing_removed'
          and s.search_type = any (array(select code from vocabulary where field = 'search_type' and class = 'person'))
     group by s.force, s.month, s.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
          and not unusable_fields ? 'clothing_removed'
        union
       select force, month, borough from tally
       )
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       (c.month + interval '1 month - 1 day')::date  as period_end,
       coalesce(t.counted, 0)::bigint       as numerator,
       null::bigint                         as reference_numerator,
       coalesce(t.searches - t.known, 0)::bigint  as unknown_numerator,
       coalesce(t.known, 0)::bigint         as base
  from cell c
  left join tally t
 using (force, month, borough)
