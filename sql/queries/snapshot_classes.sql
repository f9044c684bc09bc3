-- The classes of every field in their order, with the labels that people read. No parameters.
  select field,
         class,
         label
    from vocabulary_class
order by field, sort_order, class
