-- All that the figures of a release follow from, in one order on every machine: current files with the kinds of event
-- that they hold, populations, and the class of each word (codes differ between machines, words do not).
select part,
       content
  from (select s.source                                as part,
               s.force || ' ' || s.month || ' ' || r.sha256 || ' '
               || coalesce((select string_agg(v.word, '; ' order by v.word collate "C")
                              from vocabulary v
                             where v.field = case s.source
                             when 'payment' then 'payment_kind'
                             when 'revenue_return' then 'spending_line'
                             when 'section_251' then 'spending_line'
                             else 'category' end
                               and v.code = any (s.words)), 'all')  as content
          from resource_scope s
          join resource r
         using (resource_id)
         where s.superseded_by is null
           and s.force > 0
         union all
        select 'population',
               population || ' ' || borough || ' ' || year || ' ' || persons || ' ' || vintage
          from population_in_use
         union all
        select 'deflator',
               financial_year || ' ' || index_value || ' ' || vintage
          from deflator_in_use
         union all
        select 'vocabulary',
               field || ': ' || word || ': ' || class
          from vocabulary
         -- words that nobody has filed count as unknown, whichever they are
         where not is_unseen) everything
 order by part collate "C", content collate "C"
