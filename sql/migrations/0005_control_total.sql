-- The Met's own count of offences by month and borough, against which ours is checked.

create table control_total (
    resource_id  integer  not null,
    force        smallint not null,
    month        date     not null,
    offence      smallint not null,
    offences     integer  not null,
    borough      smallint not null,
    place        smallint not null
);
create index control_total_fact on control_total using brin (month, resource_id) with (pages_per_range = 16);
