-- Sources whose whole files end with a month, and why nothing after it can be used. No parameters.
  select source,
         whole_to,
         after_that
    from source
   where whole_to is not null
order by source
