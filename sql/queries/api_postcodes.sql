-- Where postcodes are; those that are not known give no row.
-- $1 postcodes: text[]
select postcode,
       latitude,
       longitude,
       borough
  from postcode
 where postcode = any ($1::text[])
