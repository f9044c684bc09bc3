-- The months of which there is a current file of a source.
-- $1 source: text
  select distinct month
    from resource_scope
   where source = $1::text
     and superseded_by is null
order by month
