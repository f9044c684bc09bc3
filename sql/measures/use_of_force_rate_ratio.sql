-- title = "Rate ratio of uses of force, by perceived ethnic group against White"
-- definition = "Uses of force per 1,000 residents of the group, divided by uses of force per 1,000 White residents of the same area. 1 means equal rates."
-- source = "use_of_force"
-- kind = "flow"
-- statistic = "ratio"
-- unit = "ratio of rates"
-- numerator = "uses of force on subjects perceived as of the group, per Census 2021 resident of the group"
-- denominator = "uses of force on subjects perceived as White, per Census 2021 White resident"
-- interval = "log method; exact conditional binomial where either count is under 10"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010).",
--     "A row is one officer's use of force on one subject: several officers who hold one person are several rows.",
--     "Residents are a weak denominator for one borough and a fair one for London: read it beside the Met area's ratio.",
--     "Ethnicity is what the officer perceived; residents are grouped by what they said of themselves in the Census. Fewer people are perceived as Mixed than say so.",
--     "Chinese people are counted under Other, as in searches: the denominators follow.",
--     "Uses of force come in clusters (several officers, one person; one operation, several people), so the interval is too narrow.",
--     "Ratios are never ranked.",
--     "Recorded by Met officers; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "officer_defined"
-- label = "ethnicity as the officer perceived it"
-- [[groups]]
-- dimension = "ethnicity"
-- label = "ethnic group; Other includes Chinese people"
-- field = "ethnicity_perceived"
-- classes = ["black", "asian", "other", "mixed"]
-- reference = "white"
-- people = true
-- [groups.populations]
-- officer_defined = "ethnicity_perceived"
  with counted as (
       select u.force, u.month, u.borough, v.class, count(*) as uses
         from use_of_force u
         join vocabulary v
           on v.field = 'ethnicity_perceived' and v.code = u.ethnicity
        where u.month between $1::date and $2::date
     group by u.force, u.month, u.borough, v.class
       ),
       cell as (
       select c.force, c.month, c.month_end, c.borough,
              coalesce(sum(n.uses), 0)                                            as uses,
              coalesce(sum(n.uses) filter (where n.class = 'white'), 0)           as white,
              coalesce(sum(n.uses) filter (where n.class = 'unknown'), 0)         as unknown
         from use_of_force_cell c
         left join counted n
        using (force, month, borough)
        where c.month between $1::date and $2::date
          and not c.unusable_fields ? 'ethnicity_perceived'
     group by c.force, c.month, c.month_end, c.borough
       )
select 'ethnicity:' || v.class              as group_code,
       'officer_defined'                    as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(n.uses, 0)                  as numerator,
       c.white::bigint                      as reference_numerator,
       c.unknown::bigint                    as unknown_numerator,
       c.uses::bigint                       as base
  from cell c
  join vocabulary_class v
    on v.field = 'ethnicity_perceived' and v.class in ('black', 'asian', 'other', 'mixed')
  left join counted n
    on n.force = c.force and n.month = c.month and n.borough = c.borough and n.class = v.class
