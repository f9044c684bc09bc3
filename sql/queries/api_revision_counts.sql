-- How many observations two releases know differently, by metric, basis, force and month; those of small numbers apart.
-- `largest` is the greatest change of a numerator as {change, series, borough, before, after}.
-- $1 from release: int
-- $2 to release: int
-- $3 series: int[]
-- $4 cells: int[], each borough × 1000 + force; null for all
-- $5 small: int[], the series of small numbers
-- $6 shares: int[], the series whose base is their denominator; of the others it only tells how much is known
--
-- `known` are those of which only the number of unknown, or what it is a part of, differs: `changed` leaves them out.
  with former as (
       select series_id, period_start, borough, force, numerator, reference_numerator, unknown_numerator, base,
              method_version
         from observation
        where series_id = any ($3::int[])
          and first_release <= $1::int
          and last_release >= $1::int
          and last_release < $2::int
       ),
       latter as (
       select series_id, period_start, borough, force, numerator, reference_numerator, unknown_numerator, base,
              method_version
         from observation
        where series_id = any ($3::int[])
          and first_release > $1::int
          and first_release <= $2::int
          and (last_release is null or last_release >= $2::int)
       ),
       changed as (
       select series_id,
              period_start,
              borough,
              force,
              former.numerator                                                           as before_numerator,
              latter.numerator                                                           as after_numerator,
              latter.series_id is not null and former.series_id is null                  as is_new,
              former.series_id is not null and latter.series_id is null                  as is_withdrawn,
              coalesce(former.method_version <> latter.method_version, false)            as is_new_method,
              (former.numerator, former.reference_numerator, former.method_version)
              is not distinct from
              (latter.numerator, latter.reference_numerator, latter.method_version)
              and (former.base is not distinct from latter.base or series_id <> all ($6::int[]))  as is_known
         from former
         full join latter
        using (series_id, period_start, borough, force)
        where ($4::int[] is null or borough::int * 1000 + force = any ($4::int[]))
          and (former.numerator, former.reference_numerator, former.unknown_numerator, former.base, former.method_version)
              is distinct from
              (latter.numerator, latter.reference_numerator, latter.unknown_numerator, latter.base, latter.method_version)
       )
select s.metric,
       s.basis,
       c.series_id = any ($5::int[])                                  as is_small,
       c.force,
       c.period_start,
       count(*) filter (where not (c.is_new or c.is_withdrawn or c.is_known))::int  as changed,
       count(*) filter (where c.is_known)::int                        as known,
       count(*) filter (where c.is_new)::int                          as new,
       count(*) filter (where c.is_withdrawn)::int                    as withdrawn,
       bool_or(c.is_new_method)                                       as has_new_method,
       max(array[abs(c.after_numerator - c.before_numerator), c.series_id, c.borough, c.before_numerator,
                 c.after_numerator])
           filter (where not (c.is_new or c.is_withdrawn or c.is_known))  as largest
  from changed c
  join series s
 using (series_id)
 group by s.metric, s.basis, is_small, c.force, c.period_start
 order by s.metric, s.basis, is_small, c.force, c.period_start
