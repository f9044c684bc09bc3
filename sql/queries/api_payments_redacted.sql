-- How many payments are given of each month, publisher and kind, and of how many the supplier is not named.
-- $1 resources: int[]
-- $2 publishers: smallint[]
-- $3 first month: date
-- $4 last month: date
-- $5 redactions that leave the name out: smallint[]
  select force,
         month,
         kind,
         count(*)                                                    as payments,
         count(*) filter (where redaction = any ($5::smallint[]))    as redacted
    from payment_row
   where resource_id = any ($1::int[])
     and force = any ($2::smallint[])
     and month between $3::date and $4::date
group by force, month, kind
