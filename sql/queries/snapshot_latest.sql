-- The latest release, and the database it is in. No parameters.
  select release_id,
         release,
         published_at,
         current_database() as database
    from release
order by release_id desc
   limit 1
