-- title = "Share of searches that ended in arrest"
-- definition = "Of the searches of people with a recorded outcome, the share that ended in arrest."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches whose outcome is arrest"
-- denominator = "person searches with a recorded outcome"
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
  with counted as (
       select t.force, t.month, t.borough,
              sum(t.searches) filter (where v.class = 'arrest')  as counted,
              sum(t.searches) filter (where v.class <> 'unknown')  as known,
              sum(t.searches)  as searches
         from stop_search_tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
         join vocabulary v
           on v.field = 'search_outcome' and v.code = t.outcome
        where t.tally = 'search' and t.month between $1::date and $2::date
     group by t.force, t.month, t.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
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
