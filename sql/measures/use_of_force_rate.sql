-- title = "Uses of force per 1,000 residents"
-- definition = "Uses of force by Met officers recorded in the area, per 1,000 residents in a year. It counts where force was used, not where the person lives."
-- source = "use_of_force"
-- kind = "flow"
-- statistic = "rate"
-- unit = "uses of force per 1,000 residents a year"
-- numerator = "uses of force recorded: each officer's use of force on each subject"
-- denominator = "residents, mid-year estimate, one twelfth for each month; for ethnicity the group's own residents"
-- population = "residents"
-- interval = "Byar; exact Poisson under 10 uses of force"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A row is one officer's use of force on one subject: several officers who hold one person are several rows.",
--     "Handcuffing and other restraint count as force, whether the person complied or not.",
--     "Residents are a weak denominator for one borough and a fair one for London.",
--     "Ethnicity is what the officer perceived. Chinese people are counted under Other, as in searches, and perceived Mixed people have the Census Mixed residents under them.",
--     "Uses of force come in clusters (several officers, one person; one operation, several people), so the interval is too narrow.",
--     "Uses of force whose borough is blank, an airport's command or not known count in the Met area's total and in no borough; those outside London in the force's own total alone.",
--     "Recorded by Met officers; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "officer_defined"
-- label = "ethnicity as the officer perceived it"
-- [[groups]]
-- dimension = "ethnicity"
-- label = "ethnic group; Other includes Chinese people"
-- field = "ethnicity_perceived"
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
       select c.force, c.month, c.month_end, c.borough, c.unusable_fields,
              coalesce(sum(n.uses), 0)                                            as uses,
              coalesce(sum(n.uses) filter (where n.class = 'unknown'), 0)         as unknown
         from use_of_force_cell c
         left join counted n
        using (force, month, borough)
        where c.month between $1::date and $2::date
     group by c.force, c.month, c.month_end, c.borough, c.unusable_fields
       )
select 'total'                              as group_code,
       'officer_defined'                    as basis,
       force                                as force,
       borough                              as borough,
       month                                as period_start,
       month_end                            as period_end,
       uses::bigint                         as numerator,
       null::bigint                         as reference_numerator,
       0::bigint                            as unknown_numerator,
       uses::bigint                         as base
  from cell
 union all
select 'ethnicity:' || v.class,
       'officer_defined',
       c.force,
       c.borough,
       c.month,
       c.month_end,
       coalesce(n.uses, 0),
       null,
       c.unknown::bigint,
       c.uses::bigint
  from cell c
  join vocabulary_class v
    on v.field = 'ethnicity_perceived'
  left join counted n
    on n.force = c.force and n.month = c.month and n.borough = c.borough and n.class = v.class
 where not c.unusable_fields ? 'ethnicity_perceived'
