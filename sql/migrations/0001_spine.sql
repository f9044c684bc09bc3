-- The spine: areas, resources, facts of the three data.police.uk families, observations, exposures, releases.
--
-- Conventions
--   borough   the last two digits of the GSS code: 1 (City of London) … 33 (Westminster);
--             0 no location published, -1 outside London
--   force     1 Metropolitan Police Service, 2 City of London Police
--   month     its first day
--   place     1 point, 2 lsoa, 3 nearest, 4 outside, 5 none
--   a bitemporal row is true from first_release to last_release, both included; null: still true

-- ---------------------------------------------------------------- areas

create table area (
    area_code         text     primary key,
    area_name         text     not null,
    area_kind         text     not null,
    slug              text     not null unique,
    borough           smallint unique,
    met_borough_code  text,
    home_force        smallint,
    sort_order        smallint not null,
    source            text     not null
);

create table area_member (
    area_code   text     not null references area,
    borough     smallint not null,
    force       smallint,
    valid_from  date     not null,
    valid_to    date,
    source      text     not null
);
create unique index area_member_key on area_member (area_code, borough, coalesce(force, 0), valid_from);

create table boundary_set (
    boundary_set_id  integer     generated always as identity primary key,
    vintage          text        not null unique,
    source           text        not null,
    resolution       text        not null,
    loaded_at        timestamptz not null default now(),
    is_current       boolean     not null
);
create unique index boundary_set_current on boundary_set (is_current) where is_current;

create table boundary (
    boundary_set_id  integer  not null references boundary_set,
    resolution       text     not null check (resolution in ('full', 'display')),
    borough          smallint not null,
    geojson          jsonb    not null,
    primary key (boundary_set_id, resolution, borough)
);

create table neighbour (
    borough          smallint not null,
    neighbour        smallint not null,
    primary key (borough, neighbour)
);

create table postcode (
    postcode   text     primary key,
    latitude   float8   not null,
    longitude  float8   not null,
    borough    smallint not null
);

-- ---------------------------------------------------------------- what arrived

create table source (
    source       text primary key,
    title        text not null,
    publisher    text not null,
    licence      text not null,
    address      text not null,
    description  text not null
);

create table resource (
    resource_id     integer     generated always as identity primary key,
    source          text        not null references source,
    publisher       text        not null,
    file            text        not null,
    sha256          text        not null,
    bytes           bigint      not null,
    retrieved_at    timestamptz not null,
    vintage         date        not null,
    is_sample       boolean     not null,
    only_words      jsonb,
    rows_read       integer     not null,
    rows_loaded     integer     not null,
    rows_rejected   integer     not null,
    rows_placed     integer     not null,
    rows_unplaced   integer     not null,
    notes           jsonb       not null,
    loaded_at       timestamptz not null default now(),
    check (rows_read = rows_loaded + rows_rejected),
    check (rows_loaded = rows_placed + rows_unplaced)
);
create index resource_sha256 on resource (sha256);

-- What a resource covers, month by month. A later vintage supersedes month by month.
create table resource_scope (
    resource_id        integer     not null references resource,
    source             text        not null,
    force              smallint    not null,
    month              date        not null,
    words              smallint[],
    events             integer     not null,
    placed             integer     not null,
    no_location        integer     not null,
    outside            integer     not null,
    first_event        timestamptz,
    last_event         timestamptz,
    unusable_fields    jsonb       not null,
    superseded_by      integer     references resource deferrable initially deferred,
    superseded_at      timestamptz,
    primary key (resource_id, force, month)
);
create index resource_scope_current on resource_scope (source, force, month) where superseded_by is null;
-- A copy that is not divided by words holds the whole month, and then no other copy of it is current.
create unique index resource_scope_whole on resource_scope (source, force, month) where superseded_by is null and words is null;

create table reject (
    resource_id  integer not null references resource,
    line         integer not null,
    reason       text    not null,
    row_text     text    not null
);
create index reject_resource on reject (resource_id);

create table vocabulary_class (
    field       text     not null,
    class       text     not null,
    label       text     not null,
    sort_order  smallint not null,
    primary key (field, class)
);

create table vocabulary (
    field         text     not null,
    code          smallint not null,
    word          text     not null,
    class         text     not null,
    is_unseen     boolean  not null default false,
    first_seen    timestamptz not null default now(),
    primary key (field, code),
    unique (field, word),
    foreign key (field, class) references vocabulary_class
);

-- ---------------------------------------------------------------- facts

create table stop_search (
    resource_id        integer  not null,
    force              smallint not null,
    month              date     not null,
    occurred_at        timestamptz,
    search_type        smallint not null,
    gender             smallint not null,
    age                smallint not null,
    ethnicity_self     smallint not null,
    ethnicity_officer  smallint not null,
    legislation        smallint not null,
    object             smallint not null,
    outcome            smallint not null,
    linked             boolean,
    clothing_removed   boolean,
    operation          text,
    longitude          float8,
    latitude           float8,
    borough            smallint not null,
    place              smallint not null
);
create index stop_search_fact on stop_search using brin (month, resource_id) with (pages_per_range = 16);

create table crime (
    resource_id   integer  not null,
    force         smallint not null,
    month         date     not null,
    crime_id      uuid,
    category      smallint not null,
    last_outcome  smallint not null,
    location      text,
    longitude     float8,
    latitude      float8,
    lsoa          integer,
    borough       smallint not null,
    place         smallint not null
);
create index crime_fact on crime using brin (month, resource_id) with (pages_per_range = 16);

create table crime_outcome (
    resource_id   integer  not null,
    force         smallint not null,
    month         date     not null,
    crime_id      uuid,
    outcome       smallint not null,
    longitude     float8,
    latitude      float8,
    lsoa          integer,
    borough       smallint not null,
    place         smallint not null
);
create index crime_outcome_fact on crime_outcome using brin (month, resource_id) with (pages_per_range = 16);

-- Tallies: events counted by borough and class, written with the events they count, so that the measures need not scan
-- the events again. No row: no event. They follow the classes of the vocabulary: a word that changes its class has them
-- made again.

-- Searches of persons. A month of a force has one current resource (resource_scope_whole), and so one row a borough.
create table stop_search_total (
    resource_id        integer  not null,
    force              smallint not null,
    month              date     not null,
    borough            smallint not null,
    searches           integer  not null,
    outcome_unknown    integer  not null,
    no_further_action  integer  not null,
    arrests            integer  not null,
    section_60         integer  not null,
    linked_known       integer  not null,
    linked_positive    integer  not null,
    clothing_known     integer  not null,
    clothing_removed   integer  not null
);

-- Searches of persons by class, once in each division:
--   object, legislation, age, gender, ethnicity_officer, ethnicity_self
--                     the classes of that vocabulary field
--   ethnicity_filled  the person's answer, and the officer's record where there is none
--   object_ethnicity  object/officer's record
create table stop_search_tally (
    resource_id        integer  not null,
    force              smallint not null,
    month              date     not null,
    borough            smallint not null,
    division           text     not null,
    class              text     not null,
    searches           integer  not null,
    outcome_unknown    integer  not null,
    no_further_action  integer  not null,
    section_60         integer  not null
);
create index stop_search_tally_fact on stop_search_tally using brin (month, resource_id) with (pages_per_range = 16);

-- Street crime and anti-social behaviour by category. Several resources may share a month, each with its categories.
create table crime_tally (
    resource_id        integer  not null,
    force              smallint not null,
    month              date     not null,
    borough            smallint not null,
    class              text     not null,
    crimes             integer  not null
);
create index crime_tally_fact on crime_tally using brin (month, resource_id) with (pages_per_range = 16);

-- ---------------------------------------------------------------- published figures

create table population (
    population   text     not null,
    borough      smallint not null,
    year         smallint not null,
    persons      integer  not null,
    vintage      text     not null,
    primary key (population, borough, year, vintage)
);

create table series_break (
    series_break  text primary key,
    month         date not null,
    sources       text[] not null,
    dimensions    text[],
    effect        text not null check (effect in ('flag', 'forbid')),
    explanation   text not null,
    reference     text not null,
    force         smallint
);

-- ---------------------------------------------------------------- releases and what they say

create table release (
    release_id        integer     generated always as identity primary key,
    release           text        not null unique,
    published_at      timestamptz not null default now(),
    is_sample         boolean     not null,
    content_sha256    text        not null,
    boundary_vintage  text        not null,
    changes           jsonb       not null
);

-- (metric, month) pairs whose observations no longer follow from the facts
create table stale (
    metric  text not null,
    month   date not null,
    primary key (metric, month)
);

-- With which version of its method each metric was last computed.
create table published_method (
    metric          text     primary key,
    method_version  smallint not null
);

create table series (
    series_id   integer generated always as identity primary key,
    metric      text not null,
    basis       text not null,
    group_code  text not null,
    unique (metric, basis, group_code)
);

create table observation (
    series_id            integer  not null,
    period_start         date     not null,
    period_end           date     not null,
    borough              smallint not null,
    force                smallint not null,
    numerator            integer  not null,
    reference_numerator  integer,
    unknown_numerator    integer,
    base                 integer,
    method_version       smallint not null,
    revision             smallint not null,
    first_release        integer  not null,
    last_release         integer
);
create index observation_current on observation (series_id, period_start, borough)
    include (force, period_end, numerator, reference_numerator, unknown_numerator, base, method_version, revision)
    where last_release is null;
create index observation_past on observation (series_id, period_start, borough, first_release, last_release)
    where last_release is not null;

-- Whose residents stand under a rate: persons of a population by borough and year.
create table exposure (
    population     text     not null,
    borough        smallint not null,
    year           smallint not null,
    persons        integer  not null,
    vintage        text     not null,
    first_release  integer  not null,
    last_release   integer
);
create index exposure_current on exposure (population, borough, year) where last_release is null;

-- Which months of which force a source covers, as a release knew it.
create table coverage (
    source           text     not null,
    force            smallint not null,
    month            date     not null,
    status           text     not null check (status in ('received', 'partial')),
    reason           text,
    words            text[],
    unusable_fields  jsonb    not null,
    events           integer  not null,
    placed           integer  not null,
    no_location      integer  not null,
    outside          integer  not null,
    first_release    integer  not null,
    last_release     integer
);
create index coverage_current on coverage (source, force, month) where last_release is null;

-- ---------------------------------------------------------------- what the measures stand on

-- Months received whole, as the facts are now.
create view received_month as
    select source, force, month, words, unusable_fields
      from coverage
     where last_release is null
       and status = 'received';

-- The cells in which a month without events is a real zero: the force's own boroughs,
-- its events with no location (0) and its events outside London (-1).
create view received_cell as
    select m.source, m.force, m.month, c.borough, m.words, m.unusable_fields
      from received_month m
      join (select home_force as force, borough from area where area_kind = 'borough'
             union all
            select f.force, p.borough
              from (select distinct home_force as force from area where area_kind = 'borough') f
             cross join (values (0::smallint), (-1::smallint)) p (borough)) c
     using (force);

-- The cells of searches with their totals: those in which none is a real zero, and those in which there was one.
create view stop_search_cell as
    select c.force,
           c.month,
           (c.month + interval '1 month - 1 day')::date  as month_end,
           c.borough,
           c.unusable_fields,
           coalesce(t.searches, 0)           as searches,
           coalesce(t.outcome_unknown, 0)    as outcome_unknown,
           coalesce(t.no_further_action, 0)  as no_further_action,
           coalesce(t.arrests, 0)            as arrests,
           coalesce(t.section_60, 0)         as section_60,
           coalesce(t.linked_known, 0)       as linked_known,
           coalesce(t.linked_positive, 0)    as linked_positive,
           coalesce(t.clothing_known, 0)     as clothing_known,
           coalesce(t.clothing_removed, 0)   as clothing_removed
      from (select force, month, borough, unusable_fields
              from received_cell
             where source = 'stop_search'
             union
            select t.force, t.month, t.borough, m.unusable_fields
              from stop_search_total t
              join received_month m
                on m.source = 'stop_search' and m.force = t.force and m.month = t.month) c
      left join stop_search_total t
     using (force, month, borough);

-- The groups of searches: which class of which division of stop_search_tally stands for each, and the vocabulary field
-- without which a file cannot tell; gaps in what the person stated are filled, and what was stated is the field.
create view stop_search_group as
    select d.basis, d.dimension, d.division, d.field, v.class
      from (values ('officer_defined', 'object', 'object', 'object'),
                   ('officer_defined', 'legislation', 'legislation', 'legislation'),
                   ('officer_defined', 'age', 'age', 'age'),
                   ('officer_defined', 'gender', 'gender', 'gender'),
                   ('officer_defined', 'ethnicity', 'ethnicity_officer', 'ethnicity_officer'),
                   ('self_defined_filled', 'ethnicity', 'ethnicity_filled', 'ethnicity_self'),
                   ('self_defined', 'ethnicity', 'ethnicity_self', 'ethnicity_self')) d (basis, dimension, division, field)
      join vocabulary_class v
     using (field);
