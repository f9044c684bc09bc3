-- title = "Share of searches with a positive outcome"
-- definition = "Of the searches of people with a recorded outcome, the share that ended in anything other than no further action: arrest, summons, caution, community resolution, penalty notice or warning."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches whose outcome is other than no further action"
-- denominator = "person searches with a recorded outcome"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A positive outcome is not proof that the item searched for was found: no field says so.",
--     "Outcomes depend on what officers do after a search as well as on what they find.",
--     "Searches come in clusters, so the interval is too narrow.",
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
-- [[groups]]
-- dimension = "object"
-- label = "object of search"
-- field = "object"
-- [[groups]]
-- dimension = "ethnicity"
-- label = "ethnic group"
-- field = "ethnicity_self"
-- people = true
-- [groups.populations]
-- officer_defined = "ethnicity_officer"
-- self_defined_filled = "ethnicity"
-- self_defined = "ethnicity"
-- [[groups]]
-- dimension = "object_ethnicity"
-- label = "ethnic group within object of search"
-- field = "object"
-- within = "ethnicity_officer"
-- bases = ["officer_defined"]
  with counted as (
       select force, month, borough, division, class,
              searches - outcome_unknown - no_further_action  as positive,
              searches - outcome_unknown                      as answered,
              outcome_unknown                                 as unknown
         from stop_search_tally
        where month between $1::date and $2::date
       ),
       listed as materialized (
       select 'total' as group_code, 'officer_defined' as basis, 'total' as division, 'total' as class
        union all
       select dimension || ':' || class, basis, division, class
         from stop_search_group
        where dimension in ('object', 'ethnicity')
       ),
       dense as (
       select l.group_code, l.basis, c.force, c.month, c.month_end, c.borough, n.positive, n.answered, n.unknown
         from stop_search_cell c
        cross join listed l
         left join counted n
           on n.force = c.force and n.month = c.month and n.borough = c.borough
          and n.division = l.division and n.class = l.class
        where c.month between $1::date and $2::date
        union all
       -- pairs of object and ethnicity are so many that only those with a search stand here: the share of none is no zero
       select 'object_ethnicity:' || n.class, 'officer_defined', c.force, c.month, c.month_end, c.borough, n.positive, n.answered, n.unknown
         from stop_search_cell c
         join counted n
        using (force, month, borough)
        where n.division = 'object_ethnicity'
          and c.month between $1::date and $2::date
       )
select c.group_code                         as group_code,
       c.basis                              as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(c.positive, 0)::bigint      as numerator,
       null::bigint                         as reference_numerator,
       coalesce(c.unknown, 0)::bigint       as unknown_numerator,
       coalesce(c.answered, 0)::bigint      as base
  from dense c
