-- title = "Share of crimes closed with no suspect in the month of the crime"
-- definition = "Of the crimes of a month, the share closed with no suspect identified before that month was over."
-- source = "street"
-- follows = "outcomes"
-- kind = "cohort"
-- statistic = "share"
-- unit = "share of crimes"
-- numerator = "crimes whose investigation was completed in the month of the crime with no suspect identified"
-- denominator = "crimes of that month with an identifier"
-- words = "category"
-- interval = "Wilson"
-- direction = "lower"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A case is an identifier in the street file of the crime's month; one that stands there twice is one case. Crimes without an identifier are left out.",
--     "Crimes late in a month had fewer days in which to be closed than those early in it.",
--     "Recorded crime is what was reported to and recorded by the police, not all crime.",
--     "Court results stop after May 2019, so there is no conviction rate.",
--     "British Transport Police is not included.",
-- ]
-- [[bases]]
-- basis = "age_0"
-- label = "in the month of the crime"
-- ahead = 0
-- [[groups]]
-- dimension = "category"
-- label = "crime category"
-- field = "category"
-- classes = ["bicycle_theft", "burglary", "criminal_damage_and_arson", "drugs", "other_crime", "other_theft", "possession_of_weapons", "public_order", "robbery", "shoplifting", "theft_from_the_person", "vehicle_crime", "violence_and_sexual_offences"]
-- bases = ["age_0"]
select group_code                           as group_code,
       basis                                as basis,
       force                                as force,
       borough                              as borough,
       month                                as period_start,
       (month + interval '1 month - 1 day')::date  as period_end,
       coalesce(sum(cases) filter (where class = 'no_suspect'), 0)  as numerator,
       null::bigint                         as reference_numerator,
       coalesce(sum(cases) filter (where class = 'unknown'), 0)  as unknown_numerator,
       -- a cell without a case has no share, and no row
       sum(cases)                           as base
  from case_group
 where month between $1::date and $2::date
   and basis = 'age_0'
 group by group_code, basis, force, borough, month
