-- Council money: payments as councils publish them, returns to government departments, deflators.
--
-- force     in these tables, as in resource_scope, coverage and observation: the publisher. 1 and 2 are the police forces,
--           101 to 133 the councils (100 and the borough), 140 the GLA, 141 TfL, 150 MHCLG, 151 DfE (geo/publishers.py)
-- amounts   in pence

-- A month of payments is more pence than an integer holds.
alter table observation alter column numerator type bigint;

-- One row a payment. month: the one under which its file publishes it, paid_on what the row says.
-- Of a payment for domestic abuse, and of other payments to the same supplier, nothing is stored but month, kind, tag and
-- amount (is_withheld), and no name of an individual: what is not there cannot be found.
-- supplier_borough: by the supplier's postcode where the file has one; 0 none, -1 outside London.
-- borough: whose council paid; 0 London-wide.
create table payment (
    resource_id       integer   not null,
    force             smallint  not null,
    month             date      not null,
    line              integer   not null,
    kind              smallint  not null,
    tag               smallint  not null,
    tag_rule          text,
    tag_words         text,
    is_withheld       boolean   not null,
    paid_on           date,
    amount_pence      bigint    not null,
    vat_pence         bigint,
    supplier          text,
    redaction         smallint  not null,
    department        text,
    service           text,
    purpose           text,
    category          text,
    reference         text,
    supplier_borough  smallint  not null,
    borough           smallint  not null,
    place             smallint  not null,
    check (not is_withheld or coalesce(supplier, department, service, purpose, category, reference, tag_words) is null)
);
create index payment_fact on payment (month, force, resource_id);

-- What each council publishes, when and from what amount on, as the table of formats has it.
create table payment_publication (
    borough      smallint primary key,
    frequency    text     not null,
    threshold    text     not null,
    earliest     date,
    latest       date,
    is_gross     boolean  not null,
    is_verified  boolean  not null,
    address      text,
    note         text
);

-- One row a line of a council's return. month: the last of the financial year. line: its word tells budget from outturn.
-- amount_pence null: the council did not return it.
create table spending_return (
    resource_id   integer   not null,
    force         smallint  not null,
    month         date      not null,
    line          smallint  not null,
    amount_pence  bigint,
    borough       smallint  not null,
    place         smallint  not null
);
create index spending_return_fact on spending_return (month, line, borough);

-- The GDP deflator of financial years (2010: 2010-11), by vintage. origin: shipped, or the file's name.
create table deflator (
    financial_year  smallint not null,
    index_value     numeric  not null check (index_value > 0),
    vintage         text     not null,
    origin          text     not null default 'shipped',
    published       date,
    primary key (financial_year, vintage)
);

-- The one vintage on which real terms stand: that which reaches furthest, among equals the copy published last; and by
-- what an amount of each year is multiplied to be in the prices of its last year.
create view deflator_in_use as
    select d.financial_year,
           d.index_value,
           d.vintage,
           b.financial_year               as base_year,
           b.index_value / d.index_value  as factor
      from deflator d
      join (select vintage,
                   max(financial_year)  as reach,
                   max(published)       as published
              from deflator
          group by vintage
          order by reach desc, published desc nulls last, vintage collate "C" desc
             limit 1) chosen
     using (vintage)
      join deflator b
        on b.vintage = d.vintage and b.financial_year = chosen.reach;

-- In whose prices the real terms of a release are; null: it has no deflators.
alter table release add column deflators text;
