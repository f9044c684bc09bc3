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
-- label = "ethnic group; in the officer's record Other includes Chinese people"
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
       select force, month, borough, division, class, searches, searches - section_60 as without_section_60
         from stop_search_tally
        where division in ('ethnicity_officer', 'ethnicity_filled', 'ethnicity_self')
          and month between $1::date and $2::date
       )
select 'ethnicity:' || g.class              as group_code,
       g.basis || x.suffix                  as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(x.searches, 0)::bigint      as numerator,
       coalesce(x.white, 0)::bigint         as reference_numerator,
       coalesce(x.unknown, 0)::bigint       as unknown_numerator,
       x.every_search::bigint               as base
  from stop_search_cell c
 cross join stop_search_group g
  left join counted n
    on n.force = c.force and n.month = c.month and n.borough = c.borough
   and n.division = g.division and n.class = g.class
  left join counted w
    on w.force = c.force and w.month = c.month and w.borough = c.borough
   and w.division = g.division and w.class = 'white'
  left join counted u
    on u.force = c.force and u.month = c.month and u.borough = c.borough
   and u.division = g.division and u.class = 'unknown'
 cross join lateral (values
       ('', n.searches, w.searches, u.searches, c.searches),
       ('_without_section_60', n.without_section_60, w.without_section_60, u.without_section_60, c.searches - c.section_60)
       ) x (suffix, searches, white, unknown, every_search)
 where c.month between $1::date and $2::date
   and g.dimension = 'ethnicity'
   and g.class in ('black', 'asian', 'other', 'mixed')
   and not c.unusable_fields ? g.field
   and (x.suffix = '' or not c.unusable_fields ? 'legislation')
