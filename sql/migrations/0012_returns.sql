-- Returns as their measures read them.

-- What councils returned, and when: one row a council, financial year and line, from files received whole.
-- stage: budget or outturn, never mixed. line: the class of its word without the stage.
-- factor: by what the amount is multiplied to be in the prices of `deflator_in_use`; null where those do not reach.
create view spending_cell as
    select m.source,
           r.force,
           r.borough,
           split_part(v.class, '_', 1)                          as stage,
           substr(v.class, strpos(v.class, '_') + 1)            as line,
           (r.month - interval '11 months')::date               as period_start,
           (r.month + interval '1 month - 1 day')::date         as period_end,
           r.amount_pence,
           d.factor
      from spending_return r
      join received_month m
        on m.source in ('revenue_return', 'section_251') and m.force = r.force and m.month = r.month
      join vocabulary v
        on v.field = 'spending_line' and v.code = r.line
      left join deflator_in_use d
        on d.financial_year = extract(year from r.month) - 1
     where r.borough > 0
       and r.amount_pence is not null
       and v.class <> 'unknown';

-- The amounts that figures are made of, in the money of the year and in the prices of the latest deflator. An amount of
-- which a line was not returned is not there: a part is no total.
create view spending_amount as
    select r.amount,
           r.stage,
           p.prices,
           r.force,
           r.borough,
           r.period_start,
           r.period_end,
           p.pence
      from (select a.amount, c.stage, c.force, c.borough, c.period_start, c.period_end, c.factor,
                   sum(c.amount_pence)::bigint  as pence
              from (values ('community_safety', 'revenue_return', array['crime_reduction', 'safety_services', 'cctv']),
                           ('crime_reduction', 'revenue_return', array['crime_reduction']),
                           ('cctv', 'revenue_return', array['cctv']),
                           ('youth_services', 'section_251', array['youth_universal', 'youth_targeted']))
                   a (amount, source, lines)
              join spending_cell c
                on c.source = a.source and c.line = any (a.lines)
          group by a.amount, a.lines, c.stage, c.force, c.borough, c.period_start, c.period_end, c.factor
            having count(*) = cardinality(a.lines)) r
     cross join lateral (values ('nominal', r.pence),
                                ('real', round(r.pence * r.factor)::bigint)) p (prices, pence)
     where p.pence is not null;
