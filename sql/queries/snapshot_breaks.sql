-- Breaks in the series. No parameters.
  select series_break,
         month,
         sources,
         dimensions,
         effect,
         explanation,
         reference,
       force
    from series_break
order by month, series_break
