-- title = "Share of searches with ethnicity unknown"
-- definition = "Of all searches of people, the share with no usable ethnicity: blank or not stated."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches whose ethnicity is not stated or blank"
-- denominator = "person searches"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Unknowns are not spread evenly: of those who do not state their ethnicity the officer records far more as Black than among those who do.",
--     "Officer-defined unknowns double in 2024-03.",
-- ]
-- [[bases]]
-- basis = "officer_defined"
-- label = "ethnicity as the officer recorded it"
-- [[bases]]
-- basis = "self_defined_filled"
-- label = "ethnicity as the person stated it, gaps filled by the officer's record"
-- [[bases]]
-- basis = "self_defined"
-- label = "ethnicity as the person stated it"
  with counted as (
       select t.force, t.month, t.borough,
              sum(t.searches) filter (where o.class = 'unknown')                          as officer_defined,
              sum(t.searches) filter (where o.class = 'unknown' and e.class = 'unknown')  as self_defined_filled,
              sum(t.searches) filter (where e.class = 'unknown')                          as self_defined,
              sum(t.searches)                                                             as searches
         from stop_search_tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
         join vocabulary o
           on o.field = 'ethnicity_officer' and o.code = t.ethnicity_officer
         join vocabulary e
           on e.field = 'ethnicity_self' and e.code = t.ethnicity_self
        where t.tally = 'ethnicity' and t.month between $1::date and $2::date
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
       b.basis                              as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       (c.month + interval '1 month - 1 day')::date  as period_end,
       coalesce(b.unknown, 0)::bigint       as numerator,
       null::bigint                         as reference_numerator,
       0::bigint                            as unknown_numerator,
       coalesce(n.searches, 0)::bigint      as base
  from cell c
  left join counted n
 using (force, month, borough)
 cross join lateral (values
       ('officer_defined', n.officer_defined),
       ('self_defined_filled', n.self_defined_filled),
       ('self_defined', n.self_defined)) b (basis, unknown)
