-- The months of files of sources that counted when a release was published, by month and force. `is_gone`: another copy
-- has taken the place of this one since, and its rows are no longer here.
-- $1 sources: text[]
-- $2 first month: date
-- $3 last month: date
-- $4 published at: timestamptz
  select s.resource_id,
         s.month,
         s.force,
         s.events,
         s.superseded_at is not null as is_gone
    from resource_scope s
    join resource r
   using (resource_id)
   where s.source = any ($1::text[])
     and s.month between $2::date and $3::date
     and s.force > 0
     and r.loaded_at <= $4::timestamptz
     and (s.superseded_at is null or s.superseded_at > $4::timestamptz)
order by s.month, s.force, s.resource_id
