-- Drop the sample's postcodes, which lie at invented points; a file of others stays whole.
-- $1 postcodes of the sample: text[]
delete from postcode
 where not exists (select 1
                     from postcode
                    where postcode <> all ($1::text[]))
