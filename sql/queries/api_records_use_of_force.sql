-- Uses of force of one month of one file, in the order in which they are stored. Age, gender, ethnicity, detention
-- under the Mental Health Act and death are left out: with a day and a borough they would single out people.
-- $1 resource: int
-- $2 month: date
-- $3 force: smallint
-- $4 boroughs: smallint[], null for all
-- $5 after: tid
-- $6 rows: int, null for all
  select ctid as position,
         borough,
         place,
         occurred_on,
         main_duty,
         conduct,
         locations,
         tactics,
         ced_used,
         ced_discharged,
         firearm_aimed,
         firearm_fired,
         subject_injured,
         arrested,
         escaped
    from use_of_force
   where resource_id = $1::int
     and month = $2::date
     and force = $3::smallint
     and ($4::smallint[] is null or borough = any ($4::smallint[]))
     and ctid > $5::tid
order by ctid
   limit $6::int
