-- Every area in the order of answers. No parameters.
  select area_code,
         area_name,
         area_kind,
         slug,
         borough,
         met_borough_code,
         home_force
    from area
order by sort_order, area_code
