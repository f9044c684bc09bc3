-- The coverage as it is recorded now.
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
 where last_release is null
