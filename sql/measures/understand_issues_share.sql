-- title = "Share who say the police understand local issues"
-- definition = "Of residents interviewed in the Public Attitude Survey, the share who agree that the police understand the issues that affect their community, over a rolling twelve months as published."
-- source = "survey"
-- kind = "survey"
-- statistic = "share"
-- unit = "share of residents"
-- numerator = "none: the publisher gives the share, not the answers"
-- denominator = "interviews divided by 1.3 (the effective number)"
-- population = "residents"
-- field = "understand_issues"
-- interval = "Wilson, on the effective number of interviews"
-- direction = "higher"
-- method_version = 1
-- since = "2026-11"
-- adds = false
-- caveats = [
--     "A survey of about 400 residents a borough and year: a sample, with weights and clusters that leave it as telling as 400 / 1.3 interviews by chance alone: about 5.6 points either way at 50%. Where the publisher's table does not say how many were interviewed, 400 is taken.",
--     "Rolling years overlap: compare only years 12 months apart, and take a difference under 7.9 points for chance.",
--     "The figure of several boroughs weights each by its residents (mid-year estimate of the year in which the twelve months end), and is within a point of the publisher's own for the Met (0.8 at most from 2019 to 2023).",
--     "Nobody is interviewed in the City of London.",
--     "Interviews went from face to face to telephone in 2020-21 (not confirmed by the publisher).",
--     "The words of the question are those of the table's heading, and are not in the table itself.",
-- ]
-- [[bases]]
-- basis = "published"
-- label = "as published, rolling twelve months"
select 'total'                  as group_code,
       'published'              as basis,
       c.force                  as force,
       c.borough                as borough,
       c.period_start           as period_start,
       c.period_end             as period_end,
       c.share::bigint          as numerator,
       null::bigint             as reference_numerator,
       null::bigint             as unknown_numerator,
       c.interviews::bigint     as base
  from survey_cell c
 where c.measure = 'understand_issues'
   and c.period_start between $1::date and $2::date
