-- The latest release. No parameters.
  select release_id,
         release,
         published_at
    from release
order by release_id desc
   limit 1
