-- Keep a row that was not loaded.
-- $1 resource_id: int
-- $2 line: int
-- $3 reason: text
-- $4 row_text: text
insert into reject (resource_id, line, reason, row_text)
values ($1::int, $2::int, $3::text, $4::text)
