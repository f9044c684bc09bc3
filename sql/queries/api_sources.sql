-- Who publishes what. No parameters.
  select source,
         title,
         publisher,
         licence,
         address,
         description
    from source
order by source
