-- Write one class of a vocabulary field, or change it.
-- $1 field: text
-- $2 class: text
-- $3 label: text
-- $4 sort_order: int2
insert into vocabulary_class (field, class, label, sort_order)
values ($1::text, $2::text, $3::text, $4::int2)
    on conflict (field, class) do update
   set label = excluded.label,
       sort_order = excluded.sort_order
