-- A page of the observations that two releases know differently, by series, month, borough and force. A side that had
-- none is null.
-- $1 from release: int
-- $2 to release: int
-- $3 series: int[]
-- $4 cells: int[], each borough × 1000 + force; null for all
-- $5 after series: int
-- $6 after month: date
-- $7 after borough: smallint
-- $8 after force: smallint
-- $9 rows: int
  with former as (
       select series_id, period_start, period_end, borough, force, numerator, reference_numerator, unknown_numerator,
              base, method_version
         from observation
        where series_id = any ($3::int[])
          and first_release <= $1::int
          and last_release >= $1::int
          and last_release < $2::int
       ),
       latter as (
       select series_id, period_start, period_end, borough, force, numerator, reference_numerator, unknown_numerator,
              base, method_version
         from observation
        where series_id = any ($3::int[])
          and first_release > $1::int
          and first_release <= $2::int
          and (last_release is null or last_release >= $2::int)
       )
select series_id,
       period_start,
       coalesce(latter.period_end, former.period_end)  as period_end,
       borough,
       force,
       former.numerator        as before_numerator,
       former.reference_numerator  as before_reference,
       former.unknown_numerator    as before_unknown,
       former.base             as before_base,
       former.method_version   as before_method,
       latter.numerator        as after_numerator,
       latter.reference_numerator  as after_reference,
       latter.unknown_numerator    as after_unknown,
       latter.base             as after_base,
       latter.method_version   as after_method
  from former
  full join latter
 using (series_id, period_start, borough, force)
 where ($4::int[] is null or borough::int * 1000 + force = any ($4::int[]))
   and (series_id, period_start, borough, force) > ($5::int, $6::date, $7::smallint, $8::smallint)
   and (former.numerator, former.reference_numerator, former.unknown_numerator, former.base, former.method_version)
       is distinct from
       (latter.numerator, latter.reference_numerator, latter.unknown_numerator, latter.base, latter.method_version)
 order by series_id, period_start, borough, force
 limit $9::int
