-- title = "Share of crimes closed with no suspect identified"
-- definition = "Of the crimes of a month, the share closed with no suspect identified by the time the cases were 1, 3, 6 or 12 months old."
-- source = "street"
-- follows = "outcomes"
-- kind = "cohort"
-- statistic = "share"
-- unit = "share of crimes"
-- numerator = "crimes whose investigation was completed with no suspect identified"
-- denominator = "crimes of that month with an identifier"
-- words = "category"
-- interval = "Wilson"
-- direction = "lower"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A case is an identifier in the street file of the crime's month; one that stands there twice is one case. Crimes without an identifier are left out.",
--     "Compare months at the same age of their cases: a month whose cases are not that old yet has no figure.",
--     "A charge is never overwritten by a later outcome; of other outcomes the latest month's counts.",
--     "As last published in the street file: the cases are as old as that copy of the file, so that months, forces and releases must not be compared with each other on this basis. It shows what a republished file changed.",
--     "An outcomes file that was cut by the crimes of its own month, as copies of one category are, cannot say how older cases went on: with such files the ages have no figure.",
--     "Recorded crime is what was reported to and recorded by the police, not all crime.",
--     "Court results stop after May 2019, so there is no conviction rate.",
--     "British Transport Police is not included.",
-- ]
-- [[bases]]
-- basis = "age_1"
-- label = "1 month after the month of the crime"
-- ahead = 1
-- [[bases]]
-- basis = "age_3"
-- label = "3 months after the month of the crime"
-- ahead = 3
-- [[bases]]
-- basis = "age_6"
-- label = "6 months after the month of the crime"
-- ahead = 6
-- [[bases]]
-- basis = "age_12"
-- label = "12 months after the month of the crime"
-- ahead = 12
-- [[bases]]
-- basis = "as_published"
-- label = "as last published in the street file, at no set age"
-- [[groups]]
-- dimension = "category"
-- label = "crime category"
-- field = "category"
-- classes = ["bicycle_theft", "burglary", "criminal_damage_and_arson", "drugs", "other_crime", "other_theft", "possession_of_weapons", "public_order", "robbery", "shoplifting", "theft_from_the_person", "vehicle_crime", "violence_and_sexual_offences"]
-- bases = ["age_1", "age_3", "age_6", "age_12", "as_published"]
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
   and basis <> 'age_0'
 group by group_code, basis, force, borough, month
