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
       select force, month, borough, outcome, count(*) as searches
         from stop_search
        where month between $1::date and $2::date
          and search_type = any (array(select code from vocabulary where field = 'search_type' and class = 'person'))
     group by force, month, borough, outcome
       ),
       tally as (
       select c.force, c.month, c.borough,
              sum(c.searches) filter (where v.class = 'arrest')  as counted,
              sum(c.searches) filter (where v.class <> 'unknown')  as known,
              sum(c.searches)  as searches
         from counted c
         join received_month m
           on m.source = 'stop_search' and m.force = c.force and m.month = c.month
         join vocabulary v
           on v.field = 'search_outcome' and v.code = c.outcome
     group by c.force, c.month, c.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
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
       coalesce(t.searches - coalesce(t.known, 0), 0)::bigint  as unknown_numerator,
       coalesce(t.known, 0)::bigint         as base
  from cell c
  left join tally t
 using (force, month, borough)
