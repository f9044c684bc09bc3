-- The deflators on which real terms stand. No parameters.
  select financial_year,
         index_value
    from deflator_in_use
order by financial_year
