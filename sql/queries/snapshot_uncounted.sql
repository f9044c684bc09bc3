-- Series that a release did not count yet: their first observation is of a later one, by a version of the program that
-- came after it. Asked series by series, so that each takes one look into an index.
-- $1 release: int
  select s.series_id
    from series s
   where (select 1
            from observation o
           where o.series_id = s.series_id
             and o.last_release is null
             and o.first_release <= $1::int
           limit 1) is null
     and (select 1
            from observation o
           where o.series_id = s.series_id
             and o.last_release is not null
             and o.first_release <= $1::int
           limit 1) is null
     and (select 1
            from observation o
           where o.series_id = s.series_id
             and o.last_release is null
           limit 1) is not null
order by s.series_id
