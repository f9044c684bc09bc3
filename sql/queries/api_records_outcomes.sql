-- Outcomes of crimes of one month of one file, in the order in which they are stored.
-- $1 resource: int
-- $2 month: date
-- $3 force: smallint
-- $4 boroughs: smallint[], null for all
-- $5 after: tid
-- $6 rows: int, null for all
-- $7 outcomes: smallint[], null for all
  select ctid as position,
         borough,
         place,
         replace(crime_id::text, '-', '') as crime_id,
         outcome,
         case when lsoa > 0 then 'E' || lpad(lsoa::text, 8, '0') end as lsoa,
         longitude,
         latitude
    from crime_outcome
   where resource_id = $1::int
     and month = $2::date
     and force = $3::smallint
     and ($4::smallint[] is null or borough = any ($4::smallint[]))
     and ctid > $5::tid
     and ($7::smallint[] is null or outcome = any ($7::smallint[]))
order by ctid
   limit $6::int
