-- title = "Share of searches with a positive outcome"
-- definition = "Of the searches of people with a recorded outcome, the share that ended in anything other than no further action: arrest, summons, caution, community resolution, penalty notice or warning."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of searches"
-- numerator = "person searches whose outcome is other than no further action"
-- denominator = "person searches with a recorded outcome"
-- field = "search_outcome"
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
-- label = "ethnic group; in the officer's record Other includes Chinese people"
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
  with cell as (
       select force, month, month_end, borough, unusable_fields, searches, outcome_unknown, no_further_action
         from stop_search_cell
        where month between $1::date and $2::date
          and not unusable_fields ? 'search_outcome'
       ),
       counted as (
       select force, month, borough, division, class, searches, outcome_unknown, no_further_action
         from stop_search_tally
        where month between $1::date and $2::date
       ),
       grouped as (
       select 'total' as group_code, 'officer_defined' as basis, force, month, month_end, borough,
              searches, outcome_unknown, no_further_action
         from cell
        union all
       select g.dimension || ':' || g.class, g.basis, c.force, c.month, c.month_end, c.borough,
              coalesce(n.searches, 0), coalesce(n.outcome_unknown, 0), coalesce(n.no_further_action, 0)
         from cell c
        cross join stop_search_group g
         left join counted n
           on n.force = c.force and n.month = c.month and n.borough = c.borough
          and n.division = g.division and n.class = g.class
        where g.dimension in ('object', 'ethnicity')
          and not c.unusable_fields ? g.field
        union all
       -- pairs of object and ethnicity are so many that only those with a search have a row: a share of none is no zero
       select 'object_ethnicity:' || n.class, 'officer_defined', c.force, c.month, c.month_end, c.borough,
              n.searches, n.outcome_unknown, n.no_further_action
         from cell c
         join counted n
        using (force, month, borough)
        where n.division = 'object_ethnicity'
          and not c.unusable_fields ?| array['object', 'ethnicity_officer']
       )
select c.group_code                         as group_code,
       c.basis                              as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       (c.searches - c.outcome_unknown - c.no_further_action)::bigint  as numerator,
       null::bigint                         as reference_numerator,
       c.outcome_unknown::bigint            as unknown_numerator,
       (c.searches - c.outcome_unknown)::bigint  as base
  from grouped c
