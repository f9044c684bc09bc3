-- title = "Recorded crimes counted here, against the Met's own count"
-- definition = "Crimes of the Met's files on data.police.uk with a place in the area, divided by the offences that the Met itself publishes for the same borough and months. 1 means that both counts are equal: it tells how complete the counts of crime here are."
-- source = "street"
-- follows = "control_total"
-- kind = "flow"
-- statistic = "completeness"
-- unit = "share of the Met's own count"
-- numerator = "recorded crimes of the Met's files located in the area, by category"
-- denominator = "offences in the Met's borough-level crime file, by the headings that belong to the category"
-- words = "category"
-- interval = "none: two counts of the same crimes"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "The two counts are of different days: the Met rewrites its file every month, and moves offences between headings as they are looked into.",
--     "The Met's headings change with time (domestic burglary gave way to burglary of a home and of unconnected buildings in 2023), and offences of former years are filed anew under later ones.",
--     "Categories and headings agree closely for burglary, robbery, drugs and thefts; other crime and other theft do so only roughly. Fraud has no category on data.police.uk and is left out.",
--     "Locations are moved to nearby map points before publication, so a crime near a boundary may count in the next borough.",
--     "In the Met's total, the Met's offences at airports and in no borough are set against our crimes without a location.",
--     "The City of London has none: City of London Police publishes no such file.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
-- ahead = 0
-- [[groups]]
-- dimension = "category"
-- label = "crime category"
-- field = "category"
-- classes = ["bicycle_theft", "burglary", "criminal_damage_and_arson", "drugs", "other_crime", "other_theft", "possession_of_weapons", "public_order", "robbery", "shoplifting", "theft_from_the_person", "vehicle_crime", "violence_and_sexual_offences"]
  with listed as (
       select class
         from vocabulary_class
        where field = 'control_offence' and class not in ('fraud', 'unknown')
       ),
       -- the categories that a month's file holds, where the Met's own count of the month is there too
       held as (
       select s.force, s.month, l.class, s.words @> array(select class from listed) as is_whole
         from received_month s
         join received_month o
           on o.source = 'control_total' and o.force = s.force and o.month = s.month
         join listed l
           on l.class = any (s.words)
        where s.source = 'street' and s.month between $1::date and $2::date
       ),
       -- the force's own boroughs, and what has no place; a crime outside London has no count to be set against
       cell as (
       select h.force, h.month, h.class, h.is_whole, c.borough
         from held h
         join received_cell c
           on c.source = 'street' and c.force = h.force and c.month = h.month and c.borough >= 0
       ),
       ours as (
       select force, month, borough, class, sum(crimes) as crimes
         from crime_tally
        where month between $1::date and $2::date
     group by force, month, borough, class
       ),
       theirs as (
       select t.force, t.month, t.borough, v.class, sum(t.offences) as offences
         from control_total t
         join vocabulary v
           on v.field = 'control_offence' and v.code = t.offence
        where t.month between $1::date and $2::date
     group by t.force, t.month, t.borough, v.class
       ),
       compared as (
       select c.force, c.month, c.borough, c.is_whole, c.class,
              sum(coalesce(o.crimes, 0))            as crimes,
              sum(coalesce(t.offences, 0))          as offences
         from cell c
         left join ours o
        using (force, month, borough, class)
         left join theirs t
        using (force, month, borough, class)
     group by c.force, c.month, c.borough, c.is_whole, grouping sets ((c.class), ())
       )
select coalesce('category:' || class, 'total')  as group_code,
       'recorded'                           as basis,
       force                                as force,
       borough                              as borough,
       month                                as period_start,
       (month + interval '1 month - 1 day')::date  as period_end,
       crimes::bigint                       as numerator,
       null::bigint                         as reference_numerator,
       null::bigint                         as unknown_numerator,
       offences::bigint                     as base
  from compared
 -- the total stands only where every category was received
 where class is not null or is_whole
