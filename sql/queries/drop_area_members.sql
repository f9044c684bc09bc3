-- Drop the memberships that are not among these; force 0 stands for any.
-- $1 area_codes: text[]
-- $2 boroughs: int2[]
-- $3 forces: int2[]
-- $4 valid_from: date[]
delete from area_member m
 where not exists (select 1
                     from unnest($1::text[], $2::int2[], $3::int2[], $4::date[]) g (area_code, borough, force, valid_from)
                    where g.area_code = m.area_code
                      and g.borough = m.borough
                      and g.force = coalesce(m.force, 0)
                      and g.valid_from = m.valid_from)
