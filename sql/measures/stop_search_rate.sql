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
-- label = "ethnic group"
-- field = "ethnicity_self"
-- people = true
-- [groups.populations]
-- officer_defined = "ethnicity_officer"
-- self_defined_filled = "ethnicity"
-- self_defined = "ethnicity"
  with counted as (
       select force, month, borough, object, legislation, null::int2 as age, null::int2 as gender,
              null::int2 as ethnicity_officer, null::int2 as ethnicity_self, sum(searches) as searches
         from stop_search_tally
        where tally = 'search' and month between $1::date and $2::date
     group by force, month, borough, object, legislation
        union all
       select force, month, borough, null, null, age, gender, null, null, searches
         from stop_search_tally
        where tally = 'person' and month between $1::date and $2::date
        union all
       select force, month, borough, null, null, null, null, ethnicity_officer, ethnicity_self, sum(searches)
         from stop_search_tally
        where tally = 'ethnicity' and month between $1::date and $2::date
     group by force, month, borough, ethnicity_officer, ethnicity_self
       ),
       listed as (
       select 'officer_defined' as basis, 'total' as dimension, 'total' as class
        union all
       select 'officer_defined', field, class
         from vocabulary_class
        where field in ('object', 'legislation', 'age', 'gender')
        union all
       select 'officer_defined', 'ethnicity', class
         from vocabulary_class
        where field = 'ethnicity_officer'
        union all
       select b.basis, 'ethnicity', v.class
         from vocabulary_class v
        cross join (values ('self_defined_filled'), ('self_defined')) b (basis)
        where v.field = 'ethnicity_self'
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
        union
       select force, month, borough from counted
       ),
       -- what was counted, and a zero for every class of every cell
       worded as (
       select force, month, borough, 'officer_defined' as basis, 'total' as dimension, 'total' as class, searches
         from counted
        where gender is not null
        union all
       select c.force, c.month, c.borough, 'officer_defined', v.field, v.class, c.searches
         from counted c
        cross join lateral (values
              ('object', c.object),
              ('legislation', c.legislation),
              ('age', c.age),
              ('gender', c.gender)) d (field, code)
         join vocabulary v
        using (field, code)
        union all
       select c.force, c.month, c.borough, b.basis, 'ethnicity', b.class, c.searches
         from counted c
         join vocabulary o on o.field = 'ethnicity_officer' and o.code = c.ethnicity_officer
         join vocabulary e on e.field = 'ethnicity_self' and e.code = c.ethnicity_self
        cross join lateral (values
              ('officer_defined', o.class),
              ('self_defined_filled', case when e.class = 'unknown' then o.class else e.class end),
              ('self_defined', e.class)) b (basis, class)
        union all
       select c.force, c.month, c.borough, l.basis, l.dimension, l.class, 0
         from cell c
        cross join listed l
       ),
       tally as (
       select force, month, borough, basis, dimension, class, sum(searches) as searches
         from worded
     group by force, month, borough, basis, dimension, class
       )
select case when t.dimension = 'total' then 'total' else t.dimension || ':' || t.class end  as group_code,
       t.basis                              as basis,
       t.force                              as force,
       t.borough                            as borough,
       t.month                              as period_start,
       (t.month + interval '1 month - 1 day')::date  as period_end,
       t.searches::bigint                   as numerator,
       null::bigint                         as reference_numerator,
       coalesce(sum(t.searches) filter (where t.class = 'unknown') over d, 0)::bigint  as unknown_numerator,
       (sum(t.searches) over d)::bigint     as base
  from tally t
  join received_month m
    on m.source = 'stop_search' and m.force = t.force and m.month = t.month
   -- a month whose file lacks the field has no figure for its groups: Met ages are blank in 2018-02
   and not m.unusable_fields ? t.dimension
window d as (partition by t.force, t.month, t.borough, t.basis, t.dimension)
