-- title = "Share of uses of force with handcuffs only"
-- definition = "Of the uses of force by Met officers recorded in the area, the share in which handcuffing, compliant or not, was the only physical tactic. Talking (tactical communications) beside it is set aside."
-- source = "use_of_force"
-- kind = "flow"
-- statistic = "share"
-- unit = "share of uses of force"
-- numerator = "uses of force whose tactics are handcuffing, with or without tactical communications, and nothing else"
-- denominator = "uses of force with a tactic recorded, all of them in known words"
-- field = "tactics"
-- interval = "Wilson"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A row is one officer's use of force on one subject: several officers who hold one person are several rows.",
--     "One officer's record: another officer may have used more force on the same person at the same time.",
--     "Compliant and non-compliant handcuffing are counted alike.",
--     "Uses of force come in clusters (several officers, one person; one operation, several people), so the interval is too narrow.",
--     "Recorded by Met officers; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
  with known as (
       select array_agg(word) filter (where class = 'handcuffing')                                   as handcuffing,
              array_agg(word) filter (where class in ('handcuffing', 'communication'))               as mild,
              array_agg(word) filter (where class not in ('handcuffing', 'communication', 'unknown'))  as other
         from vocabulary
        where field = 'force_tactic'
       ),
       told as (
       select u.force, u.month, u.borough,
              case when t.words && k.other then false
                   when t.words <@ k.mild then t.words && k.handcuffing
               end as is_only
         from use_of_force u
        cross join known k
        cross join lateral (select string_to_array(u.tactics, '|')) t (words)
        where u.month between $1::date and $2::date
       ),
       counted as (
       select force, month, borough,
              count(*) filter (where is_only)               as counted,
              count(is_only)                                as known,
              count(*) filter (where is_only is null)       as unknown
         from told
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
   and not c.unusable_fields ? 'tactics'
