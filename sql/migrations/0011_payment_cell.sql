-- Payments of councils by month, kind and tag, as the measures count them.

-- The cells in which none is a real zero: what a council published of a month, by kind of payment. The GLA and TfL are
-- London-wide and no borough's: they have none.
create view payment_cell as
    select m.force,
           m.month,
           (m.month + interval '1 month - 1 day')::date  as month_end,
           (m.force - 100)::int2                         as borough,
           k.kind
      from received_month m
     cross join unnest(m.words) k (kind)
     where m.source = 'payment'
       and m.force between 101 and 133
       and k.kind in ('over_500', 'purchase_card', 'grant');

-- What was paid in each, by tag; a cell that is not here had no such payment.
create view payment_sum as
    select p.force,
           p.month,
           k.class                     as kind,
           t.class                     as tag,
           sum(p.amount_pence)::bigint as pence,
           count(*)                    as payments
      from payment p
      join vocabulary k
        on k.field = 'payment_kind' and k.code = p.kind
      join vocabulary t
        on t.field = 'payment_tag' and t.code = p.tag
     where p.borough > 0
  group by p.force, p.month, k.class, t.class;
