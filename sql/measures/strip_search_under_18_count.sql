-- title = "Strip searches of under-18s"
-- definition = "Thorough searches (strip searches) after a stop of people recorded as under 18."
-- source = "thorough_search"
-- kind = "flow"
-- statistic = "count"
-- unit = "strip searches"
-- numerator = "thorough searches of people recorded as under 18"
-- denominator = "none"
-- field = "thorough_age"
-- interval = "Byar; exact Poisson under 10 searches"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- small = true
-- provisional = "No two rows of the Met's files are the same, although a row says little (day, borough, age group, sex, ethnicity, reason, outcome) and two searches can easily match in all of it. The Met probably removed such repeats, so the count is probably too low: for 2021 the files have 4,009 searches (file to August 2022) or 4,012 (file to January 2024), and the London Policing Ethics Panel reports 4,287."
-- caveats = [
--     "A search whose age is not recorded or not known is not counted as of an under-18.",
--     "Boroughs have a total only; ethnic groups are given for the Met area and for no part of it.",
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
-- met_only = true
  with worded as (
       select t.force, t.month, t.borough, a.class as age, e.class as ethnicity
         from thorough_search t
         join vocabulary a
           on a.field = 'thorough_age' and a.code = t.age
         join vocabulary e
           on e.field = 'ethnicity_officer' and e.code = t.ethnicity_officer
        where t.month between $1::date and $2::date
       ),
       counted as (
       select force, month, borough,
              count(*)                                                             as searches,
              count(*) filter (where age = 'unknown')                              as unknown_age,
              count(*) filter (where age = 'under_18')                             as under_18,
              count(*) filter (where age = 'under_18' and ethnicity = 'unknown')   as unknown_ethnicity
         from worded
     group by force, month, borough
       ),
       grouped as (
       select force, month, borough, ethnicity, count(*) as under_18
         from worded
        where age = 'under_18'
     group by force, month, borough, ethnicity
       ),
       cell as (
       select c.force, c.month, c.month_end, c.borough, c.unusable_fields,
              coalesce(n.searches, 0)           as searches,
              coalesce(n.unknown_age, 0)        as unknown_age,
              coalesce(n.under_18, 0)           as under_18,
              coalesce(n.unknown_ethnicity, 0)  as unknown_ethnicity
         from thorough_search_cell c
         left join counted n
        using (force, month, borough)
        where c.month between $1::date and $2::date
          and not c.unusable_fields ? 'thorough_age'
       )
select 'total'                              as group_code,
       'officer_defined'                    as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       c.under_18                           as numerator,
       null::bigint                         as reference_numerator,
       c.unknown_age                        as unknown_numerator,
       c.searches                           as base
  from cell c
 union all
select 'ethnicity:' || v.class,
       'officer_defined',
       c.force,
       c.borough,
       c.month,
       c.month_end,
       coalesce(g.under_18, 0),
       null,
       c.unknown_ethnicity,
       c.under_18
  from cell c
  join vocabulary_class v
    on v.field = 'ethnicity_officer'
  left join grouped g
    on g.force = c.force and g.month = c.month and g.borough = c.borough and g.ethnicity = v.class
 where not c.unusable_fields ? 'ethnicity_officer'
