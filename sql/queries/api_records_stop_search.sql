-- Searches of one month of one file, in the order in which they are stored. Age and gender are left out: with a time
-- and a place they would single out people. So is whether more than outer clothing was removed: that is a strip search.
-- $1 resource: int
-- $2 month: date
-- $3 force: smallint
-- $4 boroughs: smallint[], null for all
-- $5 after: tid
-- $6 rows: int, null for all
-- $7 search types: smallint[], null for all
-- $8 ethnicities by officers: smallint[], null for all
-- $9 ethnicities by themselves: smallint[], null for all
-- $10 legislations: smallint[], null for all
-- $11 objects: smallint[], null for all
-- $12 outcomes: smallint[], null for all
  select ctid as position,
         borough,
         place,
         occurred_at,
         extract(hour from occurred_at at time zone 'Europe/London')::int2 as hour,
         search_type,
         ethnicity_officer,
         ethnicity_self,
         legislation,
         object,
         outcome,
         linked,
         operation,
         longitude,
         latitude
    from stop_search
   where resource_id = $1::int
     and month = $2::date
     and force = $3::smallint
     and ($4::smallint[] is null or borough = any ($4::smallint[]))
     and ctid > $5::tid
     and ($7::smallint[] is null or search_type = any ($7::smallint[]))
     and ($8::smallint[] is null or ethnicity_officer = any ($8::smallint[]))
     and ($9::smallint[] is null or ethnicity_self = any ($9::smallint[]))
     and ($10::smallint[] is null or legislation = any ($10::smallint[]))
     and ($11::smallint[] is null or object = any ($11::smallint[]))
     and ($12::smallint[] is null or outcome = any ($12::smallint[]))
order by ctid
   limit $6::int
