-- Which months of which force each source covered, as a release knew it.
-- $1 release: int
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
         outside
    from coverage
   where first_release <= $1::int
     and (last_release is null or last_release >= $1::int)
order by source, force, month
