-- title = "Anti-social behaviour records per 1,000 residents"
-- definition = "Anti-social behaviour recorded by the police, per 1,000 residents in a year. It is not part of recorded crime."
-- source = "street"
-- kind = "flow"
-- statistic = "rate"
-- unit = "anti-social behaviour records per 1,000 residents a year"
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
  with tally as (
       select t.force, t.month, t.borough, sum(t.crimes) as records
         from crime_tally t
         join received_month m
           on m.source = 'street' and m.force = t.force and m.month = t.month
        where t.class = 'anti_social_behaviour' and t.month between $1::date and $2::date
          and 'anti_social_behaviour' = any (m.words)
     group by t.force, t.month, t.borough
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
