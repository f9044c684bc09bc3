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
