-- Keep a file of a frozen report.
-- $1 hash: text, the hash of the report
-- $2 format: text
-- $3 media type: text
-- $4 policy: text, the Content-Security-Policy with which a page is sent, if it is one
-- $5 body: bytea, the file
insert into frozen_file (hash, format, media_type, policy, body)
     values ($1::text, $2::text, $3::text, $4::text, $5::bytea)
