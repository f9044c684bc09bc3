-- Numbers for resources that are to be loaded.
-- $1 count: int
select nextval(pg_get_serial_sequence('resource', 'resource_id'))::int as resource_id
  from generate_series(1, $1::int)
