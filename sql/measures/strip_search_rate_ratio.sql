-- title = "Rate ratio of strip searches, by ethnic group against White"
-- definition = "Thorough searches (strip searches) after a stop per 1,000 residents of the group, divided by those per 1,000 White residents of the same area, all ages. 1 means equal rates."
-- source = "thorough_search"
-- kind = "flow"
-- statistic = "ratio"
-- unit = "ratio of rates"
-- numerator = "thorough searches of the group, per Census 2021 resident of the group"
-- denominator = "thorough searches of White people, per Census 2021 White resident"
-- interval = "log method; exact conditional binomial where either count is under 10"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- small = true
-- provisional = "No two rows of the Met's files are the same, although a row says little (day, borough, age group, sex, ethnicity, reason, outcome) and two searches can easily match in all of it. The Met probably removed such repeats, so the count is probably too low: for 2021 the files have 4,009 searches (file to August 2022) or 4,012 (file to January 2024), and the London Policing Ethics Panel reports 4,287."
-- caveats = [
--     "This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010).",
--     "Residents are a weak denominator for one borough and a fair one for London: read it beside the Met area's ratio.",
--     "Officer-defined ethnicity has no Mixed group, and counts Chinese people under Other: the denominators follow.",
--     "Ratios are never ranked.",
--     "These are the searches after a stop that the Met publishes as thorough searches. The files do not say what was removed, nor whether intimate parts were exposed, and have no strip searches in custody.",
--     "Files overlap and disagree: the latest whole file that covers a month counts, and they are never added up.",
--     "One person searched twice is two searches: rows carry no identifier.",
--     "Figures are given by whole calendar or financial year only, and small counts are withheld.",
--     "The Met's searches only; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "officer_defined"
-- label = "ethnicity as the officer recorded it"
-- [[groups]]
-- dimension = "ethnicity"
-- label = "ethnic group; Other includes Chinese people"
-- field = "ethnicity_officer"
-- classes = ["black", "asian", "other"]
-- reference = "white"
-- people = true
-- [groups.populations]
-- officer_defined = "ethnicity_officer"
  with counted as (
       select t.force, t.month, t.borough, v.class, count(*) as searches
         from thorough_search t
         join vocabulary v
           on v.field = 'ethnicity_officer' and v.code = t.ethnicity_officer
        where t.month between $1::date and $2::date
     group by t.force, t.month, t.borough, v.class
       ),
       cell as (
       select c.force, c.month, c.month_end, c.borough,
              coalesce(sum(n.searches), 0)::bigint                                       as searches,
              coalesce(sum(n.searches) filter (where n.class = 'white'), 0)::bigint      as white,
              coalesce(sum(n.searches) filter (where n.class = 'unknown'), 0)::bigint    as unknown
         from thorough_search_cell c
         left join counted n
        using (force, month, borough)
        where c.month between $1::date and $2::date
          and not c.unusable_fields ? 'ethnicity_officer'
     group by c.force, c.month, c.month_end, c.borough
       )
select 'ethnicity:' || v.class              as group_code,
       'officer_defined'                    as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(n.searches, 0)              as numerator,
       c.white                              as reference_numerator,
       c.unknown                            as unknown_numerator,
       c.searches                           as base
  from cell c
  join vocabulary_class v
    on v.field = 'ethnicity_officer' and v.class in ('black', 'asian', 'other')
  left join counted n
    on n.force = c.force and n.month = c.month and n.borough = c.borough and n.class = v.class
