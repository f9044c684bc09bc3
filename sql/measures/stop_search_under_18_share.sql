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
       select t.force, t.month, t.borough,
              sum(t.searches) filter (where v.class = '10_17')  as counted,
              sum(t.searches) filter (where v.class <> 'unknown')  as known,
              sum(t.searches)  as searches
         from stop_search_tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
         join vocabulary v
           on v.field = 'age' and v.code = t.age
        where t.tally = 'person' and t.month between $1::date and $2::date
          and not m.unusable_fields ? 'age'
     group by t.force, t.month, t.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
          and not unusable_fields ? 'age'
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
