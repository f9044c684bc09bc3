-- Lines of councils' returns of one financial year of one file, in the order in which they are stored.
-- $1 resource: int
-- $2 month: date
-- $3 force: smallint
-- $4 boroughs: smallint[], null for all
-- $5 after: tid
-- $6 rows: int, null for all
-- $7 lines: smallint[], null for all
  select s.ctid as position,
         s.borough,
         s.place,
         to_char(s.month - interval '1 year', 'YYYY-') || to_char(s.month, 'YY')  as financial_year,
         r.publisher,
         split_part(v.word, ': ', 1)                                              as stage,
         s.line,
         (s.amount_pence / 100.0)::float8                                         as amount_gbp,
         case when s.amount_pence is null then 'not_returned'
              when s.amount_pence = 0 then 'returned_zero'
              else 'returned'
         end                                                                      as status,
         r.file
    from spending_return s
    join resource r
      on r.resource_id = s.resource_id
    join vocabulary v
      on v.field = 'spending_line' and v.code = s.line
   where s.resource_id = $1::int
     and s.month = $2::date
     and s.force = $3::smallint
     and ($4::smallint[] is null or s.borough = any ($4::smallint[]))
     and s.ctid > $5::tid
     and ($7::smallint[] is null or s.line = any ($7::smallint[]))
order by s.ctid
   limit $6::int
