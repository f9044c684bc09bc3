-- Thorough searches (strip searches) of the Met, one row a search, from files of many months.
--
--   place     6 named (the publisher names the borough), besides those of the spine
--   positive  the outcome was positive; null: not answered
--   adult     an appropriate adult was present; null: not answered

-- Where a publisher's whole files end, and why nothing after it can be used; null where they go on.
alter table source add column whole_to date, add column after_that text;

create table thorough_search (
    resource_id        integer  not null,
    force              smallint not null,
    month              date     not null,
    occurred_on        date     not null,
    age                smallint not null,
    gender             smallint not null,
    ethnicity_officer  smallint not null,
    reason             smallint not null,
    positive           boolean,
    adult              boolean,
    borough            smallint not null,
    place              smallint not null
);
create index thorough_search_fact on thorough_search using brin (month, resource_id) with (pages_per_range = 16);

-- Thorough searches by month and borough: the cells in which none is a real zero, and those in which there was one.
create view thorough_search_cell as
    select c.force,
           c.month,
           (c.month + interval '1 month - 1 day')::date  as month_end,
           c.borough,
           m.unusable_fields
      from (select force, month, borough
              from received_cell
             where source = 'thorough_search'
             union
            select force, month, borough
              from thorough_search) c
      join received_month m
        on m.source = 'thorough_search' and m.force = c.force and m.month = c.month;
