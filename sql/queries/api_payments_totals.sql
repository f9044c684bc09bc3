-- Payments added up by one of their properties. Suppliers are the same in whatever case they are written; those that are
-- not named stand together, under why they are not.
-- $1 resources: int[]
-- $2 publishers: smallint[]
-- $3 first month: date
-- $4 last month: date
-- $5 kinds: smallint[], null for all
-- $6 tags: smallint[], null for all
-- $7 patterns that the supplier has: text[], null for any
-- $8 patterns that the department has: text[], null for any
-- $9 patterns that the words of the row have: text[], null for any
-- $10 least amount in pence: bigint, null for any
-- $11 greatest amount in pence: bigint, null for any
-- $12 by: text, tag, supplier, month, department, kind or payer
-- $13 redaction of suppliers that are named: smallint
  select case $12::text
              when 'tag' then p.tag
              when 'kind' then p.kind
              when 'payer' then p.force
              when 'supplier' then p.redaction
         end                             as code,
         case $12::text
              when 'month' then to_char(p.month, 'YYYY-MM')
              when 'department' then lower(p.department)
              when 'supplier' then case when p.redaction = $13::smallint then lower(p.supplier) end
         end                             as folded,
         case $12::text
              when 'department' then min(p.department)
              when 'supplier' then min(case when p.redaction = $13::smallint then p.supplier end)
         end                             as word,
         count(*)                        as payments,
         sum(p.amount_pence)::int8       as amount_pence
    from payment_row p
   where p.resource_id = any ($1::int[])
     and p.force = any ($2::smallint[])
     and p.month between $3::date and $4::date
     and ($5::smallint[] is null or p.kind = any ($5::smallint[]))
     and ($6::smallint[] is null or p.tag = any ($6::smallint[]))
     and ($7::text[] is null or p.supplier ilike all ($7::text[]))
     and ($8::text[] is null or p.department ilike all ($8::text[]))
     and ($9::text[] is null
          or concat_ws(' ', p.supplier, p.department, p.service, p.purpose, p.category, p.reference) ilike all ($9::text[]))
     and ($10::bigint is null or p.amount_pence >= $10::bigint)
     and ($11::bigint is null or p.amount_pence <= $11::bigint)
group by 1, 2
