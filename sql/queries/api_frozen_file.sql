-- A file of a frozen report, and the check sums of all its files as they were when it was frozen.
-- $1 hash: text, the hash of the report
-- $2 format: text, the format of the file
   select one.media_type, one.policy, one.body, sums.body as sums
     from frozen_file one
left join frozen_file sums on sums.hash = one.hash and sums.format = 'sums'
    where one.hash = $1::text
      and one.format = $2::text
