-- title = "Share of Taser uses that were discharges"
-- definition = "Of the uses of force with a conducted energy device (Taser), the share in which it was fired or pressed against the person (drive stun or angle drive stun)."
-- source = "use_of_force"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of uses of a Taser"
-- numerator = "uses of force in which a Taser was fired, or used in drive stun or angle drive stun"
-- denominator = "uses of force in which a Taser was used, and known whether it was discharged"
-- field = "ced_discharged"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A row is one officer's use of force on one subject: several officers who hold one person are several rows.",
--     "The other uses of a Taser are to draw it, aim it, arc it or point its laser, without a discharge.",
--     "Uses of force come in clusters (several officers, one person; one operation, several people), so the interval is too narrow.",
--     "Recorded by Met officers; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
  with counted as (
       select force, month, borough,
              count(*) filter (where ced_discharged)              as counted,
              count(ced_discharged)                               as known,
              count(*) filter (where ced_discharged is null)      as unknown
         from use_of_force
        where month between $1::date and $2::date
          and ced_used
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
   and not c.unusable_fields ? 'ced_discharged'
