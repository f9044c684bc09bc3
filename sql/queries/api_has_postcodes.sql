-- Whether a file of postcodes was loaded. No parameters.
select exists (select from postcode) as has_postcodes
