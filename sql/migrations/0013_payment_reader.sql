-- What the API may read of payments: not the table itself, nor its sums by tag, nor the text of rows that were not loaded.
--
-- A payment for domestic abuse, and any other to its supplier in the same file, is held with its month, kind, tag and amount
-- alone (is_withheld). The role of the API sees none of them row by row: whatever it is asked, it has nothing to give.

-- Pages go by line within a file.
drop index payment_fact;
create index payment_fact on payment (month, force, resource_id, line);

-- Payments that are given row by row. The barrier keeps conditions of a query from being tried on rows that are not.
create view payment_row with (security_barrier) as
    select resource_id,
           force,
           month,
           line,
           kind,
           tag,
           tag_rule,
           tag_words,
           paid_on,
           amount_pence,
           vat_pence,
           supplier,
           redaction,
           department,
           service,
           purpose,
           category,
           reference,
           supplier_borough
      from payment
     where not is_withheld;

do $$
declare
    kept constant text[] := array['payment', 'payment_sum', 'reject'];
    one text;
begin
    foreach one in array kept loop
        if to_regclass(format('%I.%I', current_schema, one)) is not null then
            execute format('revoke all on %I.%I from borough_reader', current_schema, one);
        end if;
    end loop;
    execute format('grant select (resource_id, line, reason) on %I.reject to borough_reader', current_schema);
end
$$;
