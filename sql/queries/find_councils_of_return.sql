-- The boroughs that have an amount in a return.
-- $1 resource_id: int
-- $2 month: date
  select distinct borough
    from spending_return
   where resource_id = $1::int
     and month = $2::date
     and amount_pence is not null
order by borough
