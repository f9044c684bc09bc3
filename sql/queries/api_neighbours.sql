-- The boroughs that share an edge with a borough.
-- $1 borough: smallint
  select neighbour
    from neighbour
   where borough = $1::smallint
order by neighbour
