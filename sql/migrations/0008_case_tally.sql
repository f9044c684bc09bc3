-- Crimes by what became of them: counted from crimes and outcomes when a release is published, for the months of crimes
-- that it recomputes, so that the measures of case handling need not join them again.
--
-- month     the crimes' own: their cohort
-- category  the class of the crime's category
-- basis     age_0, age_1, age_3, age_6, age_12: by outcomes dated up to that many months after the crime's month;
--           as_published: by the last outcome in the street file itself
-- class     the class of outcome
-- No row: no case, or files are missing without which nothing is known.

create table case_tally (
    force     smallint not null,
    month     date     not null,
    borough   smallint not null,
    category  text     not null,
    basis     text     not null,
    class     text     not null,
    cases     integer  not null
);
create index case_tally_fact on case_tally using brin (month) with (pages_per_range = 16);

-- The months whose street file is there, and whether it holds every category of crime that cases are counted in.
create view case_month as
    select m.force,
           m.month,
           m.words @> array(select class
                              from vocabulary_class
                             where field = 'category'
                               and class not in ('anti_social_behaviour', 'violent_crime',
                                                 'public_disorder_and_weapons', 'unknown'))  as is_whole
      from received_month m
     where m.source = 'street';

-- Whether the row's identifier stands in its file again, so that its case has several rows. Null: it has none, or the row
-- was loaded before this was noted.
alter table crime add column is_repeated boolean;
