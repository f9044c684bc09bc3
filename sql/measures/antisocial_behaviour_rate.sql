-- title = "Anti-social behaviour records per 1,000 residents"
-- definition = "Anti-social behaviour recorded by the police, per 1,000 residents in a year. It is not part of recorded crime."
-- source = "street"
-- kind = "flow"
-- statistic = "rate"
-- unit = "records per 1,000 residents a year"
-- numerator = "anti-social behaviour records located in the area"
-- denominator = "residents, mid-year estimate, one twelfth for each month"
-- population = "residents"
-- words = "category"
-- needs = ["anti_social_behaviour"]
-- interval = "Byar; exact Poisson under 10 records"
-- direction = "lower"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Councils record anti-social behaviour too: this is the police's part only.",
--     "Records of calls and reports, with no identifier: repeats cannot be told apart.",
-- ]
-- [[bases]]
-- basis = "recorded"
-- label = "as recorded"
  with counted as (
       select force, month, borough, count(*) as records
         from crime
        where month between $1::date and $2::date
          and category = any (array(select code from vocabulary where field = 'category' and class = 'anti_social_behaviour'))
     group by force, month, borough
       ),
       tally as (
       select c.force, c.month, c.borough, c.records
         from counted c
         join received_month m
           on m.source = 'street' and m.force = c.force and m.month = c.month
        where 'anti_social_behaviour' = any (m.words)
       ),
       cell as (
       select force, month, borough
         from received_cell
        where source = 'street' and month between $1::date and $2::date
          and 'anti_social_behaviour' = any (words)
        union
       select force, month, borough from tally
       )
select 'total'                              as group_code,
       'recorded'                           as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       (c.month + interval '1 month - 1 day')::date  as period_end,
       coalesce(t.records, 0)::bigint       as numerator,
       null::bigint                         as reference_numerator,
       null::bigint                         as unknown_numerator,
       null::bigint                         as base
  from cell c
  left join tally t
 using (force, month, borough)
