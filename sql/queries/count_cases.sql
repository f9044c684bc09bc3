-- Count what became of the crimes of a range of months, by force, borough and category, at each age of their cases.
-- $1 first_month: date
-- $2 last_month: date
--
-- A case is an identifier in a street file; one that stands there twice is one case, of the row placed in London, then of
-- the first category, then of the lowest borough. Its class at an age: charged, if any outcome up to then is, else the
-- class of the latest month's outcomes; of several in one month, and of the last outcomes of several rows, the first in
-- the order of `ranked`. Without an outcome a case is open, or unknown where the street file's own last outcome says
-- nothing.
  with ranked (class, rank) as (
       values ('charged', 1), ('formal_out_of_court', 2), ('informal', 3), ('other_agency', 4),
              ('not_proceeded_with', 5), ('no_suspect', 6), ('open', 7), ('unknown', 8)
       ),
       ranked_word as (
       select v.code, r.rank
         from vocabulary v
         join ranked r
        using (class)
        where v.field = 'crime_outcome'
       ),
       listed as (
       select class, sort_order
         from vocabulary_class
        where field = 'category'
          and class not in ('anti_social_behaviour', 'violent_crime', 'public_disorder_and_weapons', 'unknown')
       ),
       -- the categories that a month's street file holds, as codes of words. The number of a case's home sorts as the rule
       -- says, and holds category and borough
       held as (
       select m.force, m.month, v.code, l.sort_order * 100 + 1  as place
         from received_month m
         join listed l
           on l.class = any (m.words)
         join vocabulary v
           on v.field = 'category' and v.class = l.class
        where m.source = 'street' and m.month between $1::date and $2::date
       ),
       -- the ages at which every month's outcomes file is there and tells of the crimes, and the last outcome in the street file, at no age
       based as materialized (
       select s.force, s.month, a.basis, a.age
         from (select distinct force, month from held) s
        cross join (values ('age_0', 0), ('age_1', 1), ('age_3', 3), ('age_6', 6), ('age_12', 12),
                           ('as_published', null)) a (basis, age)
        where a.age is null
           or (select count(*)
                 from received_month m
                where m.source = 'outcomes'
                  and m.force = s.force
                  and m.month between s.month and s.month + a.age * interval '1 month'
                  and (m.month = s.month or not m.unusable_fields ? 'older_cases')) = a.age + 1
       ),
       -- cases by what the street files state. Nearly all rows stand alone: they are counted before anything is asked of them
       stated as (
       select c.force,
              c.month,
              case when c.borough > 0 then 0 else 1000000 end + h.place + c.borough  as home,
              r.rank                                 as stated,
              c.cases
         from (select force, month, borough, category, last_outcome, count(*) as cases
                 from crime
                where month between $1::date and $2::date
                  and crime_id is not null
                  and not is_repeated
             group by force, month, borough, category, last_outcome) c
         join held h
           on h.force = c.force and h.month = c.month and h.code = c.category
         join ranked_word r
           on r.code = c.last_outcome
        union all
       select c.force,
              c.month,
              min(case when c.borough > 0 then 0 else 1000000 end + h.place + c.borough),
              min(r.rank),
              1
         from crime c
         join held h
           on h.force = c.force and h.month = c.month and h.code = c.category
         join ranked_word r
           on r.code = c.last_outcome
        where c.month between $1::date and $2::date
          and c.crime_id is not null
          and c.is_repeated is not false
     group by c.force, c.month, c.resource_id, c.crime_id
       ),
       outcomes as (
       select o.force, o.month, o.crime_id, r.rank
         from crime_outcome o
         join ranked_word r
           on r.code = o.outcome
        where o.month between $1::date and $2::date + interval '12 months'
          and o.crime_id is not null
       ),
       followed as (
       select c.force,
              c.month,
              min(case when c.borough > 0 then 0 else 1000000 end + h.place + c.borough)  as home,
              min(r.rank)                            as stated,
              -- greater is later, and in a month first in the order; a charge is greater than all
              max(d.weight) filter (where d.age <= 0)   as weight_0,
              max(d.weight) filter (where d.age <= 1)   as weight_1,
              max(d.weight) filter (where d.age <= 3)   as weight_3,
              max(d.weight) filter (where d.age <= 6)   as weight_6,
              max(d.weight) filter (where d.age <= 12)  as weight_12
         from crime c
         join outcomes o
           on o.crime_id = c.crime_id and o.force = c.force and o.month >= c.month
         join held h
           on h.force = c.force and h.month = c.month and h.code = c.category
         join ranked_word r
           on r.code = c.last_outcome
        cross join lateral (
              -- months begin 28 to 31 days after each other: this is exact for more than a year
              select a.age, case when o.rank = 1 then 1000 else a.age * 10 end + 9 - o.rank  as weight
                from (values ((o.month - c.month + 5) / 30)) a (age)
              ) d
        where c.month between $1::date and $2::date
     group by c.force, c.month, c.resource_id, c.crime_id
       ),
       -- few kinds of case remain before they are told apart by age
       kind as materialized (
       select force, month, home, stated, weight_0, weight_1, weight_3, weight_6, weight_12, count(*)  as cases
         from followed
     group by force, month, home, stated, weight_0, weight_1, weight_3, weight_6, weight_12
       ),
       -- a case with outcomes is taken from what is stated, and given with its outcomes
       counted as (
       select force, month, home, stated, null::int  as weight_0, null::int  as weight_1, null::int  as weight_3,
              null::int  as weight_6, null::int  as weight_12, cases
         from stated
        union all
       select force, month, home, stated, null, null, null, null, null, -cases
         from kind
        union all
       select force, month, home, stated, weight_0, weight_1, weight_3, weight_6, weight_12, cases
         from kind
       ),
       told as (
       select c.force, c.month, c.home, b.basis, c.cases,
              case when b.age is null then c.stated
                   when w.weight is not null then 9 - w.weight % 10
                   when c.stated = 8 then 8
                   else 7
               end as rank
         from counted c
         join based b
        using (force, month)
        cross join lateral (
              values (case b.age when 0 then c.weight_0
                                 when 1 then c.weight_1
                                 when 3 then c.weight_3
                                 when 6 then c.weight_6
                                 when 12 then c.weight_12
                       end)
              ) w (weight)
       )
insert into case_tally (force, month, borough, category, basis, class, cases)
select t.force,
       t.month,
       t.home % 100 - 1,
       l.class,
       t.basis,
       r.class,
       sum(t.cases)
  from told t
  join ranked r
 using (rank)
  join listed l
    on l.sort_order = t.home % 1000000 / 100
 group by t.force, t.month, t.home % 100, l.class, t.basis, r.class
having sum(t.cases) > 0
