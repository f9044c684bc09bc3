-- title = "Rate ratio of searches, by ethnic group against White"
-- definition = "Searches per 1,000 residents of the group, divided by searches per 1,000 White residents of the same area. 1 means equal rates."
-- source = "stop_search"
-- kind = "flow"
-- statistic = "ratio"
-- unit = "ratio of rates"
-- numerator = "person searches of the group, per Census 2021 resident of the group"
-- denominator = "person searches of White people, per Census 2021 White resident"
-- interval = "log method; exact conditional binomial where either count is under 10"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010).",
--     "Residents are a weak denominator for one borough and a fair one for London: read it beside the Met area's ratio.",
--     "Officer-defined ethnicity has no Mixed group, and counts Chinese people under Other: the denominators follow.",
--     "Self-defined ethnicity is unknown in about 31% of Met searches, and not at random.",
--     "Bases are never compared with each other over time. Ratios are never ranked.",
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
-- [[bases]]
-- basis = "officer_defined_without_section_60"
-- label = "ethnicity as the officer recorded it, section 60 searches left out"
-- [[bases]]
-- basis = "self_defined_filled_without_section_60"
-- label = "ethnicity as the person stated it, gaps filled by the officer's record, section 60 searches left out"
-- [[bases]]
-- basis = "self_defined_without_section_60"
-- label = "ethnicity as the person stated it, section 60 searches left out"
-- [[groups]]
-- dimension = "ethnicity"
-- label = "ethnic group"
-- field = "ethnicity_self"
-- classes = ["black", "asian", "other", "mixed"]
-- reference = "white"
-- people = true
-- [groups.populations]
-- officer_defined = "ethnicity_officer"
-- self_defined_filled = "ethnicity"
-- self_defined = "ethnicity"
-- officer_defined_without_section_60 = "ethnicity_officer"
-- self_defined_filled_without_section_60 = "ethnicity"
-- self_defined_without_section_60 = "ethnicity"
  with counted as (
       select force, month, borough, ethnicity_officer, ethnicity_self,
              sum(searches)  as searches,
              sum(searches) filter (where legislation <> all (array(
                  select code from vocabulary where field = 'legislation' and class = 'cjpoa_section_60')))
                             as not_section_60
         from stop_search_tally
        where tally = 'ethnicity' and month between $1::date and $2::date
     group by force, month, borough, ethnicity_officer, ethnicity_self
       ),
       listed as (
       select 'officer_defined' as basis, class
         from vocabulary_class
        where field = 'ethnicity_officer'
        union all
       select b.basis, v.class
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
       select c.force, c.month, c.borough, b.basis, b.class, c.searches, coalesce(c.not_section_60, 0) as not_section_60
         from counted c
         join vocabulary o on o.field = 'ethnicity_officer' and o.code = c.ethnicity_officer
         join vocabulary e on e.field = 'ethnicity_self' and e.code = c.ethnicity_self
        cross join lateral (values
              ('officer_defined', o.class),
              ('self_defined_filled', case when e.class = 'unknown' then o.class else e.class end),
              ('self_defined', e.class)) b (basis, class)
        union all
       select c.force, c.month, c.borough, l.basis, l.class, 0, 0
         from cell c
        cross join listed l
       ),
       tally as (
       select force, month, borough, basis, class, sum(searches) as searches, sum(not_section_60) as not_section_60
         from worded
     group by force, month, borough, basis, class
       ),
       compared as (
       select t.force, t.month, t.borough, t.basis, t.class, x.suffix, x.searches,
              sum(x.searches) filter (where t.class = 'white') over d    as white,
              sum(x.searches) filter (where t.class = 'unknown') over d  as unknown,
              sum(x.searches) over d                                     as every_search
         from tally t
         join received_month m
           on m.source = 'stop_search' and m.force = t.force and m.month = t.month
        cross join lateral (values
              ('', t.searches),
              ('_without_section_60', t.not_section_60)) x (suffix, searches)
       window d as (partition by t.force, t.month, t.borough, t.basis, x.suffix)
       )
select 'ethnicity:' || class                as group_code,
       basis || suffix                      as basis,
       force                                as force,
       borough                              as borough,
       month                                as period_start,
       (month + interval '1 month - 1 day')::date  as period_end,
       searches                             as numerator,
       white::bigint                        as reference_numerator,
       unknown::bigint                      as unknown_numerator,
       every_search::bigint                 as base
  from compared
 where class in ('black', 'asian', 'other', 'mixed')
