-- What is not there: months between the first and the last of any file that a force's source lacks, as sentences.
  with span as (
       select generate_series(min(month), max(month), interval '1 month')::date as month
         from coverage
        where last_release is null
       ),
       wanted as (
       select s.source, a.home_force as force, a.area_name, span.month
         from (values ('stop_search'), ('street'), ('outcomes')) s (source)
        cross join area a
        cross join span
        where a.area_kind = 'force'
       ),
       absent as (
       select w.source,
              w.area_name,
              w.month,
              w.month - (row_number() over (partition by w.source, w.area_name order by w.month) * interval '1 month')  as run
         from wanted w
        where not exists (select 1
                            from coverage c
                           where c.source = w.source
                             and c.force = w.force
                             and c.month = w.month
                             and c.last_release is null)
       ),
       runs as (
       select source, area_name, min(month) as first_month, max(month) as last_month
         from absent
     group by source, area_name, run
       )
select source || ', ' || area_name || ': '
       || string_agg(case when first_month = last_month then to_char(first_month, 'YYYY-MM')
                          else to_char(first_month, 'YYYY-MM') || ' to ' || to_char(last_month, 'YYYY-MM') end,
                     ', ' order by first_month)  as missing
  from runs
 group by source, area_name
 order by source, area_name
