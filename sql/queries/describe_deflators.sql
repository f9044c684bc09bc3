-- In whose prices real terms are, in words; null where there are no deflators. No parameters.
select format('%s-%s prices (%s)', base_year, lpad(((base_year + 1) % 100)::text, 2, '0'), vintage)
  from deflator_in_use
 limit 1
