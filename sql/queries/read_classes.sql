-- The classes of each vocabulary field, in their order.
select field,
       array_agg(class order by sort_order)  as classes
  from vocabulary_class
 group by field
