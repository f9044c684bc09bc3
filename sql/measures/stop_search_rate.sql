-- title = "Searches per 1,000 residents"
-- definition = "Searches of people recorded in the area, per 1,000 residents in a year. A search counts where it took place, not where the person lives."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "rate"
-- unit = "searches per 1,000 residents a year"
-- numerator = "person searches (Person search, Person and Vehicle search) located in the area"
-- denominator = "residents, mid-year estimate, one twelfth for each month; for age, gender and ethnicity the group's own residents"
-- population = "residents"
-- interval = "Byar; exact Poisson under 10 searches"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Place of search, not of residence: residents are a weak denominator for one borough and a fair one for London.",
--     "Searches come in clusters (one operation, several people), so the interval is too narrow.",
--     "Vehicle searches have no person and are left out. British Transport Police is not included.",
--     "Rows carry no identifier: repeat searches of one person cannot be told from searches of several people.",
--     "Gender \"Other\" and age \"under 10\" count as unknown: both leap in 2024-03, when the Met changed its system.",
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
-- dimension = "legislation"
-- label = "power used"
-- field = "legislation"
-- [[groups]]
-- dimension = "age"
-- label = "age range"
-- field = "age"
-- people = true
-- small = true
-- [[groups]]
-- dimension = "gender"
-- label = "gender"
-- field = "gender"
-- people = true
-- [[groups]]
-- dimension = "ethnicity"
-- label = "ethnic group; in the officer's record Other includes Chinese people"
-- field = "ethnicity_self"
-- people = true
-- [groups.populations]
-- officer_defined = "ethnicity_officer"
-- self_defined_filled = "ethnicity"
-- self_defined = "ethnicity"
  with cell as (
       select force, month, month_end, borough, unusable_fields, searches
         from stop_search_cell
        where month between $1::date and $2::date
       ),
       counted as (
       select force, month, borough, division, class, searches
         from stop_search_tally
        where division <> 'object_ethnicity' and month between $1::date and $2::date
       )
select 'total'                              as group_code,
       'officer_defined'                    as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       c.searches::bigint                   as numerator,
       null::bigint                         as reference_numerator,
       0::bigint                            as unknown_numerator,
       c.searches::bigint                   as base
  from cell c
 union all
select g.dimension || ':' || g.class,
       g.basis,
       c.force,
       c.borough,
       c.month,
       c.month_end,
       coalesce(n.searches, 0),
       null,
       coalesce(u.searches, 0),
       c.searches
  from cell c
 cross join stop_search_group g
  left join counted n
    on n.force = c.force and n.month = c.month and n.borough = c.borough
   and n.division = g.division and n.class = g.class
  left join counted u
    on u.force = c.force and u.month = c.month and u.borough = c.borough
   and u.division = g.division and u.class = 'unknown'
 -- a month whose file lacks the field has no figure for its groups: Met ages are blank in 2018-02
 where not c.unusable_fields ? g.field
