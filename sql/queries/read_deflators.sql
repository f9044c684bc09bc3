-- Every deflator that is stored, whichever vintage is in use. No parameters.
  select financial_year,
         index_value,
         vintage,
         published
    from deflator
order by vintage, financial_year
