-- The formats in which a frozen report is kept.
-- $1 hash: text, the hash of the report
  select format
    from frozen_file
   where hash = $1::text
order by format
