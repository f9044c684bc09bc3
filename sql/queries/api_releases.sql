-- A page of the releases up to one, the latest first, each with the files that came since the release before it.
-- `files` names the first of them; `files_replaced` counts the months of files that gave way to another copy.
-- $1 latest: int
-- $2 rows: int
-- $3 files named: int
  with page as (
       select release_id,
              release,
              published_at,
              is_sample,
              boundary_vintage,
              changes,
              coalesce((select max(p.published_at) from release p where p.release_id < r.release_id),
                       '-infinity')  as since
         from release r
        where release_id <= $1::int
     order by release_id desc
        limit $2::int
       )
  select p.release_id,
         p.release,
         p.published_at,
         p.is_sample,
         p.boundary_vintage,
         p.changes::text as changes,
         (select count(*)::int
            from resource
           where loaded_at > p.since
             and loaded_at <= p.published_at)  as files_loaded,
         (select count(*)::int
            from resource_scope
           where superseded_at > p.since
             and superseded_at <= p.published_at)  as files_replaced,
         array(select file || ' of ' || vintage
                 from resource
                where loaded_at > p.since
                  and loaded_at <= p.published_at
                order by resource_id
                limit $3::int)  as files
    from page p
order by p.release_id desc
