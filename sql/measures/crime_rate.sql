-- title = "Recorded crimes per 1,000 residents"
-- definition = "Crimes recorded by the police in the 13 crime categories of data.police.uk, per 1,000 residents in a year. Anti-social behaviour is not crime and is left out."
-- source = "street"
-- kind = "flow"
-- statistic = "rate"
-- unit = "crimes per 1,000 residents a year"
-- numerator = "recorded crimes located in the area, anti-social behaviour left out"
-- denominator = "residents, mid-year estimate, one twelfth for each month"
-- population = "residents"
-- words = "category"
-- interval = "Byar; exact Poisson under 10 crimes"
-- direction = "lower"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Recorded crime is what was reported to and recorded by the police, not all crime.",
--     "A month whose file holds no row of a category has no figure for that category, nor for the total: some copies hold burglary only.",
--     "Locations are moved to nearby map points by the publisher before publication.",
--     "British Transport Police is not included.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
-- [[groups]]
-- dimension = "category"
-- label = "crime category"
-- field = "category"
-- classes = ["bicycle_theft", "burglary", "criminal_damage_and_arson", "drugs", "other_crime", "other_theft", "possession_of_weapons", "public_order", "robbery", "shoplifting", "theft_from_the_person", "vehicle_crime", "violence_and_sexual_offences"]
  with listed as (
       select class
         from vocabulary_class
        where field = 'category'
          and class not in ('anti_social_behaviour', 'violent_crime', 'public_disorder_and_weapons', 'unknown')
       ),
       -- the categories that a month's file holds: some copies hold burglary only
       held as (
       select m.force, m.month, l.class, m.words @> array(select class from listed) as is_whole
         from received_month m
         join listed l
           on l.class = any (m.words)
        where m.source = 'street' and m.month between $1::date and $2::date
       ),
       counted as (
       select t.force, t.month, t.borough, h.class, h.is_whole, t.crimes
         from crime_tally t
         join held h
        using (force, month, class)
        where t.month between $1::date and $2::date
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'street' and month between $1::date and $2::date
        union
       select force, month, borough from counted
       ),
       -- what was counted, and a zero for every category held in every cell
       worded as (
       select force, month, borough, class, is_whole, crimes
         from counted
        union all
       select c.force, c.month, c.borough, h.class, h.is_whole, 0
         from cell c
         join held h
        using (force, month)
       ),
       tally as (
       select force, month, borough, is_whole, class, sum(crimes) as crimes
         from worded
     group by force, month, borough, is_whole, grouping sets ((class), ())
       )
select coalesce('category:' || class, 'total')  as group_code,
       'recorded'                           as basis,
       force                                as force,
       borough                              as borough,
       month                                as period_start,
       (month + interval '1 month - 1 day')::date  as period_end,
       crimes                               as numerator,
       null::bigint                         as reference_numerator,
       null::bigint                         as unknown_numerator,
       null::bigint                         as base
  from tally
 -- the total stands only where every category was received
 where class is not null or is_whole
