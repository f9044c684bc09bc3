-- title = "Spending on services for young people"
-- definition = "Net current expenditure that the council returned in section 251 outturn on universal and targeted services for young people together, by financial year."
-- source = "section_251"
-- kind = "annual"
-- statistic = "amount"
-- unit = "£ a year"
-- numerator = "net current expenditure on universal and targeted services for young people"
-- denominator = "none"
-- interval = "none: money is counted, not sampled"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Lines are named and divided differently from year to year. 2010-11 and 2011-12: substance misuse, teenage pregnancy, (2010-11) Connexions and (2011-12) other services for young people are lines of their own beside the two counted here; from 2012-13 they are part of them. 2008-09 and 2009-10 have no line of services for young people.",
--     "Net current expenditure: after income, before most grants. Councils decide what they book on these lines; some run youth services through a shared service or a charity.",
--     "A council that did not return a line has no figure. A returned zero is kept as zero: it is not the same as nothing spent.",
--     "The fall from £158 to £37 a head aged 5 to 17 that is said of England (2010-11 to 2020-21, real terms) is of the whole country and of more lines, and is not comparable with the figure of one borough here.",
--     "Real terms: multiplied by HM Treasury's GDP deflator of the last year it gives and divided by that of the financial year, rounded to the penny.",
-- ]
-- [[bases]]
-- basis = "nominal"
-- label = "in the money of the year"
-- needs = ["outturn_youth_universal", "outturn_youth_targeted"]
-- [[bases]]
-- basis = "real"
-- label = "in the prices of the latest deflator"
-- needs = ["outturn_youth_universal", "outturn_youth_targeted"]
select 'total'                        as group_code,
       a.prices                       as basis,
       a.force                        as force,
       a.borough                      as borough,
       a.period_start                 as period_start,
       a.period_end                   as period_end,
       a.pence                        as numerator,
       null::bigint                   as reference_numerator,
       null::bigint                   as unknown_numerator,
       null::bigint                   as base
  from spending_amount a
 where a.amount = 'youth_services'
   and a.period_start between $1::date and $2::date
