-- Files of payments: how many of their lines could not be loaded, and which kinds they hold.
-- $1 resources: int[]
  select r.resource_id,
         r.rows_rejected,
         array(select distinct v.class
                 from resource_scope s
                 join vocabulary v
                   on v.field = 'payment_kind' and v.code = any (s.words)
                where s.resource_id = r.resource_id)  as kinds
    from resource r
   where r.resource_id = any ($1::int[])
