-- Give a number to one series, once.
-- $1 metric: text
-- $2 basis: text
-- $3 group_code: text
insert into series (metric, basis, group_code)
select $1::text, $2::text, $3::text
 where not exists (select 1 from series where metric = $1::text and basis = $2::text and group_code = $3::text)
