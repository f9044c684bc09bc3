-- Use of force by Met officers: one row is one officer's use of force on one subject.

create table use_of_force (
    resource_id             integer  not null,
    force                   smallint not null,
    month                   date     not null,
    occurred_on             date     not null,
    age                     smallint not null,
    gender                  smallint not null,
    ethnicity               smallint not null,
    main_duty               text,
    conduct                 text,
    locations               text,
    -- words of force_tactic in the order of use, with | between them; null: none recorded
    tactics                 text,
    ced_used                boolean,
    ced_discharged          boolean,
    firearm_aimed           boolean,
    firearm_fired           boolean,
    subject_injured         boolean,
    arrested                boolean,
    hospitalised            boolean,
    detained_mental_health  boolean,
    escaped                 boolean,
    fatality                boolean,
    borough                 smallint not null,
    place                   smallint not null
);
create index use_of_force_fact on use_of_force using brin (month, resource_id) with (pages_per_range = 16);

-- The cells of uses of force: the Met's own, in which none is a real zero, and those in which there was one.
create view use_of_force_cell as
    select c.force,
           c.month,
           (c.month + interval '1 month - 1 day')::date  as month_end,
           c.borough,
           c.unusable_fields
      from (select force, month, borough, unusable_fields
              from received_cell
             where source = 'use_of_force'
             union
            select u.force, u.month, u.borough, m.unusable_fields
              from use_of_force u
              join received_month m
                on m.source = 'use_of_force' and m.force = u.force and m.month = u.month) c;
