-- What every release knew of some months of a source.
-- $1 source: text
-- $2 first month: date
-- $3 last month: date
  select source,
         force,
         month,
         status,
         reason,
         words,
         unusable_fields,
         events,
         placed,
         no_location,
         outside,
         first_release,
         last_release
    from coverage
   where source = $1::text
     and month between $2::date and $3::date
order by force, month, first_release
