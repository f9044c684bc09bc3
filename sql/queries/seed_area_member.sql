-- Write one membership of a borough (and, where it is named, a force) in an area, or change it.
-- $1 area_code: text
-- $2 borough: int2
-- $3 force: int2
-- $4 valid_from: date
-- $5 valid_to: date
-- $6 source: text
insert into area_member (area_code, borough, force, valid_from, valid_to, source)
values ($1::text, $2::int2, $3::int2, $4::date, $5::date, $6::text)
    on conflict (area_code, borough, coalesce(force, 0), valid_from) do update
   set valid_to = excluded.valid_to,
       source = excluded.source
