-- The Public Attitude Survey of the Mayor's Office for Policing and Crime: published estimates by borough.

-- One row an estimate. month: the last of the rolling twelve months. force 1: the survey is of the Met's 32 boroughs.
-- share, met_share: ten-thousandths; met_share is the publisher's own figure for the whole Met beside each row.
-- interviews: null where the file gives none.
create table survey_estimate (
    resource_id  integer  not null,
    force        smallint not null,
    month        date     not null,
    measure      smallint not null,
    share        smallint not null check (share between 0 and 10000),
    met_share    smallint check (met_share between 0 and 10000),
    interviews   integer  check (interviews > 0),
    borough      smallint not null,
    place        smallint not null
);
create index survey_estimate_fact on survey_estimate (month, resource_id);

-- Estimates that may be published: of boroughs, in rolling years received whole, for what was asked in all of them.
-- About 400 are interviewed in a borough and year: that stands where a file does not say how many.
create view survey_cell as
    select v.class                                              as measure,
           e.force,
           e.borough,
           (e.month - interval '11 months')::date               as period_start,
           (e.month + interval '1 month - 1 day')::date         as period_end,
           e.share,
           coalesce(e.interviews, 400)                          as interviews
      from survey_estimate e
      join received_month m
        on m.source = 'survey' and m.force = e.force and m.month = e.month
      join vocabulary v
        on v.field = 'survey_measure' and v.code = e.measure
     where e.borough > 0
       and not m.unusable_fields ? v.class;
