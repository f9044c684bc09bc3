-- Whether the facts are sample data.
select exists (select 1
                 from resource_scope s
                 join resource r
                using (resource_id)
                where s.superseded_by is null
                  and r.is_sample)
