-- title = "Share of uses of force with a Taser"
-- definition = "Of the uses of force by Met officers recorded in the area, the share in which the officer used a conducted energy device (Taser) in any way."
-- source = "use_of_force"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of uses of force"
-- numerator = "uses of force in which a Taser was used"
-- denominator = "uses of force of which it is known whether a Taser was used"
-- field = "ced_used"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A row is one officer's use of force on one subject: several officers who hold one person are several rows.",
--     "Used means drawn, aimed, arced or pointed with its laser as well as discharged.",
--     "Where the question on the Taser is blank, as it is for most officers, who carry none, the tactics tell.",
--     "Uses of force come in clusters (several officers, one person; one operation, several people), so the interval is too narrow.",
--     "Recorded by Met officers; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
  with counted as (
       select force, month, borough,
              count(*) filter (where ced_used)              as counted,
              count(ced_used)                               as known,
              count(*) filter (where ced_used is null)      as unknown
         from use_of_force
        where month between $1::date and $2::date
     group by force, month, borough
       )
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(n.counted, 0)               as numerator,
       null::bigint                         as reference_numerator,
       coalesce(n.unknown, 0)               as unknown_numerator,
       coalesce(n.known, 0)                 as base
  from use_of_force_cell c
  left join counted n
 using (force, month, borough)
 where c.month between $1::date and $2::date
   and not c.unusable_fields ? 'ced_used'
