-- Every release, the latest first. No parameters.
  select release_id,
         release,
         published_at,
         is_sample,
         boundary_vintage,
         deflators
    from release
order by release_id desc
