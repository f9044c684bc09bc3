-- title = "Strip searches per 1,000 residents"
-- definition = "Thorough searches (strip searches) after a stop in the area, per 1,000 residents in a year. A search counts where it took place, not where the person lives."
-- source = "thorough_search"
-- kind = "flow"
-- statistic = "rate"
-- unit = "strip searches per 1,000 residents a year"
-- numerator = "thorough searches in the area"
-- denominator = "residents, mid-year estimate, one twelfth for each month"
-- population = "residents"
-- interval = "Byar; exact Poisson under 10 searches"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- small = true
-- provisional = "No two rows of the Met's files are the same, although a row says little (day, borough, age group, sex, ethnicity, reason, outcome) and two searches can easily match in all of it. The Met probably removed such repeats, so the count is probably too low: for 2021 the files have 4,009 searches (file to August 2022) or 4,012 (file to January 2024), and the London Policing Ethics Panel reports 4,287."
-- caveats = [
--     "Place of search, not of residence: residents are a weak denominator for one borough and a fair one for London.",
--     "Searches come in clusters (one operation, several people), so the interval is too narrow.",
--     "These are the searches after a stop that the Met publishes as thorough searches. The files do not say what was removed, nor whether intimate parts were exposed, and have no strip searches in custody.",
--     "Files overlap and disagree: the latest whole file that covers a month counts, and they are never added up.",
--     "One person searched twice is two searches: rows carry no identifier.",
--     "Figures are given by whole calendar or financial year only, and small counts are withheld.",
--     "The Met's searches only; City of London Police and British Transport Police are not included.",
-- ]
-- [[bases]]
-- basis = "officer_defined"
-- label = "ethnicity as the officer recorded it"
  with counted as (
       select force, month, borough, count(*) as searches
         from thorough_search
        where month between $1::date and $2::date
     group by force, month, borough
       )
select 'total'                              as group_code,
       'officer_defined'                    as basis,
       c.force                              as force,
       c.borough                            as borough,
       c.month                              as period_start,
       c.month_end                          as period_end,
       coalesce(n.searches, 0)              as numerator,
       null::bigint                         as reference_numerator,
       0::bigint                            as unknown_numerator,
       coalesce(n.searches, 0)              as base
  from thorough_search_cell c
  left join counted n
 using (force, month, borough)
 where c.month between $1::date and $2::date
