-- The deflators that ship, as they are stored. No parameters.
  select financial_year,
         index_value,
         vintage
    from deflator
   where origin = 'shipped'
order by financial_year
