-- Who belongs to which area, and when. No parameters.
  select area_code,
         borough,
         force,
         valid_from,
         valid_to
    from area_member
order by area_code, borough, force nulls first, valid_from
