-- A page of the releases up to one, the latest first.
-- $1 latest: int
-- $2 rows: int
  select release_id,
         release,
         published_at,
         is_sample,
         boundary_vintage,
         changes::text as changes
    from release
   where release_id <= $1::int
order by release_id desc
   limit $2::int
