-- Drop all that came of sample data: facts, resources, figures and releases. Areas and boundaries stay.
truncate stop_search, stop_search_total, stop_search_tally, crime, crime_tally, crime_outcome, case_tally, thorough_search, use_of_force, control_total, survey_estimate, payment, spending_return, reject, resource_scope, resource, observation, series, coverage, exposure,
         stale, published_method, release
