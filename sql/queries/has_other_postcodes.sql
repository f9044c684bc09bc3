-- Whether postcodes are loaded that are not among these.
-- $1 postcodes: text[]
select exists (select 1
                 from postcode
                where postcode <> all ($1::text[]))
