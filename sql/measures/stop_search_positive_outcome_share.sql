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
       select force, month, borough, object, ethnicity_officer, ethnicity_self,
              sum(searches)  as searches,
              coalesce(sum(searches) filter (where outcome = any (array(
                  select code from vocabulary where field = 'search_outcome' and class = 'no_further_action'))), 0)
                             as without_result,
              coalesce(sum(searches) filter (where outcome = any (array(
                  select code from vocabulary where field = 'search_outcome' and class = 'unknown'))), 0)
                             as unknown
         from stop_search_tally
        where tally in ('search', 'ethnicity') and month between $1::date and $2::date
     group by force, month, borough, object, ethnicity_officer, ethnicity_self
       ),
       listed as (
       select 'officer_defined' as basis, 'total' as group_code
        union all
       select 'officer_defined', 'object:' || class
         from vocabulary_class
        where field = 'object'
        union all
       select 'officer_defined', 'ethnicity:' || class
         from vocabulary_class
        where field = 'ethnicity_officer'
        union all
       select b.basis, 'ethnicity:' || v.class
         from vocabulary_class v
        cross join (values ('self_defined_filled'), ('self_defined')) b (basis)
        where v.field = 'ethnicity_self'
        union all
       select 'officer_defined', 'object_ethnicity:' || o.class || '/' || e.class
         from vocabulary_class o
        cross join vocabulary_class e
        where o.field = 'object' and e.field = 'ethnicity_officer'
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'stop_search' and month between $1::date and $2::date
        union
       select force, month, borough from counted
       ),
       classed as (
       select c.force, c.month, c.borough, b.class as object, o.class as officer, e.class as stated,
              c.searches - c.without_result - c.unknown as positive, c.searches - c.unknown as answered, c.unknown
         from counted c
         join vocabulary o on o.field = 'ethnicity_officer' and o.code = c.ethnicity_officer
         left join vocabulary b on b.field = 'object' and b.code = c.object
         left join vocabulary e on e.field = 'ethnicity_self' and e.code = c.ethnicity_self
       ),
       -- what was counted, and a zero for every group of every cell
       worded as (
       select c.force, c.month, c.borough, 'officer_defined' as basis, g.group_code, c.positive, c.answered, c.unknown
         from classed c
        cross join lateral (values
              ('total'),
              ('object:' || c.object),
              ('object_ethnicity:' || c.object || '/' || c.officer)) g (group_code)
        where c.object is not null
        union all
       select c.force, c.month, c.borough, b.basis, 'ethnicity:' || b.class, c.positive, c.answered, c.unknown
         from classed c
        cross join lateral (values
              ('officer_defined', c.officer),
              ('self_defined_filled', case when c.stated = 'unknown' then c.officer else c.stated end),
              ('self_defined', c.stated)) b (basis, class)
        where c.stated is not null
        union all
       select c.force, c.month, c.borough, l.basis, l.group_code, 0, 0, 0
         from cell c
        cross join listed l
       ),
       tally as (
       select force, month, borough, basis, group_code,
              sum(positive) as positive, sum(answered) as answered, sum(unknown) as unknown
         from worded
     group by force, month, borough, basis, group_code
       )
select t.group_code                         as group_code,
       t.basis                              as basis,
       t.force                              as force,
       t.borough                            as borough,
       t.month                              as period_start,
       (t.month + interval '1 month - 1 day')::date  as period_end,
       t.positive                           as numerator,
       null::bigint                         as reference_numerator,
       t.unknown                            as unknown_numerator,
       t.answered                           as base
  from tally t
  join received_month m
    on m.source = 'stop_search' and m.force = t.force and m.month = t.month
