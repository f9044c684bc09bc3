-- Write the deflator of one financial year, as a file gives it.
-- $1 financial_year: int2
-- $2 index_value: numeric
-- $3 vintage: text
-- $4 origin: text
-- $5 published: date
insert into deflator (financial_year, index_value, vintage, origin, published)
values ($1::int2, $2::numeric, $3::text, $4::text, $5::date)
