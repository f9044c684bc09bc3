-- What is not there, as sentences: of the files by month, the months between the first and the last of any of them that a
-- force's source lacks; of the tables of events, the months that are lacking from their own first to their own last, or to
-- the last of the files by month.
  with monthly as (
       select source
         from (values ('stop_search'), ('street'), ('outcomes')) m (source)
       ),
       span as (
       select generate_series(min(month), max(month), interval '1 month')::date as month
         from coverage
         join monthly
        using (source)
        where last_release is null
       ),
       own_span as (
       select source,
              force,
              generate_series(min(month), greatest(max(month), (select max(month) from span)), interval '1 month')::date as month
         from coverage
        where last_release is null
          and source in ('thorough_search', 'use_of_force', 'control_total')
     group by source, force
       ),
       wanted as (
       select m.source, a.home_force as force, a.area_name, span.month
         from monthly m
        cross join area a
        cross join span
        where a.area_kind = 'force'
        union all
       select o.source, o.force, a.area_name, o.month
         from own_span o
         join area a
           on a.area_kind = 'force' and a.home_force = o.force
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
