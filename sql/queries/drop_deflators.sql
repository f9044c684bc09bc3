-- Drop the shipped deflators that are not of these years and of this vintage. What was loaded from a file stays.
-- $1 financial_years: int2[]
-- $2 vintage: text
delete from deflator
 where origin = 'shipped'
   and (vintage <> $2::text or financial_year <> all ($1::int2[]))
