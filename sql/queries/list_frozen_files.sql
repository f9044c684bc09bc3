-- The files of a frozen report.
-- $1 hash: text, the hash of the report
  select format, body
    from frozen_file
   where hash = $1::text
order by format
