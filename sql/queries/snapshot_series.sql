-- The named time series. No parameters.
  select series_id,
         metric,
         basis,
         group_code
    from series
order by series_id
