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
  with counted as (
       select t.force, t.month, t.borough,
              sum(t.searches) filter (where t.linked and v.class not in ('no_further_action', 'unknown'))  as counted,
              sum(t.searches) filter (where t.linked is not null)  as known,
              sum(t.searches)  as searches
         from stop_search_tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
         join vocabulary v
           on v.field = 'search_outcome' and v.code = t.outcome
        where t.tally = 'search' and t.month between $1::date and $2::date
          and not m.unusable_fields ? 'linked'
     group by t.force, t.month, t.borough
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
          and not unusable_fields ? 'linked'
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
