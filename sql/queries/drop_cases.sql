-- Forget what became of the crimes of a range of months.
-- $1 first_month: date
-- $2 last_month: date
delete from case_tally
 where month between $1::date and $2::date
