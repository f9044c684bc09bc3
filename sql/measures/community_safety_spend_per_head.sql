-- title = "Community safety spending per resident"
-- definition = "Net current expenditure that the council returned on the three lines of community safety together (crime reduction, safety services, CCTV), by financial year, for each resident."
-- source = "revenue_return"
-- kind = "annual"
-- statistic = "per_head"
-- unit = "£ per resident a year"
-- numerator = "net current expenditure on crime reduction, safety services and CCTV together"
-- denominator = "residents, mid-year estimate of the year in which the financial year begins"
-- population = "residents"
-- interval = "none: money is counted, not sampled"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A budget is what the council planned before the year began, an outturn what it spent: they are never compared with each other. MHCLG publishes budgets as form RA and this line's outturn as form RO5; the summaries RS and RSX do not have it.",
--     "Net current expenditure: after fees, other income and recharges, before most grants. Councils decide what they book on this line, on another, or in a shared service, so that a difference between two councils may be one of bookkeeping.",
--     "A council that did not return the line has no figure. A returned zero is kept as zero: it may be booked elsewhere, and is not the same as nothing spent.",
--     "Amounts are returned in thousands of pounds.",
--     "Real terms: multiplied by HM Treasury's GDP deflator of the last year it gives and divided by that of the financial year, rounded to the penny.",
--     "Per head of residents by the mid-year estimate of the year in which the financial year begins. The City of London and Westminster have a daytime population many times their residents.",
--     "A council that did not return one of the three lines has no figure. Which of them it books a service on differs: take the three together when comparing councils.",
--     "The fall of 42% between 2010 and 2016 that a review of London boroughs names cannot be checked with RS or RSX, which have totals of services only: it needs the RO5 files of those years.",
-- ]
-- [[bases]]
-- basis = "budget_nominal"
-- label = "budget (RA), in the money of the year"
-- needs = ["budget_crime_reduction", "budget_safety_services", "budget_cctv"]
-- [[bases]]
-- basis = "budget_real"
-- label = "budget (RA), in the prices of the latest deflator"
-- needs = ["budget_crime_reduction", "budget_safety_services", "budget_cctv"]
-- [[bases]]
-- basis = "outturn_nominal"
-- label = "outturn (RO5), in the money of the year"
-- needs = ["outturn_crime_reduction", "outturn_safety_services", "outturn_cctv"]
-- [[bases]]
-- basis = "outturn_real"
-- label = "outturn (RO5), in the prices of the latest deflator"
-- needs = ["outturn_crime_reduction", "outturn_safety_services", "outturn_cctv"]
select 'total'                        as group_code,
       a.stage || '_' || a.prices     as basis,
       a.force                        as force,
       a.borough                      as borough,
       a.period_start                 as period_start,
       a.period_end                   as period_end,
       a.pence                        as numerator,
       null::bigint                   as reference_numerator,
       null::bigint                   as unknown_numerator,
       null::bigint                   as base
  from spending_amount a
 where a.amount = 'community_safety'
   and a.period_start between $1::date and $2::date
