-- Write one area, or change it.
-- $1 area_code: text
-- $2 area_name: text
-- $3 area_kind: text
-- $4 slug: text
-- $5 borough: int2
-- $6 met_borough_code: text
-- $7 home_force: int2
-- $8 sort_order: int2
-- $9 source: text
insert into area (area_code, area_name, area_kind, slug, borough, met_borough_code, home_force, sort_order, source)
values ($1::text, $2::text, $3::text, $4::text, $5::int2, $6::text, $7::int2, $8::int2, $9::text)
    on conflict (area_code) do update
   set area_name = excluded.area_name,
       area_kind = excluded.area_kind,
       slug = excluded.slug,
       borough = excluded.borough,
       met_borough_code = excluded.met_borough_code,
       home_force = excluded.home_force,
       sort_order = excluded.sort_order,
       source = excluded.source
