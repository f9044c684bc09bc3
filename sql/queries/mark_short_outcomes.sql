-- Mark the months whose outcomes file tells of crimes of its own month alone, and take the mark from those that do not.
-- $1 first_month: date
-- $2 last_month: date
-- $3 mark: text
-- $4 reason: text
-- $5 least: int
--
-- Cut by the identifiers of the same month's street file, as partial copies are, an outcomes file lacks what became of older
-- crimes: they would stand as open. So many outcomes of crimes of its month, and none of the three months before though
-- the month before is loaded, are no chance.
  with matched as (
       select o.force,
              o.month,
              count(*) filter (where c.month = o.month)  as own,
              count(*) filter (where c.month < o.month)  as older
         from crime_outcome o
         join crime c
           on c.force = o.force
          and c.crime_id = o.crime_id
          and c.month between o.month - interval '3 months' and o.month
        where o.month between $1::date and $2::date
     group by o.force, o.month
       ),
       told as (
       select s.resource_id,
              s.force,
              s.month,
              coalesce(m.own >= $5::int and m.older = 0, false)
              and exists (select
                            from resource_scope b
                           where b.source = 'street'
                             and b.force = s.force
                             and b.month = s.month - interval '1 month'
                             and b.superseded_by is null)  as is_short
         from resource_scope s
         left join matched m
           on m.force = s.force and m.month = s.month
        where s.source = 'outcomes'
          and s.superseded_by is null
          and s.month between $1::date and $2::date
       )
update resource_scope s
   set unusable_fields = case when t.is_short then s.unusable_fields || jsonb_build_object($3::text, $4::text)
                              else s.unusable_fields - $3::text
                          end
  from told t
 where s.resource_id = t.resource_id
   and s.force = t.force
   and s.month = t.month
   and (s.unusable_fields ? $3::text) <> t.is_short
