-- A page of payments in the order of month, publisher, file and line.
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
-- $12 after month: date
-- $13 after publisher: smallint
-- $14 after resource: int
-- $15 after line: int
-- $16 rows: int, null for all
  select p.month,
         p.force,
         p.resource_id,
         p.line,
         p.paid_on,
         p.kind,
         p.supplier,
         p.redaction,
         p.department,
         p.service,
         p.purpose,
         p.category,
         p.reference,
         (p.amount_pence / 100.0)::float8  as amount_gbp,
         (p.vat_pence / 100.0)::float8     as vat_gbp,
         p.tag,
         p.tag_rule,
         p.tag_words,
         p.supplier_borough,
         r.file
    from payment_row p
    join resource r
   using (resource_id)
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
     and (p.month, p.force, p.resource_id, p.line) > ($12::date, $13::smallint, $14::int, $15::int)
order by p.month, p.force, p.resource_id, p.line
   limit $16::int
