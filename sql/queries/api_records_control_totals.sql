-- The Met's own counts of offences of one month of one file, in the order in which they are stored.
-- $1 resource: int
-- $2 month: date
-- $3 force: smallint
-- $4 boroughs: smallint[], null for all
-- $5 after: tid
-- $6 rows: int, null for all
-- $7 offences: smallint[], null for all
  select ctid as position,
         borough,
         place,
         offence,
         offences
    from control_total
   where resource_id = $1::int
     and month = $2::date
     and force = $3::smallint
     and ($4::smallint[] is null or borough = any ($4::smallint[]))
     and ctid > $5::tid
     and ($7::smallint[] is null or offence = any ($7::smallint[]))
order by ctid
   limit $6::int
