-- Close what was known of one source, force and month; what no release ever said is taken away.
-- $1 source: text
-- $2 force: int2
-- $3 month: date
-- $4 last_release: int
update coverage
   set last_release = $4::int
 where source = $1::text
   and force = $2::int2
   and month = $3::date
   and last_release is null
