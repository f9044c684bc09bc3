-- What each current file covers, with the classes of event it holds.
select s.source,
       s.force,
       s.month,
       (select array_agg(distinct v.class)
          from vocabulary v
         where v.field = case s.source
                        when 'payment' then 'payment_kind'
                        when 'revenue_return' then 'spending_line'
                        when 'section_251' then 'spending_line'
                        else 'category' end
           and v.code = any (s.words))  as words,
       s.events,
       s.placed,
       s.no_location,
       s.outside,
       s.first_event,
       s.last_event,
       s.unusable_fields
  from resource_scope s
 where s.superseded_by is null
   and s.force > 0
